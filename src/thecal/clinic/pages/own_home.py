"""The first of the patient's own pages: the refill date, the next appointment, whom to call."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_POST

from thecal.care.document import Language
from thecal.care.own.words import days_until
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest
from thecal.clinic.access.language import keep_in_browser, keep_language
from thecal.clinic.ledger.appointments import appointments, standing_appointment
from thecal.clinic.ledger.log import write
from thecal.clinic.own.guard import Own, own_page, show_own
from thecal.clinic.own.limits import too_many
from thecal.clinic.own.logins import LANGUAGE, language_draft
from thecal.clinic.patient.overview import outlook
from thecal.record.fold import effective


@own_page("see own pages")
def home(request: ClinicRequest, own: Own) -> HttpResponse:
    """Show what the record says of the next dates; what it does not know says so."""
    zone = ZoneInfo(request.clinic.timezone)
    today = clock.now().astimezone(zone).date()
    until, unknown = _refill(own, zone)
    refill = None if until is None else until.date()
    values: dict[str, Any] = {"page": "home", "refill": refill, "refill_unknown": unknown}
    if refill is not None:
        values["refill_days"] = own.say(days_until(refill, today))
        values["refill_late"] = refill < today
    therapy = own.chart.therapy
    booked = None if therapy is None else therapy.next_visit
    if booked is not None and booked >= today:
        visit = _with_time(own, booked, zone)
        values |= {"appointment": visit}
        values["appointment_days"] = own.say(days_until(booked, today))
        values["appointment_late"] = until is not None and _is_late(visit, until)
    return show_own(request, own, "clinic/own_home.html", **values)


def _with_time(own: Own, day: date, zone: ZoneInfo) -> date | datetime:
    """Return the time of an appointment on a day where one was booked, else the day."""
    booked = standing_appointment(appointments(effective(own.chart.entries)))
    if booked is None or booked.at is None or booked.day != day:
        return day
    return booked.at.astimezone(zone)


def _is_late(visit: date | datetime, until: datetime) -> bool:
    """Whether a visit lies after the refill-by time; one without a time, after its day."""
    if isinstance(visit, datetime):
        return visit > until
    return visit > until.date()


def _refill(own: Own, zone: ZoneInfo) -> tuple[datetime | None, str]:
    """Return the latest time of a refill; where the record does not know it, what is said."""
    if own.has_ended:
        return None, own.words("refill-ended")
    if own.chart.content["visit_open"]:
        return None, own.words("refill-visit")
    found = outlook(own.chart.folded, clock.now())
    if found is None or found.refill_by.moment is None:
        return None, own.words("refill-unknown")
    return found.refill_by.moment.astimezone(zone), ""


@require_POST
@own_page("see own pages")
def language(request: ClinicRequest, own: Own) -> HttpResponse:
    """Change the language of this person's own pages, from now on."""
    wanted: Language = "de" if request.POST.get("language") == "de" else "en"
    if wanted != own.language:
        refused = too_many(request, own, LANGUAGE)
        if refused:
            messages.error(request, refused)
            return redirect("own home")
        draft = language_draft(request.user.username, wanted)
        write(own.chart.patient, request.author, (draft,), expected=None)
    keep_language(request, wanted)
    return keep_in_browser(redirect("own home"), wanted)


urlpatterns = [
    path("", home, name="own home"),
    path("language/", language, name="own language"),
]
