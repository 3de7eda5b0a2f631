"""What a design starts from: the diary, what runs on which pump, and the limits that were named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import final

from thecal.device import PumpModel
from thecal.errors import CannotComputeError
from thecal.pharmacy import Mixture, drug
from thecal.program.clock import SECONDS_PER_DAY
from thecal.program.program import PatientBolus
from thecal.program.quantise import DeliveryGrid
from thecal.safety.situation import PatientFacts
from thecal.units import Mass, MassRate, VolumeRate

SCALES = ("nrs", "penn")
HOURS = 24
SECONDS_PER_HOUR = 3600
_FINEST = Fraction(1, 10**6)
"""Of a unit: the last digit that the grammar of entry takes."""


@final
@dataclass(frozen=True, slots=True)
class Score:
    """One entry of the diary; `second` after midnight on the pump clock."""

    day: date
    second: int
    score: Fraction


@final
@dataclass(frozen=True, slots=True)
class Running:
    """What runs now, for whom, on which pump.

    Attributes
    ----------
    mixture
        The concentrations of the last fill as written.
    daily_dose
        Of the primary drug, all steps of a day included, without patient boluses.
    patient_bolus
        The one in force; every proposal keeps it.
    """

    model: PumpModel
    patient: PatientFacts
    primary: str
    mixture: Mixture
    daily_dose: MassRate
    patient_bolus: PatientBolus | None = None

    @property
    def grid(self) -> DeliveryGrid:
        """What the pump can deliver."""
        stroke = self.model.stroke_volume
        return DeliveryGrid(None if stroke is None else stroke.value, None)

    @property
    def unit(self) -> str:
        """The unit of the primary drug's doses."""
        return drug(self.primary).mass_unit

    def mass_rate(self, rate: VolumeRate) -> MassRate:
        """Return the primary drug's rate at a volume rate."""
        return rate * self.mixture[self.primary]


@final
@dataclass(frozen=True, slots=True)
class DesignCase:
    """A wish for a schedule.

    Attributes
    ----------
    start
        When the program would be written; None where only the shape is asked.
    daily_dose
        Wanted in place of the running one.
    lowest, highest
        Rates of the primary drug that no hour may leave, named by the clinician.
    wants_bolus
        Whether a patient bolus is to be proposed.
    """

    scale: str
    scores: tuple[Score, ...]
    running: Running
    start: datetime | None = None
    daily_dose: MassRate | None = None
    lowest: MassRate | None = None
    highest: MassRate | None = None
    wants_bolus: bool = False


def quantum_of(running: Running) -> Mass:
    """Return the smallest dose by which a step can differ: a stroke's, else four typed digits.

    A stroke whose mass cannot be typed exactly is rounded up by less than a millionth of a unit, so
    that a step of so many quanta still gives as many strokes.

    Raises
    ------
    CannotComputeError
        If no dose runs.
    """
    unit, finest = running.unit, _FINEST
    stroke = running.grid.stroke
    if stroke is not None:
        mass = running.mixture.mass_of(running.primary, stroke).in_unit(unit)
        return Mass.of((mass / finest).__ceil__() * finest, unit)
    daily = running.daily_dose.in_unit(f"{unit}/d")
    if daily <= 0:
        raise CannotComputeError(
            "no dose runs, so no schedule can have its total", remedy="name the running dose"
        )
    grain = finest
    while grain * 10**4 <= daily:
        grain *= 10
    return Mass.of(grain, unit)


def typed_rate(running: Running, rate: MassRate) -> MassRate:
    """Return a day's dose as it can be typed: itself, or the most whole quanta below it."""
    if (rate.in_unit(f"{running.unit}/d") / _FINEST).denominator == 1:
        return rate
    quantum = quantum_of(running)
    return per_day(quantum.scaled(rate.per_day().ratio(quantum).__floor__()))


def per_day(mass: Mass) -> MassRate:
    """Return a mass a day as a rate."""
    return MassRate(mass.base / SECONDS_PER_DAY)
