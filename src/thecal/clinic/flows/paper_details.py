"""What the papers need besides the therapy: the latest entry of travel, ward and death, and F16."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from thecal.care.document import Document, Text
from thecal.care.forms import answers_of, form_document
from thecal.care.implant_visit import with_drawing
from thecal.care.medicine_list.paper import medicine_fields
from thecal.care.papers.kinds import PaperDetails
from thecal.care.papers.travel import Journey
from thecal.clinic import clock
from thecal.clinic.flows.form_log import filed_forms
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.patient.medicines import medicines_of
from thecal.record.fold import effective

JOURNEY, STAY, DEATH = "journey.planned", "stay.begun", "death.recorded"


def details_of(chart: Chart) -> PaperDetails:
    """Return what the flows of this patient have recorded for the papers, the latest of each."""
    last = {
        one.entry.kind: one.body
        for one in effective(chart.entries)
        if one.entry.kind in (JOURNEY, STAY, DEATH) and one.body is not None
    }
    journey, stay, death = last.get(JOURNEY), last.get(STAY), last.get(DEATH)
    zone = ZoneInfo(chart.patient.clinic.timezone)
    return PaperDetails(
        journey=None if journey is None else Journey.from_json(journey),
        discharge=None if not stay or not stay.get("discharge") else _day(stay["discharge"]),
        explant=_ending(chart, "explant"),
        death=_ending(chart, "death"),
        operation=_operation(chart),
        died=None if death is None else datetime.fromisoformat(str(death["died"])),
        medicines=medicine_fields(medicines_of(chart.entries), clock.now().astimezone(zone)),
    )


def _operation(chart: Chart) -> Document | None:
    """Return form F4 as it is printed, its catheter drawn; None where nobody has filled it in."""
    for one in filed_forms(chart.entries):
        if one.form.id == "F4":
            return with_drawing(form_document(one.filled, one.facts), one.filled)
    return None


def _ending(chart: Chart, kind: str) -> Mapping[str, Text]:
    """Return what form F16 says of an end, once somebody has signed it."""
    for one in filed_forms(chart.entries):
        filled = one.filled
        if filled.form == "F16" and one.signatures and filled.get("kind", str) == kind:
            return answers_of(filled)
    return {}


def _day(text: object) -> date:
    return date.fromisoformat(str(text))
