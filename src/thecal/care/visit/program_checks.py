"""Steps 11 and 12: K1 the volume, K7 ticked lines, U09 the read-back, K13 not left standing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from thecal.care.dose_words import dose_text
from thecal.care.visit.arrival import doses_of
from thecal.care.visit.change import doses_after, mode_after
from thecal.care.visit.knowledge import Knowledge
from thecal.care.visit.programming import Programming, changed_lines, lines_of
from thecal.care.visit.visit import Visit
from thecal.pharmacy import DRUG_FREE
from thecal.program.program import Mode
from thecal.safety.finding import Amount, Finding, Severity
from thecal.safety.interruption import left_standing
from thecal.safety.rules import threshold
from thecal.safety.volumes import over_capacity, typed_against_filled
from thecal.units import MassRate, Volume, show

_LEFT = {Mode.STOPPED: "stopped", Mode.MINIMUM_RATE: "at its minimum rate"}


def check_volume(visit: Visit, knowledge: Knowledge) -> Iterator[Finding]:
    """Hold both blind entries and the typed volume equal, and below the capacity."""
    entered = visit.program
    if entered is None:
        return
    # Both were read from the same syringes: no row gives them a tolerance.
    if entered.first != entered.second:
        yield Finding(
            check="K1",
            severity=Severity.HARD,
            message=(
                f"the volume filled was entered as {show(entered.first, 'mL')} and as"
                f" {show(entered.second, 'mL')}: both have to be the same; read the syringes again"
            ),
            source="project rule",
            value=Amount(entered.second, "mL"),
            limit=Amount(entered.first, "mL"),
        )
    yield from _against_syringes(visit, entered)
    if entered.programmed_volume is not None:
        yield from typed_against_filled(entered.first, entered.programmed_volume)
    yield from over_capacity(knowledge.pump.model, entered.first, entered.programmed_volume)


def _against_syringes(visit: Visit, entered: Programming) -> Iterator[Finding]:
    """Refuse a volume that is not what the syringes held less what was left in them."""
    if visit.verify is None or visit.fill is None:
        return
    held, left = visit.verify.volume, visit.fill.not_injected
    injected = held if left is None else held - left
    tolerance = threshold("K1", "tolerance", Volume)
    if abs(entered.first - injected) > tolerance.value:
        kept = "all of it was injected" if left is None else f"{show(left, 'mL')} was left in them"
        yield Finding(
            check="K1",
            severity=Severity.HARD,
            message=(
                f"the syringes held {show(held, 'mL')} and {kept}, but"
                f" {show(entered.first, 'mL')} is entered as injected: read the syringes again;"
                " what was not injected is written down with the fill"
            ),
            source=tolerance.provenance(),
            value=Amount(entered.first, "mL"),
            limit=Amount(injected, "mL"),
        )


def check_ticks(visit: Visit, knowledge: Knowledge) -> Iterator[Finding]:
    """Refuse a program that is not the one decided, or has a changed line that is not ticked."""
    entered = visit.program
    if entered is None:
        return
    if knowledge.pump.model.programmable:
        yield from _as_decided(visit, knowledge, entered)
    changed = changed_lines(lines_of(entered.old), lines_of(entered.new))
    for line in changed:
        if line.name not in entered.ticked:
            yield Finding(
                check="K7",
                severity=Severity.HARD,
                message=(
                    f"{line.name} changes from {line.old or 'nothing'} to {line.new or 'nothing'}"
                    " and is not ticked: look at both and tick it"
                ),
                source="workflow.md 4c K7",
                value=line.new,
                limit=line.old,
            )


def _as_decided(visit: Visit, knowledge: Knowledge, entered: Programming) -> Iterator[Finding]:
    missing = [
        *(["the volume"] if entered.programmed_volume is None else []),
        *(["the solution"] if entered.mixture is None else []),
    ]
    if missing:
        yield _not_decided(f"{' and '.join(missing)} typed into the pump is not recorded: enter it")
    if entered.mode != mode_after(visit, knowledge):
        yield _not_decided(
            f"the mode typed is {entered.mode or 'none'}, decided was"
            f" {mode_after(visit, knowledge) or 'none'}: find out which is right"
        )
    decided, typed = doses_after(visit, knowledge), doses_of(entered.daily_doses)
    wanted = typed if visit.decide is None and typed else decided
    for name in sorted({*wanted, *typed}):
        if decided.get(name) != typed.get(name):
            yield _not_decided(
                f"{name}: typed is {_dose(name, typed)}, decided was {_dose(name, decided)}:"
                " find out which is right"
            )


def _dose(name: str, doses: Mapping[str, MassRate]) -> str:
    return dose_text(name, doses[name]) if name in doses else "nothing"


def _not_decided(message: str) -> Finding:
    return Finding(
        check="K7", severity=Severity.HARD, message=message, source="workflow.md 2.R step 11"
    )


def check_read_back(visit: Visit, knowledge: Knowledge) -> Iterator[Finding]:
    """Refuse a read-back that differs from what was meant; ask why a pump is left standing."""
    back = visit.read_back
    if back is None:
        return
    entered = visit.program
    if entered is not None and (
        lines_of(entered.new) != lines_of(back.intended) or entered.mode != back.mode
    ):
        yield Finding(
            check="U09",
            severity=Severity.HARD,
            message=(
                "the read-back is held against another program or mode than was entered: compare"
                " it with what was entered, line by line"
            ),
            source="standards.md 3 U09",
            follow_up="compare the program in the pump with the one that was entered",
        )
    for line in changed_lines(lines_of(back.intended), lines_of(back.read)):
        yield Finding(
            check="U09",
            severity=Severity.HARD,
            message=(
                f"{line.name}: meant was {line.old or 'nothing'}, the pump says"
                f" {line.new or 'nothing'}: write the program again and read it back before the"
                " patient leaves"
            ),
            source="standards.md 3 U09",
            value=line.new,
            limit=line.old,
            follow_up=f"{line.name} in the pump was not what was meant: compare again",
        )
    if back.mode in _LEFT:
        mixture = knowledge.pump.last_fill if visit.verify is None else visit.verify.label
        yield from left_standing(_LEFT[back.mode], back.reason, mixture or DRUG_FREE)
