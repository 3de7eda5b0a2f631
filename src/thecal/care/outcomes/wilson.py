"""The confidence interval of a proportion after Wilson (1927)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from statistics import NormalDist
from typing import final

from thecal.care.outcomes.change import rule
from thecal.care.outcomes.score import square_root
from thecal.errors import EntryError
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
    if not 0 <= count <= of or of == 0:
        raise EntryError(f"{count} of {of} is no proportion", remedy="count somebody")
    z = _normal_quantile(rule("wilson", "confidence").value / 100)
    share = Fraction(count, of)
    centre = share + z * z / (2 * of)
    half = z * square_root(share * (1 - share) / of + z * z / (4 * of * of))
    scale = 1 + z * z / of
    # The root is cut at 40 digits: at 0 and at all the ends are known, and hold exactly.
    low = Fraction(0) if count == 0 else (centre - half) / scale
    high = Fraction(1) if count == of else (centre + half) / scale
    return Proportion(count, of, low, high)


def confidence_shown() -> str:
    """Return the confidence of every interval for people, as in `95 %`."""
    return show_percent(rule("wilson", "confidence").value / 100, signed=False)


def _normal_quantile(confidence: Fraction) -> Fraction:
    return Fraction(NormalDist().inv_cdf(float(1 + confidence) / 2)).limit_denominator(10**12)
