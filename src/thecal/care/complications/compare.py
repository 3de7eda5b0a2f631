"""A clinic's count of one complication beside one published rate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import final

from thecal.care.complications.register import YEARS, Complication, Rate
from thecal.care.intervals import binomial_range, poisson_range


@final
class Place(StrEnum):
    """Where a count lies."""

    FEWER = "fewer"
    WITHIN = "within"
    MORE = "more"
    NOT_COUNTED = "not counted"


@final
@dataclass(frozen=True, slots=True)
class Expectation:
    """What a published rate lets a clinic expect.

    Attributes
    ----------
    expected
        Rate times denominator, exact.
    least, most
        The central 95 % of counts at that rate: binomial, or Poisson where years were counted.
    observed
        The clinic's count; None where it did not count.
    """

    rate: Rate
    number: Fraction
    expected: Fraction
    least: int
    most: int
    observed: int | None

    @property
    def place(self) -> Place:
        """Where the clinic's count lies against the range."""
        if self.observed is None:
            return Place.NOT_COUNTED
        if self.observed > self.most:
            return Place.MORE
        return Place.FEWER if self.observed < self.least else Place.WITHIN


def expectation(rate: Rate, number: Fraction, observed: int | None = None) -> Expectation:
    """Return what a rate lets expect over a number of refills, patients or years.

    One in 10,000 refills over 1,000 patients with 6 refills a year are 0.6 a year (facts
    pharmacology.md T35).
    """
    expected = rate.value * number
    if rate.per in YEARS or number.denominator != 1:
        least, most = poisson_range(expected)
    else:
        least, most = binomial_range(number.numerator, rate.value)
    return Expectation(rate, number, expected, least, most, observed)


def expectations(
    complication: Complication, over: Mapping[str, Fraction], observed: int | None = None
) -> tuple[Expectation, ...]:
    """Return what each published rate lets expect whose denominator was counted."""
    return tuple(
        expectation(rate, over[rate.per], observed)
        for rate in complication.rates
        if rate.per in over
    )
