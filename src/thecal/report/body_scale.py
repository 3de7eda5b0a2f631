"""The colour scales of the heat maps: concentration in classes, and the ratio of two."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import final

import numpy as np
from numpy.typing import NDArray

from thecal.body.course import FloatArray
from thecal.units import show_number

Classes = NDArray[np.int64]
NOTHING = -1
_DIGITS = {2: ("1", "1.5", "2", "3", "5", "7"), 4: ("1", "2", "5")}
"""The decades of a scale, and its bounds in each of them."""
_RATIOS = tuple(Fraction(*pair) for pair in ((1, 8), (1, 4), (1, 2), (4, 5)))
RATIO_BOUNDS = (*_RATIOS, *(1 / ratio for ratio in reversed(_RATIOS)))
"""Halves and doublings, with a quarter either way taken as alike."""
ALIKE = len(_RATIOS)


@final
@dataclass(frozen=True, slots=True)
class ConcentrationScale:
    """Classes 1 to 12 between round bounds over `decades`; class 0 lies below the lowest.

    Logarithmic, because a slow infusion leaves decades between the level of the tip and the other
    end of the canal: on a linear scale all but the tip's neighbours would look empty.
    """

    edges: tuple[float, ...]
    decades: int

    @classmethod
    def over(cls, highest: float, low: float = 0.0) -> ConcentrationScale:
        """Return the scale whose last bound is the first round one that holds `highest`.

        It goes over two decades in finer classes where they reach down to `low`, else over four.
        Where there is nothing at all the scale ends at 1.
        """
        for decades, digits in _DIGITS.items():
            edges = _edges(highest if highest > 0 else 1.0, decades, digits)
            if edges[0] <= low:
                break
        return cls(edges, decades)

    @property
    def floor(self) -> float:
        """The lowest bound."""
        return self.edges[0]

    def classes(self, values: FloatArray) -> Classes:
        """Return the class of each value; `NOTHING` where there is none (NaN)."""
        found = np.searchsorted(np.array(self.edges[:-1]), values, side="right")
        return np.where(np.isnan(values), NOTHING, found).astype(np.int64)


def ratio_classes(first: FloatArray, second: FloatArray, floor: float) -> Classes:
    """Return the class, 0 to 8, of the second over the first.

    `NOTHING` where one is missing, or where both lie under `floor`: a ratio of two traces would
    look like a difference.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(first > 0, second / first, np.inf)
    bounds = np.array([float(bound) for bound in RATIO_BOUNDS])
    found = np.searchsorted(bounds, ratio, side="right")
    missing = np.isnan(first) | np.isnan(second)
    with np.errstate(invalid="ignore"):
        traces = (first < floor) & (second < floor)
    return np.where(missing | traces, NOTHING, found).astype(np.int64)


def ratio_word(bound: Fraction) -> str:
    """Return a bound as people say it, as in `1/8` or `1.25`."""
    return f"1/{show_number(1 / bound)}" if bound < 1 else show_number(bound)


def _edges(highest: float, decades: int, digits: tuple[str, ...]) -> tuple[float, ...]:
    power = math.floor(math.log10(highest))
    exponents = range(power - decades, power + 2)
    bounds = [float(f"{digit}e{exponent}") for exponent in exponents for digit in digits]
    last = next(place for place, bound in enumerate(bounds) if bound >= highest)
    return tuple(bounds[last - decades * len(digits) : last + 1])
