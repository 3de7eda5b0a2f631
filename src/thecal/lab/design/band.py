"""What a proposal gains over the plain schedule, for each draw from the priors of the body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from thecal.body.course import FloatArray
from thecal.lab.design.optimise import tracking_error
from thecal.lab.design.response import Response

_LOW, _HIGH = 5.0, 95.0


@final
@dataclass(frozen=True, slots=True)
class Spread:
    """Median and the 5th and 95th percentile over the draws."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, values: FloatArray) -> Spread:
        """Return the spread of values, shape (draws,)."""
        return cls(*(float(one) for one in np.percentile(values, [_LOW, 50.0, _HIGH])))


@final
@dataclass(frozen=True, slots=True)
class Band:
    """A proposal beside another one.

    Attributes
    ----------
    gain
        Fall of the tracking error over that of the other one; 0 where that one has none.
    modulation, other_modulation
        Highest less lowest concentration at the effect site over its mean.
    """

    gain: Spread
    modulation: Spread
    other_modulation: Spread
    draws: int

    def within(self, least_gain: float, least_modulation: float) -> bool:
        """Whether the gain may be none, is too small, or moves the effect site too little.

        The gain is a share of an error that shrinks with the limits of an hour: alone it would
        praise a schedule that moves nothing.
        """
        small = self.gain.median < least_gain or self.modulation.median < least_modulation
        return self.gain.low <= 0.0 or small


def band_of(response: Response, target: FloatArray, rates: FloatArray, other: FloatArray) -> Band:
    """Return what relative rates gain over others against one target, over a batch of draws."""
    own = tracking_error(response.relative, target, rates)
    before = tracking_error(response.relative, target, other)
    gain = np.divide(before - own, before, out=np.zeros_like(own), where=before > 0)
    return Band(
        gain=Spread.of(gain),
        modulation=Spread.of(response.modulation(rates)),
        other_modulation=Spread.of(response.modulation(other)),
        draws=len(own),
    )
