"""K6, K30, R04, R05: the right drug in the right pump."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.pharmacy import Mixture, drug
from thecal.safety.finding import Finding, Severity
from thecal.safety.situation import FillOrder, InterrogationRecord, ProgramOrder, Situation
from thecal.units import show


def check_identity(situation: Situation) -> Iterator[Finding]:
    """Match order, label, fill and program, and the pump's serial number."""
    order = situation.order
    if isinstance(order, FillOrder):
        yield from told_and_filled(order.mixture, order.order, order.label)
        yield from _check_change_has_program(situation, order)
    elif isinstance(order, ProgramOrder):
        yield from _check_resumed(situation, order)
    elif isinstance(order, InterrogationRecord):
        yield from serial_against_record(order.serial, situation.serial)


def shown_mixture(mixture: Mixture) -> str:
    """Return a mixture for people."""
    return (
        " + ".join(
            f"{drug_id} {show(mixture[drug_id], drug(drug_id).concentration_unit)}"
            for drug_id in mixture
        )
        or "no drug"
    )


def told_and_filled(
    filled: Mixture, ordered: Mixture | None, label: Mixture | None
) -> Iterator[Finding]:
    """Refuse a fill that order or label name differently; say which of them is not given (K6)."""
    missing = []
    for name, stated in (("order", ordered), ("label", label)):
        if stated is None:
            missing.append(name)
        elif stated != filled:
            yield Finding(
                check="K6",
                severity=Severity.HARD,
                message=(
                    f"the {name} says {shown_mixture(stated)}, the fill is"
                    f" {shown_mixture(filled)}: do not inject; find out which is right"
                ),
                source="workflow.md 4c K6",
                value=shown_mixture(filled),
                limit=shown_mixture(stated),
            )
    if missing:
        yield Finding(
            check="K6",
            severity=Severity.INFO,
            message=f"not checked: the file does not give the {' and the '.join(missing)}",
            source="workflow.md 4c K6",
        )


def _check_change_has_program(situation: Situation, order: FillOrder) -> Iterator[Finding]:
    if situation.running is None or not situation.setup.programmable:
        return
    if order.mixture == situation.solution.written:
        return
    if order.next_is_program and (order.program_follows or situation.stopped_since is not None):
        return
    late = order.next_is_program
    yield Finding(
        check="R04",
        severity=Severity.SOFT if late and not order.reaches_tip_first else Severity.HARD,
        message=(
            f"the solution changes from {shown_mixture(situation.solution.written)} to"
            f" {shown_mixture(order.mixture)} and no program follows"
            f"{' in the same visit' if late else ''}: the old volume rate would go on with the new"
            " drug; write a program with a bridge in the same visit"
        ),
        source="standards.md R04",
        value=shown_mixture(order.mixture),
        limit=shown_mixture(situation.solution.written),
    )


def _check_resumed(situation: Situation, order: ProgramOrder) -> Iterator[Finding]:
    if not order.resumes_other_solution or situation.running is None:
        return
    yield Finding(
        check="R04",
        severity=Severity.HARD,
        message=(
            f"the program was written for {shown_mixture(situation.running.mixture)}, the pump now"
            f" holds {shown_mixture(situation.solution.written)}: the old volume rate would move"
            " the new drug; write a program instead, with a bridge"
        ),
        source="standards.md R04",
        value=shown_mixture(situation.solution.written),
        limit=shown_mixture(situation.running.mixture),
    )


def serial_against_record(read: str | None, recorded: str) -> Iterator[Finding]:
    """Refuse to go on with a pump that is not the one of the record (K30)."""
    if read is None:
        yield Finding(
            check="K30",
            severity=Severity.INFO,
            message="not checked: the reading carries no serial number",
            source="workflow.md 4c K30",
        )
    elif read != recorded:
        yield Finding(
            check="K30",
            severity=Severity.HARD,
            message=(
                f"the pump that was read is {read}, the record says {recorded}:"
                " wrong patient or wrong record; stop and identify"
            ),
            source="workflow.md 4c K30",
            value=read,
            limit=recorded,
        )
