"""The look back from a symptom: one click from wherever the record tells of one.

It shows what left the tip before, what was in the line, which faults would explain it and what to
check first. Nothing is written here.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import path

from thecal.clinic.access.guard import ClinicRequest, patient_page
from thecal.clinic.flows.trouble_case import open_case
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.patient.look_back import page_of, symptom_of, symptoms

_SHOWN = 100


@patient_page("read patients")
def index(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """List the symptoms of the record, each with its way back."""
    given = {"chart": chart, "tab": "more", "symptoms": symptoms(chart)[:_SHOWN]}
    return render(request, "clinic/look_backs.html", given)


@patient_page("read patients")
def show(request: ClinicRequest, chart: Chart, seq: int) -> HttpResponse:
    """Show the hours before a symptom."""
    symptom = symptom_of(chart, seq)
    if symptom is None:
        raise Http404("this entry tells of no symptom, or it was withdrawn")
    case = open_case(chart)
    noted = {} if case is None else case.noted
    given: dict[str, Any] = {"chart": chart, "tab": "more", "symptom": symptom}
    given |= page_of(chart, symptom.at, noted, request.GET.get("patient", ""))
    return render(request, "clinic/look_back.html", given)


urlpatterns = [
    path("", index, name="look backs"),
    path("<int:seq>/", show, name="look back"),
]
