"""The body of a patient by the model, on a page of its own where no dose is entered."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST

from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, patient_page
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.patient.body_jobs import SECONDS, BodyJob


@patient_page("read patients")
def body(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show concentrations by level, once they have been computed for the record as it stands."""
    job = _job(request, chart)
    answer, percent = job.answer, job.percent
    content: dict[str, object] = {
        "chart": chart,
        "tab": "body",
        "percent": percent,
        "seconds": SECONDS,
        "body_page": request.path,
        "started": chart.therapy is not None,
    }
    if answer is not None and "error" in answer:
        content["error"] = answer["error"]
    elif answer is not None:
        content["body"] = answer
    part = request.headers.get("HX-Request") == "true" and answer is None and percent is not None
    return render(request, "clinic/body_progress.html" if part else "clinic/body.html", content)


@require_POST
@patient_page("read patients")
def compute(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Begin to compute; nothing is written to the record."""
    if chart.therapy is not None:
        _job(request, chart).begin(chart.therapy, clock.now())
    return redirect("body", patient=chart.patient.pk)


def _job(request: ClinicRequest, chart: Chart) -> BodyJob:
    day = clock.now().astimezone(ZoneInfo(request.clinic.timezone)).date()
    return BodyJob.of(chart.stream, day.isoformat())


urlpatterns = [
    path("<uuid:patient>/body/", body, name="body"),
    path("<uuid:patient>/body/compute/", compute, name="compute the body"),
]
