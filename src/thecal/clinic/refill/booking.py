"""The next refill as a visit books it: what is asked is what the page of the appointment asks."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from thecal.care.appointments.booking import Asked, interval_findings
from thecal.care.visit.leaving import Departure
from thecal.clinic.appointments.booking import calendar_questions
from thecal.clinic.appointments.listed import CLINIC, HOME, Listed, listed
from thecal.clinic.appointments.settings_log import opening_for
from thecal.clinic.ledger.appointments import details
from thecal.clinic.models import TrainingRun
from thecal.clinic.refill.situation import Situation
from thecal.record.fold import effective
from thecal.safety.finding import Finding
from thecal.therapy.simulation import simulate


def place_of(situation: Situation) -> str:
    """Return where the next refill is, as planning knows it."""
    at_home = details(effective(situation.chart.entries)).get("at_home")
    return HOME if at_home else CLINIC


def questions_of(situation: Situation, leave: Departure) -> tuple[Finding, ...]:
    """Return what asks for a reason: an odd interval, and a day that the calendar does not offer.

    What comes after refill-by is refused elsewhere, whatever the reason.
    """
    asked = _asked(situation, leave)
    today = situation.now.date()
    found = [*interval_findings(asked.drugs, today, asked.day, asked.refill_by)]
    if place_of(situation) != HOME:
        patient, opening = str(situation.chart.patient.pk), opening_for(situation.clinic)
        found += calendar_questions(asked, patient, _others(situation), opening)
    return tuple(found)


def _asked(situation: Situation, leave: Departure) -> Asked:
    """Return the booking beside what the pump will hold after this visit."""
    base = situation.base
    after = replace(base, events=(*base.events, *situation.events))
    alarm = simulate(after, length_needed=False).outlook.low_reservoir_all_boluses
    zone = ZoneInfo(situation.clinic.timezone)
    return Asked(
        day=leave.next_visit,
        at=None if leave.visit_at is None else leave.visit_at.astimezone(zone),
        refill_by=situation.knowledge.refill_by,
        decided_by=situation.knowledge.refill_by_decided_by or "",
        alarm=None if alarm is None else after.moment(alarm).astimezone(zone),
        last_fill=situation.now.date(),
        drugs=tuple(situation.solution),
    )


def _others(situation: Situation) -> tuple[Listed, ...]:
    """Return who else comes to the clinic; nobody does in a training run."""
    if TrainingRun.objects.filter(patient=situation.chart.patient).exists():
        return ()
    return listed(situation.clinic)
