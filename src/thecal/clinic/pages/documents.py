"""The papers of a patient: every one made from the record at this moment, shown, and as PDF."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path

from thecal.care.document import Document
from thecal.care.papers.kinds import EMERGENCY, PAPERS, title
from thecal.care.papers.parts import with_notice
from thecal.care.papers.record import record_at
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, patient_page
from thecal.clinic.flows.paper_details import details_of
from thecal.clinic.flows.session_people import session_people
from thecal.clinic.ledger.appointments import appointments, standing_appointment
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.models import Clinic
from thecal.clinic.refill.ahead import Ahead, for_emergency, for_papers
from thecal.clinic.refill.entries import running_visit
from thecal.clinic.web.documents import contact_of, print_document, show_document
from thecal.record.fold import effective


@patient_page("print documents")
def index(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """List the papers that can be made."""
    papers = [(kind, title(kind)) for kind in PAPERS]
    return render(
        request,
        "clinic/documents.html",
        {"chart": chart, "tab": "documents", "papers": papers if chart.therapy else []},
    )


@patient_page("print documents")
def paper(request: ClinicRequest, chart: Chart, kind: str) -> HttpResponse:
    """Show a paper; sent as a form, it comes as PDF and its making is written down."""
    if kind not in PAPERS or chart.therapy is None:
        raise Http404("there is no such paper for this patient")
    document = paper_of(chart, request.clinic, kind)
    if request.method == "POST":
        ahead = _ahead(chart, request.clinic, kind)
        return print_document(request, chart, document, is_before=ahead.is_before)
    return show_document(request, chart, document)


def paper_of(chart: Chart, clinic: Clinic, kind: str) -> Document:
    """Return a paper as it is now; of an open visit it shows what `refill.ahead` says."""
    ahead = _ahead(chart, clinic, kind)
    therapy = ahead.therapy
    record = record_at(
        therapy,
        max(therapy.instant(clock.now()), therapy.instant(therapy.events[-1].time)),
        contact=contact_of(clinic),
        patient_name=chart.content["name"],
    )
    record = replace(record, doubt=ahead.doubt, visit_at=_visit_at(chart, clinic, ahead))
    details = replace(details_of(chart), session=session_people(chart, clinic, record))
    return with_notice(PAPERS[kind].make(record, details), ahead.notice)


def _visit_at(chart: Chart, clinic: Clinic, ahead: Ahead) -> datetime | None:
    """Return the time of the next visit that a paper shows, on the clinic's clock."""
    booked = standing_appointment(appointments(effective(chart.entries)))
    at = None if booked is None else booked.at
    running = running_visit(chart.entries)
    leave = None if running is None else running.visit.leave
    if leave is not None and leave.next_visit == ahead.therapy.next_visit:
        at = leave.visit_at
    return None if at is None else at.astimezone(ZoneInfo(clinic.timezone))


def _ahead(chart: Chart, clinic: Clinic, kind: str) -> Ahead:
    ahead = (for_emergency if kind == EMERGENCY else for_papers)(chart, clinic)
    assert ahead is not None
    return ahead


urlpatterns = [
    path("", index, name="documents"),
    path("<slug:kind>/", paper, name="document"),
]
