"""A taper of a list of opioids: from day to day what is wanted and what tablets can give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from itertools import islice
from typing import final

from thecal.care.conversion.regimen import TRANSDERMAL, OpioidLine
from thecal.care.weaning.tablets import Given, Sizes, nearest_of, sizes_of
from thecal.errors import CannotComputeError
from thecal.units import Duration, Mass, MassRate

CURRENT, INITIAL = "current", "initial"
TOGETHER, ONE_AT_A_TIME = "together", "one-at-a-time"
MOST_STEPS = 200


@final
@dataclass(frozen=True, slots=True)
class Plan:
    """How a taper goes.

    Attributes
    ----------
    start
        Day of the first reduction.
    part
        What is taken away each time.
    of
        `current`: of what is wanted now, so that steps grow smaller; `initial`: of the first dose.
    interval
        Between two reductions, whole days.
    order
        `together`, or `one-at-a-time`: each drug of the list to its end before the next.
    reductions
        How many are planned of each drug; None: until nothing is left.
    held
        Whether the first reduction waits one interval: withdrawal.
    """

    start: date
    part: Fraction
    of: str
    interval: Duration
    order: str
    reductions: int | None = None
    held: bool = False

    @property
    def days(self) -> int:
        """The interval in whole days."""
        days = self.interval.in_unit("d")
        if days.denominator != 1:
            raise CannotComputeError("the interval is no whole number of days", remedy="as in 7 d")
        return int(days)


@final
@dataclass(frozen=True, slots=True)
class Step:
    """One dose of one line from a day on.

    Attributes
    ----------
    wanted
        By the rate alone.
    given
        What the strengths can give of it, never more; the same as wanted where none were named.
    fall
        The part by which what is given falls against what was given before.
    """

    line: OpioidLine
    day: date
    wanted: MassRate
    given: Given
    fall: Fraction


def taper(lines: tuple[OpioidLine, ...], plan: Plan) -> tuple[Step, ...]:
    """Return every change of every line in order of the days; what is given never rises.

    Raises
    ------
    CannotComputeError
        If a series without strengths would never end: a part of what is left is never nothing.
    """
    start = plan.start + timedelta(days=plan.days) if plan.held else plan.start
    steps: list[Step] = []
    for line in lines:
        own = tuple(_steps_of(line, start, plan))
        steps += own
        if plan.order == ONE_AT_A_TIME:
            start = own[-1].day + timedelta(days=plan.days)
    return tuple(sorted(steps, key=lambda one: one.day))


def stop_at_once(lines: tuple[OpioidLine, ...], day: date) -> tuple[Step, ...]:
    """Return the one change of every line to nothing."""
    return tuple(
        Step(line, day, MassRate.zero(), Given(MassRate.zero(), ()), Fraction(1)) for line in lines
    )


def keep_part(lines: tuple[OpioidLine, ...], day: date, part: Fraction) -> tuple[Step, ...]:
    """Return the one change of every line to a part of it."""
    return tuple(
        _step(line, _sizes(line), day, line.daily.scaled(part), line.daily) for line in lines
    )


def last_day(steps: tuple[Step, ...]) -> date | None:
    """Return the day from which nothing is taken any more; None where the taper does not end."""
    ends = {id(step.line): step.given.dose for step in steps}
    if any(ends.values()) or not steps:
        return None
    return max(step.day for step in steps)


def series(first: MassRate, part: Fraction, of: str, count: int) -> tuple[MassRate, ...]:
    """Return the wanted doses: the first, then `count` reductions, never below nothing."""
    return (first, *islice(_wanted(first, part, of), count))


def rates(line: OpioidLine) -> tuple[MassRate, ...]:
    """Return what one piece of each strength gives a day."""
    return tuple(
        one.quantity / Duration.of(1, "d") if isinstance(one.quantity, Mass) else one.quantity
        for one in line.strengths
    )


def _steps_of(line: OpioidLine, start: date, plan: Plan) -> Iterator[Step]:
    if plan.reductions is None and plan.of == CURRENT and not line.strengths:
        raise CannotComputeError(
            f"the taper of {line.name} would never end",
            why="a part of what is left is never nothing",
            remedy="name the strengths, the number of reductions, or take parts of the first dose",
        )
    count = MOST_STEPS if plan.reductions is None else plan.reductions
    if count > MOST_STEPS:
        raise CannotComputeError(
            f"{count} reductions are more than a calendar holds",
            remedy=f"plan at most {MOST_STEPS}",
        )
    before, sizes = line.daily, _sizes(line)
    for number, wanted in enumerate(islice(_wanted(line.daily, plan.part, plan.of), count)):
        step = _step(line, sizes, start + timedelta(days=number * plan.days), wanted, before)
        yield step
        before = step.given.dose
        if not before:
            return


def _wanted(first: MassRate, part: Fraction, of: str) -> Iterator[MassRate]:
    now = first
    while True:
        less = (now if of == CURRENT else first).scaled(part)
        now = max(now - less, MassRate.zero())
        yield now


def _sizes(line: OpioidLine) -> Sizes | None:
    return sizes_of(rates(line)) if line.strengths else None


def _step(
    line: OpioidLine, sizes: Sizes | None, day: date, wanted: MassRate, before: MassRate
) -> Step:
    given = Given(wanted, ()) if sizes is None else nearest_of(wanted, sizes)
    fall = 1 - given.dose.ratio(before) if before else Fraction(0)
    return Step(line, day, wanted, given, fall)


def shown_unit(line: OpioidLine) -> str:
    """Return the unit in which a line is shown: a patch per hour, all else a day."""
    return "ug/h" if line.route == TRANSDERMAL else f"{line.dose.mass_unit}/d"
