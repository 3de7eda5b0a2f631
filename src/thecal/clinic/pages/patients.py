"""The list of patients, the search, and the first page of one."""

from __future__ import annotations

import json

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, page, patient_page
from thecal.clinic.ledger.appointments import appointments, standing_appointment
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.models import Projection
from thecal.clinic.models.record import LONGEST_NAME
from thecal.clinic.patient.courses import courses
from thecal.clinic.patient.medicines import medicines_of, summary
from thecal.clinic.patient.overview import outlook, standing_findings
from thecal.clinic.web.flow import zone_of
from thecal.record.fold import effective

_SHOWN = 50


@page("read patients")
def index(request: ClinicRequest) -> HttpResponse:
    """List patients; the search is sent as a form, so that no name stands in an address."""
    # No key is longer, and a database takes neither longer patterns nor a NUL.
    words = request.POST.get("search", "").replace("\0", "").strip().lower()[:LONGEST_NAME]
    found = Projection.of_clinic(request.clinic)
    if words:
        found = found.filter(name_key__startswith=words) | found.filter(
            number_key__startswith=words
        )
    read = list(found.order_by("name_key")[: _SHOWN + 1])
    rows = [{"patient": one.patient_id, **json.loads(one.content)} for one in read[:_SHOWN]]
    content = {"rows": rows, "search": words, "left_off": len(read) > _SHOWN}
    return render(request, "clinic/patients.html", content)


@patient_page("read patients")
def overview(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show what is known of a patient now."""
    known = courses(chart.folded)
    booked = standing_appointment(appointments(effective(chart.entries)))
    content: dict[str, object] = {
        "chart": chart,
        "tab": "overview",
        "outlook": outlook(chart.folded, clock.now()),
        "booked_at": None if booked is None else booked.at,
        "tasks": chart.content["tasks"],
        "reviewed": known.reviewed,
        "summary": summary(medicines_of(chart.entries), clock.now().astimezone(zone_of(request))),
    }
    if known.reviewed and known.review is not None and chart.therapy is not None:
        content["standing"] = standing_findings(chart.therapy, known.review)
    return render(request, "clinic/patient.html", content)


urlpatterns = [
    path("", index, name="patients"),
    path("<uuid:patient>/", overview, name="patient"),
]
