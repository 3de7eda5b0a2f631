"""The papers of a patient: every one made from the record at this moment, shown, and as PDF."""

from __future__ import annotations

from datetime import date, datetime

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path

from thecal.care.papers.kinds import PAPERS, PaperDetails
from thecal.care.papers.record import record_at
from thecal.care.papers.travel import Journey
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, patient_page
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.web.documents import contact_of, print_document, show_document
from thecal.record.fold import effective

JOURNEY, STAY, DEATH = "journey.planned", "stay.begun", "death.recorded"
"""What the papers need besides the therapy: entries of the flows of travel, ward and death."""


@patient_page("print documents")
def index(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """List the papers that can be made."""
    papers = [(kind, paper.summary) for kind, paper in PAPERS.items()]
    return render(
        request,
        "clinic/documents.html",
        {"chart": chart, "tab": "documents", "papers": papers if chart.therapy else []},
    )


@patient_page("print documents")
def paper(request: ClinicRequest, chart: Chart, kind: str) -> HttpResponse:
    """Show a paper; sent as a form, it comes as PDF and its making is written down."""
    therapy = chart.therapy
    if kind not in PAPERS or therapy is None:
        raise Http404("there is no such paper for this patient")
    record = record_at(
        therapy,
        max(therapy.instant(clock.now()), therapy.instant(therapy.events[-1].time)),
        contact=contact_of(request.clinic),
        patient_name=chart.content["name"],
    )
    document = PAPERS[kind].make(record, details_of(chart))
    if request.method == "POST":
        return print_document(request, chart, document)
    return show_document(request, chart, document)


def details_of(chart: Chart) -> PaperDetails:
    """Return what the flows of this patient have recorded for the papers, the latest of each."""
    last = {
        one.entry.kind: one.body
        for one in effective(chart.entries)
        if one.entry.kind in (JOURNEY, STAY, DEATH) and one.body is not None
    }
    journey, stay, death = last.get(JOURNEY), last.get(STAY), last.get(DEATH)
    return PaperDetails(
        journey=None if journey is None else Journey.from_json(journey),
        discharge=None if not stay or not stay.get("discharge") else _day(stay["discharge"]),
        died=None if death is None else datetime.fromisoformat(str(death["died"])),
    )


def _day(text: object) -> date:
    return date.fromisoformat(str(text))


urlpatterns = [
    path("", index, name="documents"),
    path("<slug:kind>/", paper, name="document"),
]
