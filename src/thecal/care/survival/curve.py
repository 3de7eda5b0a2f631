"""Survival without failure: Kaplan-Meier with its interval, and the cumulative incidence beside it.

Kaplan-Meier and its log-log ("exponential Greenwood") interval are scipy's. It treats whatever else
ended a life as if that device could still have failed, so one minus it says too much where devices
are taken out and people die; the cumulative incidence of Aalen and Johansen does not (both: general
knowledge). No library among the pinned ones has that estimator: it is a sum of exact fractions.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isnan
from typing import Any, final

from thecal.care.intervals import confidence
from thecal.care.survival.life import DeviceLife, End


@final
@dataclass(frozen=True, slots=True)
class Step:
    """The curve from a day on.

    Attributes
    ----------
    at_risk
        Devices that were followed up to this day without an end.
    failed, competing, censored
        What ended on this day: failures; ends after which none can fail; ends of watching.
    survival
        Kaplan-Meier; `low` and `high` are its interval, None where the formula has none: before
        the first failure, and where nobody is left.
    incidence
        Cumulative incidence of a failure, Aalen-Johansen.
    competed
        Cumulative incidence of everything that competes with it.
    """

    day: int
    at_risk: int
    failed: int
    competing: int
    censored: int
    survival: Fraction
    low: Fraction | None
    high: Fraction | None
    incidence: Fraction
    competed: Fraction


@final
@dataclass(frozen=True, slots=True)
class Curve:
    """A survival curve.

    Attributes
    ----------
    followed
        Days and ends of the lives that it rests on.
    ends
        How many lives ended how.
    late
        Lives left out because they were not seen from their implantation.
    """

    steps: tuple[Step, ...]
    followed: tuple[tuple[int, End], ...]
    ends: Counter[End]
    late: int

    @property
    def number(self) -> int:
        """How many lives it rests on."""
        return len(self.followed)

    @property
    def longest(self) -> int:
        """The longest life, in days."""
        return max((days for days, _ in self.followed), default=0)

    def at(self, day: int) -> Step | None:
        """Return the step in force on a day; None before the first, when all survive."""
        found = None
        for step in self.steps:
            if step.day > day:
                break
            found = step
        return found

    def at_risk(self, day: int) -> int:
        """Return how many lives reached a day."""
        return sum(days >= day for days, _ in self.followed)


def survival(lives: Sequence[DeviceLife]) -> Curve:
    """Return the curve of lives; those not seen from their implantation are left out, and counted.

    A failure on the day of another's end comes before that end.
    """
    seen = [one for one in lives if one.from_implant]
    followed = tuple(sorted((one.days, one.end) for one in seen))
    ends = Counter(end for _, end in followed)
    return Curve(_steps(followed), followed, ends, len(lives) - len(seen))


def _steps(followed: Sequence[tuple[int, End]]) -> tuple[Step, ...]:
    if not followed:
        return ()
    estimates = _kaplan_meier(followed)
    steps, incidence, competed, free = [], Fraction(0), Fraction(0), Fraction(1)
    at_risk = len(followed)
    for day in sorted({days for days, _ in followed}):
        here = [end for days, end in followed if days == day]
        failed, competing = here.count(End.FAILURE), sum(end.competes for end in here)
        incidence += free * Fraction(failed, at_risk)
        competed += free * Fraction(competing, at_risk)
        free *= Fraction(at_risk - failed - competing, at_risk)
        middle, low, high = estimates[day]
        censored = len(here) - failed - competing
        steps.append(
            Step(
                day,
                at_risk,
                failed,
                competing,
                censored,
                middle,
                low,
                high,
                incidence,
                competed,
            )
        )
        at_risk -= len(here)
    return tuple(steps)


_Estimate = tuple[Fraction, Fraction | None, Fraction | None]


def _kaplan_meier(followed: Sequence[tuple[int, End]]) -> dict[int, _Estimate]:
    """Return day to survival and its interval."""
    from scipy import stats  # takes most of a second: only where a curve is asked for

    failed = [days for days, end in followed if end is End.FAILURE]
    others = [days for days, end in followed if end is not End.FAILURE]
    curve = stats.ecdf(stats.CensoredData(uncensored=failed, right=others)).sf
    with warnings.catch_warnings():
        # It warns where the formula has no interval, which is before every first failure.
        warnings.simplefilter("ignore", RuntimeWarning)
        band = curve.confidence_interval(float(confidence()), method="log-log")
    parts = zip(
        curve.quantiles,
        curve.probabilities,
        band.low.probabilities,
        band.high.probabilities,
        strict=True,
    )
    return {
        int(day): (Fraction(float(middle)), _known(low), _known(high))
        for day, middle, low, high in parts
    }


def _known(value: Any) -> Fraction | None:
    return None if isnan(value) else Fraction(float(value))
