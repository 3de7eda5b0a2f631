"""The inputs of the model: two ways of treatment, prices, rates and years."""

from __future__ import annotations

from dataclasses import dataclass, fields
from fractions import Fraction
from typing import Generic, TypeAlias, TypeVar, final

import numpy as np
from numpy.typing import NDArray

Draws: TypeAlias = NDArray[np.float64]
"""One number for each draw of the probabilistic analysis."""

N = TypeVar("N", Fraction, Draws)


@final
@dataclass(frozen=True, slots=True)
class Inputs(Generic[N]):
    """What the model reckons with; money in one currency of one year.

    Exact numbers in the base case, arrays of draws in the probabilistic analysis; the formulas are
    the same.

    Attributes
    ----------
    implant
        System and operation, once.
    trial
        Of every person who is tried, whether it succeeds or not.
    trial_success
        Share of the tried who get a pump; the others go on as before.
    refill_visit, refill_drug, refills_per_year
        Cost of a visit and of its drug, and how many.
    programming
        Visits for programming, a year.
    other_monthly
        What is still spent on systemic drugs and care, a month.
    complication_cost, complications_per_year
        Cost of one, and how many a year and pump.
    replacement, replacement_years
        Cost of a new pump, and the years between two; none where `replacement` is zero.
    conventional_monthly
        Of treatment without a pump.
    inflation, discount
        A year, as fractions; both change at the full year.
    utility_pump, utility_conventional
        Quality of life on the scale of the index, 1 full health.
    """

    implant: N
    trial: N
    trial_success: N
    refill_visit: N
    refill_drug: N
    refills_per_year: N
    programming: N
    other_monthly: N
    complication_cost: N
    complications_per_year: N
    replacement: N
    replacement_years: N
    conventional_monthly: N
    inflation: N
    discount: N
    utility_pump: N
    utility_conventional: N


SHARES = ("trial_success", "utility_pump", "utility_conventional")
"""Between 0 and 1."""
RATES = ("inflation", "discount")
"""Fractions a year."""
NAMES = tuple(one.name for one in fields(Inputs))


@final
@dataclass(frozen=True, slots=True)
class Frame:
    """What has to stand beside every figure of money.

    Attributes
    ----------
    perspective
        Whose costs are counted.
    currency, year
        As in `CAD` and `2002`.
    horizon_months
        How long is reckoned.
    """

    perspective: str
    currency: str
    year: str
    horizon_months: int

    def money(self, text: str) -> str:
        """Return an amount with its currency and the year of the prices."""
        return f"{text} {self.currency} ({self.year})"
