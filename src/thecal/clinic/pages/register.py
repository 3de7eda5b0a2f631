"""Registering a patient, and correcting who the patient is.

Writes `patient.registered`, and `correction` of it.
"""

from __future__ import annotations

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from thecal.clinic.access.guard import ClinicRequest, page, patient_page
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import LostUpdateError, write
from thecal.clinic.ledger.projection import REGISTERED
from thecal.clinic.ledger.registration import register
from thecal.clinic.pages.record import seen_of
from thecal.clinic.patient.correcting import demographics_draft
from thecal.clinic.patient.details import PATHWAYS, SEXES, DetailError, check_number, read_details
from thecal.errors import ThecalError
from thecal.record.fold import effective

_CHOICES = {"sexes": SEXES, "pathways": PATHWAYS}
_FIELDS = ("name", "number", "birth_date", "sex", "pathway", "telephone")
_SEALED = ("name", "telephone")


@page("register patients")
def new(request: ClinicRequest) -> HttpResponse:
    """Register a patient: a new referral."""
    content: dict[str, object] = {**_CHOICES, "details": {}}
    if request.method != "POST":
        return render(request, "clinic/register.html", content)
    content["details"] = {name: request.POST.get(name, "") for name in _FIELDS}
    try:
        details = read_details(request.POST)
        with transaction.atomic():
            check_number(request.clinic, details.number)
            patient = register(request.clinic, request.author, **details.values())
        return redirect("patient", patient=patient.pk)
    except ThecalError as error:
        content |= _refused(error)
    return render(request, "clinic/register.html", content, status=422)


@patient_page("correct the record")
def correct_details(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Correct who the patient is: a new entry, the earlier one stays readable."""
    known = {name: str(chart.content.get(name, "")) for name in _FIELDS}
    content: dict[str, object] = {**_CHOICES, "chart": chart, "tab": "record", "details": known}
    if request.method != "POST":
        return render(request, "clinic/details.html", content)
    typed = {name: request.POST.get(name, "") for name in _FIELDS}
    content |= {"details": typed, "reason": request.POST.get("reason", "")}
    try:
        details = read_details(request.POST)
        values = {name: str(value) for name, value in details.values().items()}
        one = next(one for one in effective(chart.entries) if one.entry.kind == REGISTERED)
        draft = demographics_draft(
            one,
            {name: value for name, value in values.items() if name not in _SEALED},
            {name: values[name] for name in _SEALED if values[name] != known[name]},
            request.POST.get("reason", ""),
        )
        with transaction.atomic():
            check_number(request.clinic, details.number, own=chart.patient.pk)
            write(chart.patient, request.author, (draft,), expected=seen_of(request))
        return redirect("patient", patient=chart.patient.pk)
    except LostUpdateError:
        raise
    except ThecalError as error:
        content |= _refused(error)
    return render(request, "clinic/details.html", content, status=422)


def _refused(error: ThecalError) -> dict[str, object]:
    return {"error": error, "wrong": error.field if isinstance(error, DetailError) else ""}


urlpatterns = [
    path("register/", new, name="register a patient"),
    path("<uuid:patient>/details/", correct_details, name="correct details"),
]
