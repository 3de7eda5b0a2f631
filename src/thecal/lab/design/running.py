"""What runs by a therapy file when a new schedule would be written."""

from __future__ import annotations

from datetime import datetime, timezone

from thecal.care.design.case import Running, per_day
from thecal.errors import BadFileError
from thecal.safety.situation import PatientFacts
from thecal.therapy.events import Therapy
from thecal.therapy.gaps import doses_in_force
from thecal.therapy.simulation import start_replay


def start_in(therapy: Therapy, start: datetime | None) -> datetime:
    """Return when a schedule would be written; without an offset it is on the pump clock.

    Raises
    ------
    BadFileError
        If no time is named, or it lies before the last event.
    """
    if start is None:
        raise BadFileError(
            "the case does not say when the program would be written",
            remedy="add start = 2026-03-09T09:00:00 to it",
        )
    at = start if start.tzinfo else start.replace(tzinfo=timezone(therapy.utc_offset))
    if at < therapy.events[-1].time:
        raise BadFileError(
            "start lies before the last event of the therapy file", remedy="name a later start"
        )
    return at


def running_in(therapy: Therapy, at: datetime) -> Running:
    """Return what runs at a time after the last event.

    Raises
    ------
    BadFileError
        If no therapy runs then, or the catheter's length is unknown.
    """
    replay = start_replay(therapy)
    for index, event in enumerate(therapy.events):
        replay.advance_to(therapy.instant(event.time))
        replay.apply(index)
    replay.advance_to(therapy.instant(at))
    state, who = replay.pump.state, therapy.patient
    model, mixture = replay.hardware.model, state.solution.written
    doses = doses_in_force(replay) or {}
    program = state.pending[0] if state.pending is not None else state.program
    stands = state.stopped_since is not None or state.dry
    if program is None or stands or not doses:
        raise BadFileError(
            "no therapy runs at the end of the therapy file, so no schedule can keep its dose",
            remedy="add the program that runs",
        )
    order = program.program
    primary = order.primary if order.primary in doses else next(iter(doses))
    assert primary is not None
    return Running(
        model=model,
        patient=PatientFacts(
            age=who.age_at(at.date()),
            therapy=who.therapy,
            setting=who.setting,
            origin=who.origin,
            opioid_tolerant=who.opioid_tolerant,
        ),
        primary=primary,
        mixture=mixture,
        daily_dose=per_day(doses[primary]),
        patient_bolus=order.patient_bolus,
    )
