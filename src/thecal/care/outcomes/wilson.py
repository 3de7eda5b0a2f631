"""The confidence interval of a proportion after Wilson (1927)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.intervals import confidence, wilson_interval
from thecal.units import show_percent


@final
@dataclass(frozen=True, slots=True)
class Proportion:
    """A proportion with its interval; each a fraction from 0 to 1.

    Attributes
    ----------
    count, of
        So many of so many.
    """

    count: int
    of: int
    low: Fraction
    high: Fraction

    @property
    def value(self) -> Fraction:
        """The proportion itself."""
        return Fraction(self.count, self.of)


def wilson(count: int, of: int) -> Proportion:
    """Return a proportion with its interval at the confidence of `outcome_rules.csv`.

    Raises
    ------
    EntryError
        If nobody was counted, or more than all.
    """
    low, high = wilson_interval(count, of)
    return Proportion(count, of, low, high)


def confidence_shown() -> str:
    """Return the confidence of every interval for people, as in `95 %`."""
    return show_percent(confidence(), signed=False)
