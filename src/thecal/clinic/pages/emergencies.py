"""Opening a record of another clinic in an emergency, and reviewing who did."""

from __future__ import annotations

import uuid
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from thecal.clinic.access import emergency
from thecal.clinic.access.guard import ClinicRequest, device_of, page
from thecal.clinic.access.signing import reauthenticate
from thecal.clinic.web.sheet import Sheet, SheetField

_FIELDS = (
    SheetField("words", "Name or number of the patient", hint="The whole name, or the number."),
    SheetField("birth_date", "Date of birth", "date"),
    SheetField("reason", "What has happened", "long", hint="It is read and reviewed afterwards."),
)


@require_http_methods(["GET", "POST"])
@page("open in an emergency")
def ask(request: ClinicRequest) -> HttpResponse:
    """Open the record of a patient of another clinic, with a reason and the password."""
    sheet = Sheet.of(_FIELDS, request)
    if request.method == "POST" and not sheet.missing():
        birth_date = _day(sheet.typed["birth_date"])
        if birth_date is None:
            sheet.refuse("birth_date", "this is no date")
        else:
            reauthenticate(request, request.member, request.POST.get("password", ""))
            patient = emergency.find(sheet.typed["words"], birth_date)
            if patient is not None and patient.clinic_id == request.clinic.pk:
                return redirect("patient", patient.pk)
            if patient is not None:
                emergency.open_record(
                    request, request.member, patient, sheet.typed["reason"], device_of(request)
                )
                return redirect("patient", patient.pk)
            emergency.not_found(request.clinic, request.author)
            sheet.refuse("words", "nobody with this whole name or number was born on that day")
    status = 422 if sheet.errors else 200
    return render(request, "clinic/emergency.html", {"sheet": sheet}, status=status)


@require_POST
@page("open in an emergency")
def end(request: ClinicRequest, record: uuid.UUID) -> HttpResponse:
    """End an emergency access before its time."""
    emergency.end(request, request.member, record, device_of(request))
    messages.success(request, "The emergency access is ended.")
    return redirect("today")


@page("review accesses")
def reviews(request: ClinicRequest) -> HttpResponse:
    """List the emergency accesses that wait for a review."""
    values = {"waiting": emergency.waiting(request.clinic)}
    return render(request, "clinic/emergency_reviews.html", values)


@require_POST
@page("review accesses")
def review(request: ClinicRequest, access: uuid.UUID) -> HttpResponse:
    """Sign the review of one."""
    emergency.review(
        request,
        request.member,
        request.author,
        access,
        request.POST.get("remark", "").strip(),
        request.POST.get("password", ""),
    )
    messages.success(request, "The review is signed.")
    return redirect("emergency reviews")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


urlpatterns = [
    path("", ask, name="emergency access"),
    path("<uuid:record>/end/", end, name="end emergency access"),
    path("reviews/", reviews, name="emergency reviews"),
    path("reviews/<uuid:access>/", review, name="review emergency access"),
]
