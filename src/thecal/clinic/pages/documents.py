"""The papers of a patient: every one made from the record at this moment, shown, and as PDF."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path

from thecal.care.papers.kinds import PAPERS
from thecal.care.papers.record import record_at
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, patient_page
from thecal.clinic.flows.paper_details import details_of
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.web.documents import contact_of, print_document, show_document


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


urlpatterns = [
    path("", index, name="documents"),
    path("<slug:kind>/", paper, name="document"),
]
