"""A revision of a catheter in the demonstration: written down and signed as its pages do it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

from thecal.care.implant_visit import REVISION, visit_findings
from thecal.clinic.flows.implant_end import closing_drafts
from thecal.clinic.flows.implant_events import planned
from thecal.clinic.flows.implant_visit import BEGUN, open_implant, step_draft
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Author, Draft, write
from thecal.clinic.models import Membership, Patient
from thecal.errors import DataError
from thecal.safety.finding import Severity

_LINE = "line"


def add_revision(
    patient: Patient, member: Membership, told: Mapping[str, Any], today: date, offset: timezone
) -> None:
    """Write a revision into the record of a patient, signed by a member.

    Raises
    ------
    DataError
        If something stands against it that the demonstration has no answer to.
    """
    zone = ZoneInfo(patient.clinic.timezone)
    joined = datetime.combine(
        today + timedelta(told["day"]), time.fromisoformat(told["at"]), offset
    )
    author, pump = Author.of(member, "demonstration"), _chart(patient).content["therapy"]["model"]
    number = write(
        patient, author, (Draft(BEGUN, {"purpose": REVISION, "pump": pump}),), expected=None
    )[0].seq
    asked = {**told["asked"], _LINE: {**told["asked"][_LINE], "revised_at": joined.isoformat()}}
    steps = [step_draft(number, one, told["values"][one], asked[one]) for one in told["values"]]
    write(patient, author, steps, expected=None)
    chart = _chart(patient)
    running = open_implant(chart.entries)
    assert running is not None
    plan = planned(chart, running)
    found = [*visit_findings(running.visit), *plan.findings()]
    against = [one.message for one in found if one.severity in (Severity.HARD, Severity.SOFT)]
    if against or running.visit.missing:
        raise DataError(f"the revision of {patient.pk} is not done: {'; '.join(against)}")
    drafts = closing_drafts(plan, member, zone, found, (), told["reason"])
    write(patient, author, drafts, expected=None)


def _chart(patient: Patient) -> Chart:
    """Return the chart of a patient as the record is now."""
    return Chart(Patient.objects.select_related("projection", "clinic").get(pk=patient.pk))
