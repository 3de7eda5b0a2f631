"""Rates over time under observation, with exact Poisson intervals.

The interval of a count is Garwood's (general knowledge: Garwood 1936): quantiles of the gamma
distribution, at least as wide as it says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.complications.compare import Expectation, expectation
from thecal.care.complications.register import DENOMINATORS, PATIENT, Complication, Rate
from thecal.care.complications.rules import definition, few
from thecal.care.intervals import confidence
from thecal.errors import EntryError


@final
@dataclass(frozen=True, slots=True)
class TimedRate:
    """A count over a time, with the interval of its rate.

    Attributes
    ----------
    value, low, high
        Events for one year.
    """

    events: int
    years: Fraction
    value: Fraction
    low: Fraction
    high: Fraction

    @property
    def small(self) -> bool:
        """Whether so few were counted that the interval says more than the rate."""
        return self.events < few("events")


@final
@dataclass(frozen=True, slots=True)
class Beside:
    """A published rate beside the clinic's count.

    Attributes
    ----------
    differs
        How its definition stands to the one here; empty where nothing is known of it.
    expected
        What it lets expect at the clinic's own numbers; None where they cannot be put together.
    """

    rate: Rate
    differs: str
    expected: Expectation | None


def garwood_interval(events: int) -> tuple[Fraction, Fraction]:
    """Return the exact interval of the mean of a Poisson count.

    Raises
    ------
    EntryError
        If the count is below zero.
    """
    if events < 0:
        raise EntryError("a count below zero", remedy="check what was counted")
    tail = float((1 - confidence()) / 2)
    from scipy import special  # takes a third of a second: only where a rate is asked for

    low = Fraction(0) if events == 0 else Fraction(float(special.gammaincinv(events, tail)))
    return low, Fraction(float(special.gammainccinv(events + 1, tail)))


def timed_rate(events: int, years: Fraction) -> TimedRate | None:
    """Return events a year with their interval; None where nothing was observed.

    Raises
    ------
    EntryError
        If the count is below zero.
    """
    low, high = garwood_interval(events)
    if years <= 0:
        return None
    return TimedRate(events, years, events / years, low / years, high / years)


def beside(
    one: Complication, events: int, people: int, over: Mapping[str, Fraction]
) -> tuple[Beside, ...]:
    """Return every published rate of a complication, held against the clinic's count.

    Parameters
    ----------
    events, people
        How often it happened, and to how many.
    over
        Denominator to its number; one of nothing is left out.
    """
    found = []
    for rate in one.rates:
        number = over.get(rate.per)
        counted = people if rate.per == PATIENT else events
        comparable = rate.per in DENOMINATORS and bool(number)
        expected = expectation(rate, number, counted) if comparable and number else None
        found.append(Beside(rate, definition(rate.per), expected))
    return tuple(found)
