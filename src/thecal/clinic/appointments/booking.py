"""An appointment as a person makes it: what speaks against it, and the entry that makes it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from thecal.care.appointments.booking import Asked, booking_findings, calendar_findings
from thecal.care.appointments.opening import Opening
from thecal.clinic.appointments.listed import HOME, Listed, on_day
from thecal.clinic.ledger.appointments import booked_body
from thecal.clinic.ledger.log import Draft
from thecal.clinic.web.flow import told
from thecal.record.fold import PLAN
from thecal.safety.finding import Finding


def findings_of(
    one: Listed,
    day: date,
    at: datetime | None,
    place: str,
    people: Iterable[Listed],
    opening: Opening,
    decided_by: str = "",
) -> tuple[Finding, ...]:
    """Return what speaks against an appointment of a patient.

    Parameters
    ----------
    people
        Everybody in the calendar of the clinic.
    decided_by
        What decides the refill-by time; empty where that is not at hand.
    """
    asked = Asked(
        day=day,
        at=at,
        refill_by=one.refill_by,
        decided_by=decided_by or "alarm, stability or the pump's longest interval",
        alarm=one.alarm,
        last_fill=None if one.last_fill is None else one.last_fill.date(),
        drugs=one.drugs,
    )
    found = list(booking_findings(asked))
    if place != HOME:
        found += calendar_questions(asked, one.patient, people, opening)
    return tuple(found)


def calendar_questions(
    asked: Asked, patient: str, people: Iterable[Listed], opening: Opening
) -> tuple[Finding, ...]:
    """Return what the clinic's calendar asks about an appointment of a patient in the clinic."""
    taken = [each for each in on_day(people, asked.day, patient) if each.place != HOME]
    at_once = 0 if asked.at is None else sum(each.at == asked.at for each in taken)
    return tuple(calendar_findings(asked, opening, len(taken), at_once))


def booking_draft(
    one: Listed,
    day: date,
    at: datetime | None,
    place: str,
    *,
    reason: str = "",
    answered: Sequence[Finding] = (),
    more: dict[str, Any] | None = None,
) -> Draft:
    """Return the entry that books an appointment, or moves the one that stands."""
    body = {**booked_body(day, at, place), **(more or {})}
    before: dict[str, Any] = {}
    if one.booked is not None:
        body["how"] = "moved"
        before = {"next_visit": one.booked.isoformat()}
    if answered:
        body["answered"] = told(answered)
    return Draft(PLAN, body, reason, before)


def cancel_draft(one: Listed, reason: str) -> Draft:
    """Return the entry that cancels the appointment that stands."""
    before = {} if one.booked is None else {"next_visit": one.booked.isoformat()}
    return Draft(PLAN, {"next_visit": "", "how": "cancelled"}, reason, before)
