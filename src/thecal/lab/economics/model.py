"""Costs and quality of life of both ways, month by month; one formula for exact numbers and draws.

Running costs are spread evenly over the months of a year; prices rise and values are discounted at
each full year, so the first year counts in full. A replacement falls into the month in which the
life of the pump ends, and none is due in the last month.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, final

from thecal.lab.economics.inputs import Inputs, N

MONTHS = 12


@final
@dataclass(frozen=True, slots=True)
class Curves(Generic[N]):
    """Cumulative discounted costs of both ways; place 0 is the start, place t the end of month t.

    Each for one person who is tried.
    """

    pump: tuple[N, ...]
    conventional: tuple[N, ...]
    pump_quality_years: N
    conventional_quality_years: N

    @property
    def increment(self) -> N:
        """How much dearer the pump is over the whole time."""
        return self.pump[-1] - self.conventional[-1]

    @property
    def quality_years(self) -> N:
        """Years in full health that the pump adds."""
        return self.pump_quality_years - self.conventional_quality_years

    def net_benefit(self, willingness: N) -> N:
        """Return the net monetary benefit: willingness x years gained - added cost."""
        return willingness * self.quality_years - self.increment


def curves(given: Inputs[N], months: int) -> Curves[N]:
    """Return both curves over so many months."""
    one = given.trial_success
    none = one - one
    pump, conventional = [given.trial + one * given.implant], [none]
    gained, usual = none, none
    running, life = monthly_running(given), given.replacement_years * MONTHS
    better = one * given.utility_pump + (1 - one) * given.utility_conventional
    for first in range(1, months + 1, MONTHS):
        year = first // MONTHS
        worth = 1 / (1 + given.discount) ** year
        price = (1 + given.inflation) ** year * worth
        without = given.conventional_monthly * price
        with_pump = one * running * price + (1 - one) * without
        renewed = one * given.replacement * price
        last = min(first + MONTHS - 1, months)
        for month in range(first, last + 1):
            due = none if month == months else month // life - (month - 1) // life
            pump.append(pump[-1] + with_pump + due * renewed)
            conventional.append(conventional[-1] + without)
        counted = last - first + 1
        usual = usual + given.utility_conventional * worth * counted / MONTHS
        gained = gained + better * worth * counted / MONTHS
    return Curves(tuple(pump), tuple(conventional), gained, usual)


def monthly_running(given: Inputs[N]) -> N:
    """Return what a pump costs in a month of the first year, without implant and replacement."""
    refills = (given.refill_visit + given.refill_drug) * given.refills_per_year
    complications = given.complication_cost * given.complications_per_year
    return (refills + given.programming + complications) / MONTHS + given.other_monthly


@final
@dataclass(frozen=True, slots=True)
class BreakEven:
    """When the pump has cost no more than treatment without one.

    Attributes
    ----------
    month
        The first whole month at whose end that holds.
    exact
        The moment within the month, costs taken as even within it.
    stays
        Whether it holds from then on to the horizon; a replacement may undo it.
    """

    month: int
    exact: Fraction
    stays: bool


def break_even(found: Curves[Fraction]) -> BreakEven | None:
    """Return the break-even, None where there is none within the horizon."""
    gaps = [pump - usual for pump, usual in zip(found.pump, found.conventional, strict=True)]
    for month, gap in enumerate(gaps):
        if gap > 0:
            continue
        exact = Fraction(month)
        if month and gaps[month - 1] > gap:
            exact = month - 1 + gaps[month - 1] / (gaps[month - 1] - gap)
        return BreakEven(month, exact, all(later <= 0 for later in gaps[month:]))
    return None


def icer(found: Curves[Fraction]) -> tuple[str, Fraction | None]:
    """Return the verdict and, where it means something, the added cost of a year in full health.

    `dominant` is better and no dearer, `dominated` is dearer and no better; `dearer-and-better` and
    `cheaper-and-worse` have a ratio, with opposite meaning; `same` is neither.
    """
    cost, gain = found.increment, found.quality_years
    if cost == 0 and gain == 0:
        return "same", None
    if cost <= 0 and gain >= 0:
        return "dominant", None
    if cost >= 0 and gain <= 0:
        return "dominated", None
    return ("dearer-and-better" if cost > 0 else "cheaper-and-worse"), cost / gain
