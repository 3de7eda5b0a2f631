"""When symptoms are worse: the diary folded into the hours of a day, with its uncertainty.

An hour takes the scores near its middle; a day counts once, so repeated days carry the noise. An
hour differs from the mean only where the diary tells it apart; everywhere else nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import final

from thecal.care.design.case import HOURS, SECONDS_PER_HOUR, Score
from thecal.care.design.figures import figure
from thecal.program.clock import SECONDS_PER_DAY
from thecal.units import Duration

_SATURDAY = 5


@final
@dataclass(frozen=True, slots=True)
class HourDemand:
    """One hour of the day.

    Attributes
    ----------
    mean
        Mean score over the days; None where no score is near.
    days
        Days with a score near it.
    variance
        Of the mean, from the scatter of the days; None for fewer than two of them.
    difference
        From the mean of the day, where the diary tells it apart from noise; else zero.
    """

    hour: int
    mean: Fraction | None
    days: int
    variance: Fraction | None
    difference: Fraction


@final
@dataclass(frozen=True, slots=True)
class Demand:
    """The diary by the hour.

    Attributes
    ----------
    hours
        Twenty-four of them, from midnight on the pump clock.
    mean
        Of the hours that have scores.
    predictable
        Share of the scatter that goes with the hour; the rest differs from day to day and no
        schedule can foresee it. None where nothing scatters or nothing repeats.
    """

    hours: tuple[HourDemand, ...]
    mean: Fraction
    predictable: Fraction | None

    @property
    def shape(self) -> tuple[Fraction, ...]:
        """Each hour's difference from the mean of the day."""
        return tuple(one.difference for one in self.hours)

    @property
    def span(self) -> Fraction:
        """From the lowest to the highest hour that the diary tells apart."""
        return max(self.shape) - min(self.shape)


def demand_of(scores: Sequence[Score]) -> Demand:
    """Return the demand by the hour of a diary with at least one score."""
    near = [_by_day(scores, hour) for hour in range(HOURS)]
    means = [_mean(list(days.values())) if days else None for days in near]
    known = [one for one in means if one is not None]
    mean = _mean(known)
    hours = tuple(
        _hour(hour, list(days.values()), mean)
        for hour, days in zip(range(HOURS), near, strict=True)
    )
    return Demand(hours, mean, _predictable(near, known))


def weekend_differs(scores: Sequence[Score]) -> tuple[int, ...]:
    """Return the hours at which Saturday and Sunday differ from the other days beyond noise."""
    least = figure("diary", "least-days", Fraction).value
    multiple = figure("diary", "noise-multiple", Fraction).value
    differing = []
    for hour in range(HOURS):
        days = _by_day(scores, hour)
        weekend = [value for day, value in days.items() if day.weekday() >= _SATURDAY]
        others = [value for day, value in days.items() if day.weekday() < _SATURDAY]
        if min(len(weekend), len(others)) < least:
            continue
        noise = _variance_of_mean(weekend) + _variance_of_mean(others)
        if (_mean(weekend) - _mean(others)) ** 2 > multiple**2 * noise:
            differing.append(hour)
    return tuple(differing)


def _by_day(scores: Sequence[Score], hour: int) -> Mapping[date, Fraction]:
    """Return each day's mean of the scores near the middle of an hour, round midnight too."""
    reach = figure("diary", "reach", Duration).value.base
    middle = hour * SECONDS_PER_HOUR + SECONDS_PER_HOUR // 2
    days: dict[date, list[Fraction]] = {}
    for one in scores:
        apart = abs(one.second - middle)
        if min(apart, SECONDS_PER_DAY - apart) <= reach:
            days.setdefault(one.day, []).append(one.score)
    return {day: _mean(values) for day, values in days.items()}


def _hour(hour: int, values: list[Fraction], mean: Fraction) -> HourDemand:
    if not values:
        return HourDemand(hour, None, 0, None, Fraction(0))
    own = _mean(values)
    variance = _variance_of_mean(values) if len(values) > 1 else None
    difference = own - mean
    multiple = figure("diary", "noise-multiple", Fraction).value
    enough = len(values) >= figure("diary", "least-days", Fraction).value
    if variance is None or not enough or difference**2 <= multiple**2 * variance:
        difference = Fraction(0)
    return HourDemand(hour, own, len(values), variance, difference)


def _predictable(near: Sequence[Mapping[date, Fraction]], means: list[Fraction]) -> Fraction | None:
    """Return the variance between hours over that plus the mean variance within an hour."""
    within = [_variance(list(days.values())) for days in near if len(days) > 1]
    if not within:
        return None
    between = _mean([(one - _mean(means)) ** 2 for one in means])
    total = between + _mean(within)
    return between / total if total else None


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _variance(values: Sequence[Fraction]) -> Fraction:
    mean = _mean(values)
    return sum(((one - mean) ** 2 for one in values), Fraction(0)) / (len(values) - 1)


def _variance_of_mean(values: Sequence[Fraction]) -> Fraction:
    return _variance(values) / len(values)
