"""From a demand by the hour to rates by the hour, with the day's total kept and limits held."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from thecal.care.design.bounds import Bounds
from thecal.care.design.case import HOURS


def relative_rates(shape: Sequence[Fraction], bounds: Bounds) -> tuple[Fraction, ...]:
    """Return each hour's rate over the even rate: proportional to the demand, mean 1.

    The shape is stretched until its highest or lowest hour reaches a limit, no further; a flat
    shape, or limits that leave no room, give the even rate.
    """
    mean = sum(shape, Fraction(0)) / HOURS
    centred = [one - mean for one in shape]
    even = bounds.total.base
    above, below = bounds.highest.base / even - 1, 1 - bounds.lowest.base / even
    if max(centred) <= 0 or above <= 0 or below <= 0:
        return (Fraction(1),) * HOURS
    stretch = min(above / max(centred), below / -min(centred))
    return tuple(1 + stretch * one for one in centred)
