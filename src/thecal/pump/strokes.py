"""When a pump that delivers in strokes or valve pulses makes each of them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.errors import CannotComputeError
from thecal.program.quantise import DeliveryGrid
from thecal.units import Duration, Volume, VolumeRate, show


@final
@dataclass(frozen=True, slots=True)
class Strokes:
    """Equal strokes at even intervals from the start of a program (facts/pkpd.md 4.9).

    The first comes one whole interval after the start: a pump never delivers ahead of its order.

    Parameters
    ----------
    volume
        Of one stroke.
    interval
        From one stroke to the next.
    """

    volume: Volume
    interval: Duration

    def count_before(self, end: Duration) -> int:
        """Return how many strokes are made before `end` after the start."""
        return max(0, int(-(-end.base // self.interval.base)) - 1)

    def times_before(self, end: Duration) -> list[Fraction]:
        """Return the seconds after the start of every stroke before `end`."""
        return [self.interval.base * index for index in range(1, self.count_before(end) + 1)]


def strokes_at(rate: VolumeRate, grid: DeliveryGrid) -> Strokes:
    """Return the strokes by which a pump gives the most that its grid lets through of `rate`.

    Raises
    ------
    CannotComputeError
        If the grid has no stroke, or `rate` is below one stroke a day.
    """
    if grid.stroke is None:
        raise CannotComputeError("the volume of one stroke of this pump is not known")
    achievable = grid.achievable_rate(rate)
    if not achievable:
        raise CannotComputeError(
            f"{show(rate, 'uL/d')} is less than one stroke of {show(grid.stroke, 'uL')} a day",
            remedy="choose a higher rate",
        )
    return Strokes(grid.stroke, grid.stroke / achievable)
