"""Infusion programs: as a clinician orders them, and as the pump stores them in volumes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import final

from thecal.errors import BadFileError
from thecal.pharmacy import Mixture
from thecal.program.clock import SECONDS_PER_DAY, SECONDS_PER_WEEK
from thecal.program.quantise import DeliveryGrid
from thecal.program.schedule import WeeklySchedule
from thecal.units import Duration, Mass, MassRate, Volume, VolumeRate


@final
class Mode(StrEnum):
    """How the background runs."""

    CONTINUOUS = "continuous"
    FLEX = "flex"
    MINIMUM_RATE = "minimum-rate"
    STOPPED = "stopped"


@final
@dataclass(frozen=True, slots=True)
class Step:
    """A time of day at which another dose replaces the background.

    `days` are 0 (Monday) to 6; `start` is seconds after midnight; `dose` is the primary drug's mass
    over the whole step.
    """

    days: frozenset[int]
    start: Duration
    duration: Duration
    dose: Mass


@final
@dataclass(frozen=True, slots=True)
class PatientBolus:
    """What the patient may ask for. Doses are the primary drug's."""

    dose: Mass
    duration: Duration
    lockout: Duration
    max_per_day: int | None = None
    max_dose_per_day: Mass | None = None


@final
@dataclass(frozen=True, slots=True)
class BridgeOrder:
    """Old solution first, at this daily dose; `drug` names its drug where the primary changed."""

    daily_dose: MassRate
    drug: str | None = None


@final
@dataclass(frozen=True, slots=True)
class InfusionProgram:
    """A program as ordered. `primary` and `daily_dose` may be None where no dose is given."""

    mode: Mode
    primary: str | None = None
    daily_dose: MassRate | None = None
    steps: tuple[Step, ...] = ()
    patient_bolus: PatientBolus | None = None
    bridge: BridgeOrder | None = None

    @property
    def is_therapy(self) -> bool:
        """Whether the program gives a therapeutic dose."""
        return self.mode in (Mode.CONTINUOUS, Mode.FLEX)


STOPPED = InfusionProgram(Mode.STOPPED)


@final
@dataclass(frozen=True, slots=True)
class BolusVolume:
    """A bolus as volumes: what was typed and what the pump's grid lets through."""

    programmed: Volume
    achievable: Volume
    duration: Duration


@final
@dataclass(frozen=True)
class WrittenProgram:
    """A program as the pump stores it: volume rates from the concentrations that were typed."""

    program: InfusionProgram
    mixture: Mixture
    programmed: WeeklySchedule
    achievable: WeeklySchedule
    bolus: BolusVolume | None

    @property
    def background_rate(self) -> VolumeRate:
        """The programmed volume rate of the background, between steps."""
        if self.program.daily_dose is None or self.program.primary is None:
            return self.programmed.pieces[0][1]
        return self.program.daily_dose / self.mixture[self.program.primary]

    def daily_doses(self) -> dict[str, Mass]:
        """Return each drug's mass in the fullest scheduled 24 hours, as programmed, no presses."""
        return self._masses(self.programmed.fullest_day)

    def achievable_daily_doses(self) -> dict[str, Mass]:
        """Return each drug's mass in the fullest scheduled 24 hours on the pump's own grid."""
        return self._masses(self.achievable.fullest_day)

    def _masses(self, volume: Volume) -> dict[str, Mass]:
        return {drug: self.mixture.mass_of(drug, volume) for drug in self.mixture}

    def boluses_per_day(self) -> Fraction:
        """Return how many patient boluses a day the settings let through in the long run."""
        order = self.program.patient_bolus
        if order is None or self.program.primary is None:
            return Fraction(0)
        spacing = max(order.lockout, order.duration)
        most = Fraction(SECONDS_PER_DAY) / spacing.base
        if order.max_per_day is not None:
            most = min(most, Fraction(order.max_per_day))
        if order.max_dose_per_day is not None:
            background = self.daily_doses()[self.program.primary]
            room = (order.max_dose_per_day - background).ratio(order.dose)
            most = min(most, Fraction(max(0, room.numerator // room.denominator)))
        return most

    def largest_rate(self) -> VolumeRate:
        """Return the highest rate that the pump can be asked for: fullest step plus bolus."""
        top = max(self.achievable.rates)
        if self.bolus is not None:
            top = top + self.bolus.achievable / self.bolus.duration
        return top


@lru_cache(maxsize=128)  # review, trial and replay write the same program several times
def write_program(program: InfusionProgram, mixture: Mixture, grid: DeliveryGrid) -> WrittenProgram:
    """Turn an ordered program into the volumes that a pump stores.

    Parameters
    ----------
    program
        As ordered.
    mixture
        The concentrations of the last fill as written.
    grid
        What this model can deliver.

    Raises
    ------
    BadFileError
        If the primary drug is not in the mixture or steps overlap.
    """
    if program.mode is Mode.STOPPED:
        none = WeeklySchedule.constant(VolumeRate.zero())
        return WrittenProgram(program, mixture, none, none, None)
    if program.mode is Mode.MINIMUM_RATE:
        least = WeeklySchedule.constant(grid.minimum_rate_mode())
        return WrittenProgram(program, mixture, least, least, None)
    if program.primary is None or program.daily_dose is None:
        raise BadFileError("a running program needs a primary drug and a daily dose")
    if program.primary not in mixture:
        raise BadFileError(
            f"the primary drug {program.primary} is not in the mixture",
            remedy="name one of " + (", ".join(mixture) or "the drugs of a fill before it"),
        )
    concentration = mixture[program.primary]
    background = program.daily_dose / concentration
    intervals = step_intervals(program.steps)
    volumes = [step.dose / concentration for _, _, step in intervals]
    programmed = WeeklySchedule.from_intervals(
        background,
        [
            (start, end, volume / step.duration)
            for (start, end, step), volume in zip(intervals, volumes, strict=True)
        ],
    )
    achievable = WeeklySchedule.from_intervals(
        grid.achievable_rate(background),
        [
            (start, end, grid.achievable_volume(volume) / step.duration)
            for (start, end, step), volume in zip(intervals, volumes, strict=True)
        ],
    )
    return WrittenProgram(
        program, mixture, programmed, achievable, _bolus_volume(program, mixture, grid)
    )


def _bolus_volume(
    program: InfusionProgram, mixture: Mixture, grid: DeliveryGrid
) -> BolusVolume | None:
    order = program.patient_bolus
    if order is None or program.primary is None:
        return None
    volume = order.dose / mixture[program.primary]
    return BolusVolume(volume, grid.achievable_volume(volume), order.duration)


def step_intervals(steps: tuple[Step, ...]) -> list[tuple[Fraction, Fraction, Step]]:
    """Return `(start, end, step)` of every step of a week, in seconds from Monday 00:00.

    A step belongs to the day on which it starts; `end` may lie past the end of the week.

    Raises
    ------
    BadFileError
        If two steps overlap, also across midnight or the end of the week.
    """
    intervals = sorted(
        (
            (
                day * SECONDS_PER_DAY + step.start.base,
                day * SECONDS_PER_DAY + step.start.base + step.duration.base,
                step,
            )
            for step in steps
            for day in step.days
        ),
        key=lambda interval: interval[:2],
    )
    if not intervals:
        return []
    after_last = (intervals[0][0] + SECONDS_PER_WEEK, intervals[0][1], intervals[0][2])
    for (_, end, _), (start, _, _) in zip(intervals, [*intervals[1:], after_last], strict=True):
        if start < end:
            raise BadFileError(
                "two steps overlap",
                remedy="end each step before the next begins, midnight and weekend included",
            )
    return intervals
