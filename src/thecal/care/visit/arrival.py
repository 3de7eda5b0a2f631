"""Steps 1 to 4: who and which pump, how the patient is, what the pump tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, final

from thecal.care.visit.entry import ZERO
from thecal.pharmacy import Mixture, drug
from thecal.program.program import Mode
from thecal.units import MassRate, Volume


@final
class Identifier(StrEnum):
    """By what a patient was identified; what it said stays in the record of the patient."""

    NAME = "name"
    BIRTH_DATE = "birth-date"
    RECORD_NUMBER = "record-number"
    WRISTBAND = "wristband"
    PHOTOGRAPH = "photograph"


@final
class Consciousness(StrEnum):
    """Level of consciousness, the best first."""

    ALERT = "alert"
    DROWSY = "drowsy"
    TO_VOICE = "responds-to-voice"
    TO_PAIN = "responds-to-pain"
    UNRESPONSIVE = "unresponsive"


@final
class Gait(StrEnum):
    """How the patient walks, the best first."""

    STEADY = "steady"
    UNSTEADY = "unsteady"
    WITH_HELP = "with-help"
    DOES_NOT_WALK = "does-not-walk"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Step 1: the patient by two identifiers, the pump by the serial number that it told."""

    identifiers: tuple[Identifier, ...]
    identifiers_match: bool
    serial: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Complaints:
    """Step 2: what the patient tells, and the neurological screen.

    Attributes
    ----------
    weakness, numbness, bladder_or_bowel, walking
        New since the last visit.
    mri_since
        Whether there was a scan since the last visit.
    other_events
        Cardioversion, surgery, a fall, a stay in hospital, in words.
    """

    weakness: bool
    numbness: bool
    bladder_or_bowel: bool
    walking: bool
    alarms_heard: bool
    mri_since: bool
    symptoms: str | None = None
    side_effects: str | None = None
    oral_drug_changes: tuple[str, ...] = ()
    other_events: tuple[str, ...] = ()

    @property
    def red_flags(self) -> tuple[str, ...]:
        """The neurological signs that are new, for people."""
        signs = (
            (self.weakness, "weakness"),
            (self.numbness, "numbness"),
            (self.bladder_or_bowel, "bladder or bowel"),
            (self.walking, "walking"),
        )
        return tuple(name for present, name in signs if present)


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """Step 3: the baseline that the end of the visit is compared with; pressures in mmHg."""

    consciousness: Consciousness
    gait: Gait
    heart_rate: int
    systolic: int
    diastolic: int
    respiratory_rate: int
    saturation_percent: int | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class DrugDose:
    """One drug and its dose a day; raises `UnknownIdError` for a drug that no table knows."""

    drug: str
    daily_dose: MassRate

    def __post_init__(self) -> None:
        """Refuse a drug that no table knows."""
        drug(self.drug)


def doses_of(doses: tuple[DrugDose, ...]) -> dict[str, MassRate]:
    """Return drug to dose a day."""
    return {one.drug: one.daily_dose for one in doses}


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedEvent:
    """A stall or alarm of the pump's log; `acknowledged_by` who has read it, None: nobody."""

    kind: str
    time: datetime | None = None
    acknowledged_by: str | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Step 4: what the pump told.

    Attributes
    ----------
    expected
        The volume that the pump reckons is left.
    original
        The hash of the printout or file that was kept as it came; None where there is none.
    """

    read_at: datetime
    mixture: Mixture
    mode: Mode
    daily_doses: tuple[DrugDose, ...] = ()
    expected: Annotated[Volume, ZERO] | None = None
    boluses_requested: Annotated[int, ZERO] | None = None
    boluses_granted: Annotated[int, ZERO] | None = None
    alarm_date: date | None = None
    months_to_replacement: Annotated[int, ZERO] | None = None
    pump_clock: datetime | None = None
    programmer_clock: datetime | None = None
    events: tuple[LoggedEvent, ...] = ()
    original: str | None = None
