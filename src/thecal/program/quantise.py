"""What a pump's own grid lets through: whole strokes, never more than was ordered."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import final

from thecal.errors import CannotComputeError
from thecal.program.clock import SECONDS_PER_DAY
from thecal.units import Volume, VolumeRate


@final
@dataclass(frozen=True, slots=True)
class DeliveryGrid:
    """The grid of one pump model.

    Parameters
    ----------
    stroke
        Volume of one stroke or pulse; None for a pump that delivers what is programmed.
    minimum_rate
        Rate of the minimum-rate mode, which is no therapy; None where the model has none known.
    """

    stroke: Volume | None
    minimum_rate: VolumeRate | None

    def achievable_volume(self, volume: Volume) -> Volume:
        """Return the largest deliverable volume that does not exceed `volume`."""
        if self.stroke is None:
            return volume
        return self.stroke.scaled(floor(volume.ratio(self.stroke)))

    def achievable_rate(self, rate: VolumeRate) -> VolumeRate:
        """Return the rate of the most whole strokes a day that does not exceed `rate`."""
        return VolumeRate(self.achievable_volume(rate.per_day()).base / Fraction(SECONDS_PER_DAY))

    def minimum_rate_mode(self) -> VolumeRate:
        """Return the rate of the minimum-rate mode; raises `CannotComputeError` if unknown."""
        if self.minimum_rate is None:
            raise CannotComputeError("this model's minimum rate is not known")
        return self.minimum_rate
