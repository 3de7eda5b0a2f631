"""The screening boluses of baclofen: how much next, not before when, and when it ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import final

from thecal.care.trial.case import Bolus, TrialCase
from thecal.care.trial.facts import figure
from thecal.data import Fact
from thecal.errors import DataError
from thecal.pharmacy import Limit, both_units, limits
from thecal.safety.finding import Amount, Finding, Severity
from thecal.units import Duration, Mass, show, show_time

BACLOFEN = "baclofen"
_RUNG = "screening-bolus-"
_CHILD = "child"


@final
@dataclass(frozen=True, slots=True)
class NextBolus:
    """The next screening bolus: its dose, and the first moment at which it may be given."""

    dose: Mass
    earliest: datetime | None


def rungs() -> tuple[Limit, ...]:
    """Return the screening boluses of the label, the smallest first."""
    found: list[Limit] = []
    while step := limits(BACLOFEN, f"{_RUNG}{len(found) + 1}", populations=()):
        found.append(step[0])
    if not found:
        raise DataError("limits.csv has no screening bolus of baclofen", remedy="restore the row")
    return tuple(found)


def interval() -> Limit:
    """Return the least time between two screening boluses."""
    found = limits(BACLOFEN, "screening-interval", populations=())
    if not found:
        raise DataError("limits.csv has no screening-interval", remedy="restore the row")
    return found[0]


def small_step() -> Fact[Fraction]:
    """Return by which part each repeat rises where the first bolus was small."""
    return figure(BACLOFEN, "small-child-step", Fraction)


def small_first() -> Limit:
    """Return the first bolus of a very small child."""
    for limit in limits(BACLOFEN, "trial-low", populations=[_CHILD]):
        if limit.population == _CHILD:
            return limit
    raise DataError("limits.csv has no trial-low of baclofen for a child")


def next_dose(given: Sequence[Mass], *, small_child: bool) -> Mass | None:
    """Return the next screening bolus after those without response; None where there is none.

    The label has three boluses; none follows the third, nor one as large as its largest. A very
    small child begins with half and rises by half, never past the next bolus of the label.
    """
    steps = rungs()
    if not given:
        return small_first().mass if small_child else steps[0].mass
    if len(given) >= len(steps) or given[-1] >= steps[-1].mass:
        return None
    above = next(one.mass for one in steps if one.mass > given[-1])
    return min(given[-1].scaled(1 + small_step().value), above) if small_child else above


def earliest_after(bolus: Bolus) -> datetime:
    """Return the first moment at which another screening bolus may be given."""
    return bolus.time + timedelta(seconds=float(interval().duration.in_unit("s")))


def next_bolus(case: TrialCase) -> NextBolus | None:
    """Return what may be given next if the boluses so far had no effect; None where nothing."""
    dose = next_dose([one.dose for one in case.boluses], small_child=case.small_child)
    if dose is None:
        return None
    return NextBolus(dose, earliest_after(case.boluses[-1]) if case.boluses else None)


def check_ladder(case: TrialCase) -> Iterator[Finding]:
    """Hold the planned screening bolus against number, interval and step of the label.

    What was given stays a fact: one that came too early or too large warns.
    """
    for number, bolus in enumerate(case.boluses):
        for finding in _check(case.boluses[:number], bolus, case.small_child):
            yield _past(finding)
    if case.planned is not None:
        yield from _check(case.boluses, case.planned, case.small_child)


def _check(given: Sequence[Bolus], bolus: Bolus, small_child: bool) -> Iterator[Finding]:
    doses = [one.dose for one in given]
    allowed = next_dose(doses, small_child=small_child)
    if any(one.responded for one in given):
        yield Finding(
            "K27",
            Severity.WARN,
            "an earlier bolus worked: screening ends with the first response",
            rungs()[0].whose(),
        )
    if given and bolus.time < earliest_after(given[-1]):
        yield _too_early(given[-1], bolus)
    if allowed is None:
        yield _no_further(doses, bolus)
    elif bolus.dose > allowed:
        yield _too_large(bolus, allowed)


def _too_early(last: Bolus, bolus: Bolus) -> Finding:
    least = interval()
    passed = Duration.of(int((bolus.time - last.time).total_seconds()), "s")
    return Finding(
        "K4",
        Severity.HARD,
        f"a bolus {show(passed, 'h')} after the last: at least {show(least.duration, 'h')} lie"
        f" between two, so not before {show_time(earliest_after(last))}",
        least.whose(),
        value=Amount(passed, "h"),
        limit=Amount(least.duration, "h"),
    )


def _no_further(doses: Sequence[Mass], bolus: Bolus) -> Finding:
    steps = rungs()
    return Finding(
        "K27",
        Severity.HARD,
        f"bolus {len(doses) + 1}: the label ends after {len(steps)} boluses and at"
        f" {both_units(BACLOFEN, steps[-1].mass)}; no further one is given",
        steps[-1].whose(),
        value=Amount(bolus.dose, "ug"),
        limit=Amount(steps[-1].mass, "ug"),
    )


def _too_large(bolus: Bolus, allowed: Mass) -> Finding:
    top = rungs()[-1]
    above = bolus.dose > top.mass
    return Finding(
        "K27",
        Severity.HARD if above else Severity.SOFT,
        f"{both_units(BACLOFEN, bolus.dose)} is above the"
        f" {'largest screening bolus' if above else 'next step'},"
        f" {both_units(BACLOFEN, top.mass if above else allowed)}",
        top.whose(),
        value=Amount(bolus.dose, "ug"),
        limit=Amount(top.mass if above else allowed, "ug"),
    )


def _past(finding: Finding) -> Finding:
    return Finding(
        finding.check,
        Severity.WARN,
        f"was given: {finding.message}",
        finding.source,
        value=finding.value,
        limit=finding.limit,
    )
