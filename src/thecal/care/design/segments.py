"""Few steps for twenty-four rates: neighbouring hours merged round the clock, the likest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.design.case import HOURS


@final
@dataclass(frozen=True, slots=True)
class Segment:
    """Hours in a row with one value; `start` is the first hour, past midnight it goes on at 0."""

    start: int
    hours: int
    value: Fraction

    def covers(self) -> tuple[int, ...]:
        """Return its hours of the day, in order."""
        return tuple((self.start + hour) % HOURS for hour in range(self.hours))


def coarser(values: Sequence[Fraction]) -> tuple[tuple[Segment, ...], ...]:
    """Return the day in ever fewer segments, from as many as the values need down to one.

    Each merge takes the two neighbours whose joining loses the least of the shape (Ward 1963).
    """
    segments = [Segment(hour, 1, value) for hour, value in enumerate(values)]
    found: list[tuple[Segment, ...]] = []
    while True:
        costs = [_cost(one, other) for one, other in _neighbours(segments)]
        if not costs or min(costs) > 0:
            found.append(tuple(segments))
        if not costs:
            return tuple(found)
        at = costs.index(min(costs))
        one, other = _neighbours(segments)[at]
        segments = [kept for kept in segments if kept not in (one, other)]
        segments.append(_joined(one, other))
        segments.sort(key=lambda segment: segment.start)


def loss(values: Sequence[Fraction], segments: Sequence[Segment]) -> Fraction:
    """Return the share of the shape that the segments lose; zero for a flat day."""
    mean = sum(values, Fraction(0)) / len(values)
    whole = sum(((one - mean) ** 2 for one in values), Fraction(0))
    left = sum(
        ((values[hour] - segment.value) ** 2 for segment in segments for hour in segment.covers()),
        Fraction(0),
    )
    return left / whole if whole else Fraction(0)


def _neighbours(segments: list[Segment]) -> list[tuple[Segment, Segment]]:
    if len(segments) == 1:
        return []
    return list(zip(segments, [*segments[1:], segments[0]], strict=True))


def _cost(one: Segment, other: Segment) -> Fraction:
    weight = Fraction(one.hours * other.hours, one.hours + other.hours)
    return weight * (one.value - other.value) ** 2


def _joined(one: Segment, other: Segment) -> Segment:
    hours = one.hours + other.hours
    value = (one.value * one.hours + other.value * other.hours) / hours
    return Segment(one.start, hours, value)
