"""What stands against an interval, a fill, a flow or an old pump."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.care.derivation import read_in
from thecal.care.dose_words import dose_text
from thecal.care.refill_interval.case import IntervalCase, daily_volume
from thecal.care.refill_interval.interval import (
    DUE,
    PLAN,
    PLAUSIBLE,
    STABILITY,
    TOO_LONG,
    Interval,
    Replacement,
)
from thecal.care.titration.deliverable import Line
from thecal.safety.finding import Amount, Finding, Severity
from thecal.safety.rules import hard_unless_recalled
from thecal.units import show, show_date


def interval_findings(
    case: IntervalCase, found: Interval, verdict: str, ends: Replacement | None
) -> Iterator[Finding]:
    """Yield what refuses, what asks and what to beware of, the fill first."""
    yield from _capacity(case)
    yield from _interval(case, found, verdict)
    yield from _flow(case)
    if ends is not None and ends.state in (DUE, PLAN):
        yield Finding(
            check="replacement",
            severity=Severity.WARN,
            message=f"{ends.state.replace('-', ' ')}: life ends on {show_date(ends.ends_on)}",
            source=ends.latest.provenance(),
            follow_up="plan the replacement",
        )


def _capacity(case: IntervalCase) -> Iterator[Finding]:
    known = case.model.capacity
    if known is not None and case.filled > known.value:
        yield Finding(
            check="K1",
            severity=hard_unless_recalled(known),
            message=(
                f"{show(case.filled, 'mL')} are more than the pump holds, {show(known.value, 'mL')}"
            ),
            source=known.provenance(),
            value=Amount(case.filled, "mL"),
            limit=Amount(known.value, "mL"),
        )


def _interval(case: IntervalCase, found: Interval, verdict: str) -> Iterator[Finding]:
    planned, empty = case.planned, case.filled / daily_volume(case)
    if planned is not None and planned > empty:
        yield Finding(
            check="K12",
            severity=Severity.HARD,
            message=(
                f"the pump is empty after {show(empty, 'd')}, before the {show(planned, 'd')}"
                " that are planned"
            ),
            source=read_in("workflow.md 4c K12"),
            value=Amount(planned, "d"),
            limit=Amount(empty, "d"),
        )
    elif planned is not None and planned > found.wanted:
        keeps = case.keeps
        decides = keeps is not None and found.decided_by == STABILITY
        yield Finding(
            check="refill-interval",
            severity=Severity.SOFT,
            message=(
                f"{show(planned, 'd')} are longer than {show(found.wanted, 'd')}"
                f" ({found.decided_by} decides)"
            ),
            source=keeps.fact.provenance()
            if decides and keeps is not None
            else read_in("workflow.md 5"),
            value=Amount(planned, "d"),
            limit=Amount(found.wanted, "d"),
        )
    elif verdict != PLAUSIBLE:
        word = "longer" if verdict == TOO_LONG else "shorter"
        yield Finding(
            check="refill-interval",
            severity=Severity.WARN,
            message=f"the interval is {word} than is told; check concentration, dose and volume",
            source=read_in("workflow.md 1c S2.12"),
        )


def _flow(case: IntervalCase) -> Iterator[Finding]:
    flow, fixed = daily_volume(case), case.model.nominal_flow
    if flow != case.dose / case.concentration and fixed is not None:
        given = dose_text(case.drug, case.concentration * flow)
        yield Finding(
            check="fixed-flow",
            severity=Severity.WARN,
            message=(
                f"the flow is fixed at {show(flow, 'mL/d')}: this strength gives {given}, not"
                f" {dose_text(case.drug, case.dose)}"
            ),
            source=fixed.provenance(),
        )
    if not case.model.programmable:
        return
    line = Line(case.model, case.concentration)
    problem = line.deliver(case.dose).problem
    if problem:
        yield Finding(
            check="pump-rate",
            severity=Severity.SOFT,
            message=problem,
            source=line.cited()[0].fact.provenance(),
        )
