"""The one vocabulary of therapy events, and the therapy that they belong to."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import ClassVar, final

from thecal.pharmacy import Mixture
from thecal.program.clock import Instant, instant_of, moment_of
from thecal.program.prime_bridge import PrimeKind
from thecal.program.program import InfusionProgram
from thecal.pump.fault_settings import NO_SETTINGS, FaultSettings
from thecal.therapy.days import whole_years
from thecal.units import (
    Altitude,
    Duration,
    Length,
    MagneticField,
    Mass,
    MassRate,
    Temperature,
    Volume,
    VolumePerLength,
    VolumeRate,
)


@final
@dataclass(frozen=True, slots=True)
class Override:
    """A person's answer to one soft finding."""

    check: str
    reason: str
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a therapy. `time` carries its offset from UTC."""

    type: ClassVar[str] = ""
    time: datetime
    override: tuple[Override, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fill(Event):
    """The reservoir was emptied and filled; everything but volume and mixture may be unknown."""

    type: ClassVar[str] = "fill"
    volume: Volume
    mixture: Mixture
    programmed_volume: Volume | None = None
    aspirated: Volume | None = None
    order: Mixture | None = None
    label: Mixture | None = None
    lot: str | None = None
    beyond_use: date | None = None
    confirmed_by: tuple[str, ...] = ()


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class BagChange(Fill):
    """An external pump got a new bag: a fill, whose `aspirated` is what the old bag still held."""

    type: ClassVar[str] = "bag-change"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Empty(Event):
    """The reservoir was emptied and not filled; the unusable residual stays.

    `aspirated` None: nobody said what the syringe drew. `witness` saw the drug destroyed.
    """

    type: ClassVar[str] = "empty"
    aspirated: Volume | None = None
    reason: str | None = None
    witness: str | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Prime(Event):
    """The line was primed; `volume` None means what the kind needs."""

    type: ClassVar[str] = "prime"
    kind: PrimeKind = PrimeKind.FULL
    volume: Volume | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Program(Event):
    """A program was written; `reason` says why where it stops or runs at minimum.

    `rate` is what was typed in place of a daily dose; `program` carries the dose that it gives.
    `dose_without_effect` was typed although the pump is to stop or to run at its minimum.
    """

    type: ClassVar[str] = "program"
    program: InfusionProgram
    rate: VolumeRate | None = None
    reason: str | None = None
    dose_without_effect: MassRate | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Press(Event):
    """The patient asked for a bolus."""

    type: ClassVar[str] = "press"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Bolus(Event):
    """A clinician gave a bolus of the primary drug."""

    type: ClassVar[str] = "bolus"
    dose: Mass
    duration: Duration


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Stop(Event):
    """The pump was stopped."""

    type: ClassVar[str] = "stop"
    reason: str | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(Event):
    """The stopped program was started again."""

    type: ClassVar[str] = "resume"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Interrogate(Event):
    """The pump was read."""

    type: ClassVar[str] = "interrogate"
    serial: str | None = None
    pump_clock: datetime | None = None
    programmer_clock: datetime | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class SetClock(Event):
    """The pump's clock was set to the time of this record."""

    type: ClassVar[str] = "set-clock"
    reason: str | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPort(Event):
    """A needle in the access port drew from the catheter or pushed into it."""

    type: ClassVar[str] = "access-port"
    aspirated: Volume | None = None
    injected: Volume | None = None
    mixture: Mixture = field(default_factory=lambda: Mixture(()))


@final
@dataclass(frozen=True, slots=True)
class PumpRecord:
    """Which pump is implanted.

    Attributes
    ----------
    implanted
        When, where it was before the first event of this pump here; None: at its first fill.
    battery_used
        The part of the battery's charge that was used at that event, 0 to 1; None: not known where
        it was implanted before, else nothing.
    critical_alarm_interval
        How often a critical alarm sounds; None: the model's own interval.
    """

    model: str
    serial: str
    low_reservoir_alarm: Volume | None = None
    calibration_constant: str | None = None
    implanted: date | None = None
    battery_used: Fraction | None = None
    critical_alarm_interval: Duration | None = None


@final
@dataclass(frozen=True, slots=True)
class CatheterRecord:
    """Which catheter is implanted, as far as it was measured."""

    model: str
    tip: str
    supplied_length: Length | None = None
    trimmed_length: Length | None = None
    implanted_length: Length | None = None
    implanted_length_range: tuple[Length, Length] | None = None
    volume_per_length: VolumePerLength | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Replace(Event):
    """A new pump; `line` says what tubing and catheter hold, None: catheter as it was."""

    type: ClassVar[str] = "replace"
    pump: PumpRecord
    line: Mixture | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Revise(Event):
    """A new catheter; `line` says what tubing and catheter hold, None: catheter drug-free."""

    type: ClassVar[str] = "revise"
    catheter: CatheterRecord
    line: Mixture | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Explant(Event):
    """Pump and catheter were taken out."""

    type: ClassVar[str] = "explant"
    reason: str | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class StrayBag(Event):
    """A bag was recorded for a pump that takes none; it changes nothing."""

    type: ClassVar[str] = "bag-change"
    bag: BagChange


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class InfectionCare(Event):
    """Needle, dressing, set or filter of an external pump were changed."""

    type: ClassVar[str] = "infection-care"
    done: tuple[str, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Environment(Event):
    """The patient was somewhere warm, high or deep for a while.

    `temperature` is the pump's own: of a fever or under a heating pad, not of the room.
    """

    type: ClassVar[str] = "environment"
    duration: Duration
    temperature: Temperature | None = None
    altitude: Altitude | None = None
    depth: Altitude | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Mri(Event):
    """The patient was in a scanner.

    `recovery` is how long after it the rotor of a roller pump turned again, `telemetry_mode` that
    it stood until it was interrogated.
    """

    type: ClassVar[str] = "mri"
    field_strength: MagneticField
    duration: Duration
    recovery: Duration | None = None
    telemetry_mode: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Fault(Event):
    """Something broke, or was mended; `kind` is an id of `thecal catalogue faults`."""

    type: ClassVar[str] = "fault"
    kind: str
    settings: FaultSettings = NO_SETTINGS
    pump_clock: datetime | None = None
    mended: bool = False


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Observe(Event):
    """A score or finding was recorded."""

    type: ClassVar[str] = "observe"
    scale: str
    value: str | int | float


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Event):
    """Free text."""

    type: ClassVar[str] = "note"
    text: str


@final
@dataclass(frozen=True, slots=True)
class Patient:
    """Who is treated. None: the file does not say."""

    id: str
    birth_date: date
    sex: str
    weight: Mass
    therapy: str
    height: Length | None = None
    setting: str | None = None
    origin: str | None = None
    opioid_tolerant: bool | None = None
    indication: str | None = None

    def age_at(self, day: date) -> int:
        """Return the age in whole years on `day`."""
        return whole_years(self.birth_date, day)


@final
@dataclass(frozen=True)
class Therapy:
    """A therapy file, read: who, which hardware, what happened in order of time."""

    utc_offset: timedelta
    patient: Patient
    pump: PumpRecord
    catheter: CatheterRecord
    events: tuple[Event, ...]
    next_visit: date | None = None

    def instant(self, moment: datetime) -> Instant:
        """Return the pump-clock instant of a calendar time."""
        return instant_of(moment, self.utc_offset)

    def moment(self, instant: Instant) -> datetime:
        """Return the calendar time of an instant, with the pump's offset."""
        return moment_of(instant, self.utc_offset)
