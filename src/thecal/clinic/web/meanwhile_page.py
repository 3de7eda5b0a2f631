"""What the page of a form that came too late tells: what was written since, and the way back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from thecal.clinic import clock
from thecal.clinic.access.permissions import may
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.kind_words import kind_words
from thecal.clinic.models import Patient, User
from thecal.clinic.web.seen import seen_of

_MOST = 20


def ahead_of(request: HttpRequest) -> timedelta:
    """Return how far the clock of the run of a page is ahead; nothing outside of a run."""
    run = getattr(request, "run", None)
    return timedelta() if run is None else run.ahead_at(clock.real())


def written_meanwhile(request: HttpRequest) -> dict[str, Any]:
    """Return the chart, what was written to it since the page was made, and the page to go back to.

    Only the sort of an entry, its author and its time are told, never a value: it may be one that
    a second person types blind. Nothing for who may not read the patient.
    """
    match, member = request.resolver_match, getattr(request, "member", None)
    number = None if match is None else match.kwargs.get("patient")
    if match is None or number is None or member is None or not may(member.role, "read patients"):
        return {}
    patient = (
        Patient.objects.select_related("projection").filter(pk=number, clinic=member.clinic).first()
    )
    if patient is None:
        return {}
    chart, seen = Chart(patient), max(seen_of(request), 0)
    since = chart.entries[seen:][-_MOST:]
    users = User.objects.filter(username__in={one.actor for one in since})
    names = {one.username: one.name for one in users}
    written = [
        {"what": kind_words(one.kind), "by": names.get(one.actor, one.actor), "at": one.written}
        for one in since
    ]
    at_visit = "refill" in (match.url_name or "")
    back = reverse("refill" if at_visit else "patient", args=[patient.pk])
    words = "the visit as it stands" if at_visit else "the patient as it stands now"
    return {"chart": chart, "written": written, "back": back, "back_words": words}
