"""What a visit's checks may know besides the visit itself: plain values, filled from the replay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import final

from thecal.care.anticoagulants import AnticoagulantCase
from thecal.care.interactions import InteractionCase
from thecal.care.notices import UnreadNotice
from thecal.device import PumpModel
from thecal.pharmacy import Mixture
from thecal.program.program import Mode
from thecal.safety.finding import Finding
from thecal.safety.residual_bands import ResidualAssessment
from thecal.units import MassRate, Volume


@final
@dataclass(frozen=True, slots=True)
class DueReading:
    """Something after which the pump has to be read, and has not been: a scan, surgery."""

    kind: str
    since: datetime


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPump:
    """The pump before the visit, as the replay knows it; `known_pump` fills it in.

    Attributes
    ----------
    serial, model, implanted
        Of the pump in the record; `implanted` None where the day is not known.
    last_fill
        The mixture of the last fill as written; None before the first.
    filled, expected
        The volume that was counted from at the last fill, and the one that a syringe is expected to
        draw; None before the first. At the first refill of a new pump both less the residual.
    earlier
        Earlier refills of this pump since the last explained deviation, oldest first.
    mode
        What the pump does; None before the first program.
    daily_doses
        Each drug's fullest scheduled 24 hours of the therapy in force, or last in force.
    empty_since
        Since when the pump is reckoned to be dry; None where it is not.
    """

    model: PumpModel
    serial: str
    implanted: date | None
    last_fill: Mixture | None
    filled: Volume | None
    expected: Volume | None
    earlier: tuple[ResidualAssessment, ...]
    mode: Mode | None
    daily_doses: Mapping[str, MassRate]
    empty_since: datetime | None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """What is known at `now`; no field has a default, for it would be a guess.

    Attributes
    ----------
    pump
        The pump before the visit.
    starts
        `start` or `restart` where the visit begins therapy or begins it again; None where not.
    refill_by, refill_by_decided_by
        The refill-by time that the new fill and program set, on the pump clock; None where it is
        not known yet.
    controlled
        Drugs whose whereabouts are accounted for by law here.
    escalating
        Whether the dose was escalating before; None where nobody has reckoned it.
    doses_told
        How each dose a day rose until the visit, in words; empty where no history is known.
    punctures
        Of the septum so far; None where they were not counted.
    unexplained
        Days of events that nobody has explained.
    unread_notices
        Notices about this pump that somebody at the visit has not confirmed to have read.
    exception_allowed, exceptions
        Whether the clinic is configured to go without a second person, and how often it did.
    spinal_procedure
        A trial, implant or dye study within this visit, in words; None where there is none.
    interactions, anticoagulants
        What the patient takes; None where nobody has asked.
    reviewed
        Findings of the review on the draft fill and program of this visit.
    """

    now: datetime
    pump: KnownPump
    starts: str | None
    refill_by: datetime | None
    refill_by_decided_by: str
    controlled: frozenset[str]
    escalating: bool | None
    doses_told: str
    punctures: int | None
    unexplained: tuple[date, ...]
    due_readings: tuple[DueReading, ...]
    unread_notices: tuple[UnreadNotice, ...]
    exception_allowed: bool
    exceptions: int
    spinal_procedure: str | None
    interactions: InteractionCase | None
    anticoagulants: AnticoagulantCase | None
    reviewed: tuple[Finding, ...]
