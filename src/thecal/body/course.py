"""What the body did over a therapy: the values that reports and interfaces read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np
from numpy.typing import NDArray

from thecal.data import Fact, FactValue
from thecal.program.clock import Instant

FloatArray = NDArray[np.float64]


@final
@dataclass(frozen=True, slots=True)
class StandIn:
    """A figure that a drug lacks in humans by the intrathecal route, and whose it uses instead."""

    drug: str
    parameter: str
    source_drug: str


@final
@dataclass(frozen=True, slots=True)
class UsedFact:
    """A constant that shaped the result; `owner` is a drug, an effect, or a part of the body."""

    owner: str
    parameter: str
    fact: Fact[FactValue]


@final
@dataclass(frozen=True, slots=True)
class MassBalance:
    """Where the mass of one drug is, in micrograms; `dose` is what left the tip."""

    dose: float
    csf: float
    cord: float
    epidural: float
    fat: float
    cranial: float
    plasma: float
    eliminated: float

    @property
    def body(self) -> float:
        """What is still in the body."""
        return self.csf + self.cord + self.epidural + self.fat + self.cranial + self.plasma

    @property
    def relative_error(self) -> float:
        """Dose less body and eliminated, as a part of the dose; 0 where nothing was given."""
        if not self.dose:
            return 0.0
        return abs(self.dose - self.body - self.eliminated) / self.dose


@final
@dataclass(frozen=True, slots=True, eq=False)
class Band:
    """Central course and the range of the draws from the priors.

    Attributes
    ----------
    value, low, high
        Shape (times,); `low` and `high` are the 5th and 95th percentile of the draws.
    """

    value: FloatArray
    low: FloatArray
    high: FloatArray


@final
@dataclass(frozen=True, slots=True, eq=False)
class DrugCourse:
    """One drug over the times of a window; concentrations in micrograms per mL.

    Attributes
    ----------
    csf, cord
        Shape (times, levels), at the levels of the course; below the conus `cord` is nerve root.
    csf_peak
        Shape (times, levels): highest within the step that ends at that time.
    csf_at
        Chosen level to its course with the band of the priors.
    """

    drug: str
    csf: FloatArray
    csf_peak: FloatArray
    cord: FloatArray
    csf_at: Mapping[str, Band]
    cisterna: Band
    plasma: Band


@final
@dataclass(frozen=True, slots=True, eq=False)
class EffectCourse:
    """One effect over the times of a window.

    Attributes
    ----------
    name
        `pain`, `spasticity-legs`, `spasticity-arms`, `ventilation`, `withdrawal`, `tolerance`.
    title, unit
        For people: `Pain, NRS` and `0-10`.
    hypothesis
        Why this is hypothesis; shown on the plot itself. Empty: it is not.
    """

    name: str
    title: str
    unit: str
    course: Band
    hypothesis: str
    note: str


@final
@dataclass(frozen=True, slots=True, eq=False)
class Window:
    """A stretch of time on an even grid.

    Attributes
    ----------
    name
        `whole` or `last`.
    times
        Shape (times,): hours since the start of the course; each value holds at that time.
    """

    name: str
    times: FloatArray
    drugs: Mapping[str, DrugCourse]
    effects: tuple[EffectCourse, ...]


@final
@dataclass(frozen=True, slots=True, eq=False)
class BodyCourse:
    """The body over one therapy.

    Attributes
    ----------
    start
        Pump-clock instant of time zero.
    levels
        C1 to S2, from the head down; `level_tops` and `length` are cm from the foramen magnum.
    tips
        Hours since the start, and the level of the catheter tip from then on.
    chosen_levels
        Those with a band: the tip first.
    windows
        The whole course; and the last two days in fine steps, where the whole is longer.
    draws, seed
        Of the band; 0 draws: no band was asked for, and `low` and `high` equal the value.
    """

    start: Instant
    levels: tuple[str, ...]
    level_tops: tuple[float, ...]
    length: float
    tips: tuple[tuple[float, str], ...]
    chosen_levels: tuple[str, ...]
    windows: tuple[Window, ...]
    balance: Mapping[str, MassBalance]
    stand_ins: tuple[StandIn, ...]
    facts: tuple[UsedFact, ...]
    notes: tuple[str, ...]
    draws: int
    seed: int
