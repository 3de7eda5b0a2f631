"""K12, K13, K36: late refills, empty pumps, restarts after a gap, pumps left standing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from thecal.device import PumpModel
from thecal.pharmacy import Mixture, restart_rule
from thecal.program.program import Mode, WrittenProgram
from thecal.safety.doses import amount, gives_no_therapy, scheduled, shown
from thecal.safety.finding import Finding, Severity
from thecal.safety.rules import factor, source, threshold, window_before_alarm
from thecal.safety.situation import (
    EmptyOrder,
    FillOrder,
    Gap,
    ProgramOrder,
    Situation,
    StopOrder,
)
from thecal.units import Duration, Mass, show_number, show_percent

_SURE_NEEDLE = {"ultrasound", "fluoroscopy", "two-needle"}


def check_late_refill(situation: Situation) -> Iterator[Finding]:
    """Ask about a refill after its refill-by time, and about the needle in an empty reservoir."""
    order = situation.order
    if not isinstance(order, FillOrder) or situation.fills == 0:
        return
    if situation.refill_by is not None and situation.now > situation.refill_by:
        late = Duration(situation.now - situation.refill_by)
        yield Finding(
            check="K12",
            severity=Severity.SOFT,
            message=(
                f"this refill comes {show_number(late.in_unit('d'), digits=2)} days after the"
                f" refill-by time ({situation.refill_by_reason} decides it)"
            ),
            source=window_before_alarm(situation.model).provenance(),
        )
    # A bag is changed without a needle.
    if order.expected or situation.dry_since is None or situation.model.kind == "external":
        return
    yield from needle_in_empty(order.confirmed_by)


def needle_in_empty(confirmed_by: tuple[str, ...]) -> Iterator[Finding]:
    """Refuse a fill of an empty reservoir whose needle nothing has shown to be in it (K36)."""
    if confirmed_by and not _SURE_NEEDLE & set(confirmed_by):
        yield Finding(
            check="K36",
            severity=Severity.HARD,
            message=(
                "the reservoir is empty, so aspiration cannot prove where the needle is:"
                " confirm it by ultrasound, fluoroscopy or a second needle"
            ),
            source="workflow.md 4c K36",
            value=", ".join(confirmed_by),
            limit="ultrasound, fluoroscopy or two-needle",
        )
    elif not confirmed_by:
        yield Finding(
            check="K36",
            severity=Severity.INFO,
            message="not checked: the reservoir was empty and the file does not say how the needle"
            " was confirmed",
            source="workflow.md 4c K36",
        )


def visit_in_time(
    next_visit: date, refill_by: date, decided_by: str, model: PumpModel
) -> Iterator[Finding]:
    """Ask about a next visit that is planned after the refill-by date (K12)."""
    if next_visit > refill_by:
        yield Finding(
            check="K12",
            severity=Severity.SOFT,
            message=(
                f"the next visit is planned after the refill-by date ({decided_by} decides it)"
            ),
            source=window_before_alarm(model).provenance(),
            value=next_visit.isoformat(),
            limit=refill_by.isoformat(),
        )


def check_restart(situation: Situation) -> Iterator[Finding]:
    """Hold a restart after a gap against the dose before it, by the rule of each drug's class."""
    gap, order = situation.gap, situation.order
    if gap is None:
        return
    if isinstance(order, FillOrder):
        # A refilled pump goes on by itself; a program of the same visit is judged on its own.
        if not order.program_follows and order.following is not None:
            yield from _judge_restart(gap, _totals(order.following))
    elif isinstance(order, ProgramOrder):
        yield from _judge_restart(gap, scheduled(order))


def _totals(written: WrittenProgram) -> Mapping[str, Mass]:
    return written.daily_doses() if written.program.is_therapy else {}


def _judge_restart(gap: Gap, new: Mapping[str, Mass]) -> Iterator[Finding]:
    look_back = threshold("K12", "look-back", Duration)
    for drug_id, total in new.items():
        old = gap.dose_before.get(drug_id)
        if not old:
            continue
        rule = restart_rule(drug_id)
        long = gap.duration > rule.gap.value
        ratio = total.ratio(old)
        same = ratio >= factor("K12", "same-dose")
        empty = gap.kind == "empty"
        part = factor("K12", "asked-above") if rule.fraction is None else rule.fraction.value
        whose = source("K12", "asked-above")
        if rule.fraction is not None:
            whose = rule.fraction.provenance()
        # No class keeps its tolerance for longer than a received dose serves as comparator.
        judged = empty or rule.fraction is not None or gap.duration > look_back.value
        lasted = f"{show_number(gap.duration.in_unit('h'), digits=3)} h"
        if empty and same and long:
            severity = Severity.HARD
        elif (empty and same) or (long and (ratio > 1 or (judged and ratio > part))):
            severity = Severity.SOFT
        elif long:
            severity = Severity.WARN
        else:
            continue
        advice = (
            f"restart at {show_percent(part, signed=False)} of the old dose or less ({whose})"
            " and watch the patient for 24 hours"
            if judged
            else "restore no more than the old dose, treat it as a new start and watch the patient"
            " for 24 hours"
        )
        yield Finding(
            check="K12",
            severity=severity,
            message=(
                f"after {lasted} {gap.kind}, {shown(drug_id, total)} would start again; before it"
                f" was {shown(drug_id, old)}; {advice}"
            ),
            source=f"{rule.gap.provenance()}; workflow.md 4c K12",
            value=amount(drug_id, total),
            limit=amount(drug_id, old.scaled(part) if judged else old),
            follow_up="24-hour watch after the restart",
        )


def check_left_standing(situation: Situation) -> Iterator[Finding]:
    """Ask why a pump is left stopped, emptied or at its minimum rate; that is never refused."""
    order = situation.order
    if isinstance(order, EmptyOrder):
        # What was never filled has nothing to interrupt.
        standing = order.left_empty and situation.fills > 0
        reason, what = order.reason, "emptied"
    elif isinstance(order, StopOrder):
        standing, reason, what = order.left_stopped, order.reason, "stopped"
    elif isinstance(order, ProgramOrder) and gives_no_therapy(order):
        assert order.written is not None
        standing, reason = True, order.reason
        stops = order.written.program.mode is Mode.STOPPED
        what = "stopped" if stops else "at its minimum rate"
        if order.dose_without_effect:
            yield Finding(
                check="K13",
                severity=Severity.WARN,
                message=f"the pump is left {what}, the daily dose in this order has no effect",
                source="workflow.md 4c K13",
            )
    else:
        return
    if standing:
        yield from left_standing(what, reason, situation.solution.written)


def left_standing(what: str, reason: str | None, mixture: Mixture) -> Iterator[Finding]:
    """Ask why a pump is left `stopped`, `emptied` or `at its minimum rate`, as told (K13)."""
    drugs = [d for d in mixture if restart_rule(d).stop_is_hazard]
    danger = "; ".join(f"{d}: {restart_rule(d).abrupt_stop.value}" for d in drugs)
    if reason is None:
        yield Finding(
            check="K13",
            severity=Severity.WARN,
            message=f"the pump is left {what}: give the reason"
            + (f" ({danger})" if danger else ""),
            source="workflow.md 4c K13",
            follow_up=f"the pump is left {what}: decide when it runs again, within 48 hours",
        )
    else:
        yield Finding(
            check="K13",
            severity=Severity.WARN if drugs else Severity.INFO,
            message=f"the pump is left {what}: {reason}" + (f" ({danger})" if danger else ""),
            source="workflow.md 4c K13",
            follow_up=f"the pump is left {what}: decide when it runs again, within 48 hours",
        )
