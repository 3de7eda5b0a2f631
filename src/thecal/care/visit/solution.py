"""Steps 5 and 6: the drug against its order, and the dose decided before it is drawn up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import final

from thecal.care.visit.arrival import DrugDose
from thecal.pharmacy import Mixture
from thecal.program.program import Mode
from thecal.units import Volume


@final
class LabelReading(StrEnum):
    """How the label came into the record."""

    SCANNED = "scanned"
    TYPED_TWICE = "typed-twice"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """Step 5: order and label; what the pump was told and last got comes from the log.

    Attributes
    ----------
    patient_on_label
        Whether the label names this patient.
    intact
        Whether seal and package were whole.
    beyond_use
        The last day on the label.
    """

    order: Mixture
    label: Mixture
    label_reading: LabelReading
    patient_on_label: bool
    intact: bool
    volume: Volume
    lot: str
    beyond_use: date


@final
class Bridge(StrEnum):
    """What is planned for the old solution in tubing and catheter."""

    PLANNED = "planned"
    NOT_NEEDED = "not-needed"


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class DoseDecision:
    """Step 6: what shall run after the visit.

    Attributes
    ----------
    daily_doses
        The fullest scheduled 24 hours of what is typed, as a rule of the primary drug alone: the
        others follow by concentration. Empty where nothing shall run.
    reason
        Why; wanted where anything changes.
    bridge
        Wanted where the solution changes.
    restart_reviewed_by
        Who held the dose against the time without drug; wanted after an empty pump.
    """

    mode: Mode
    daily_doses: tuple[DrugDose, ...] = ()
    reason: str | None = None
    bridge: Bridge | None = None
    restart_reviewed_by: str | None = None
