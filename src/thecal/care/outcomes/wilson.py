"""The confidence interval of a proportion after Wilson (1927)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.intervals import wilson_interval
from thecal.care.outcomes.change import rule
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
    low, high = wilson_interval(count, of, level=rule("wilson", "confidence").value / 100)
    return Proportion(count, of, low, high)


def confidence_shown() -> str:
    """Return the confidence of every interval for people, as in `95 %`."""
    return show_percent(rule("wilson", "confidence").value / 100, signed=False)
