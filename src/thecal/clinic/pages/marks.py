"""What the marks mean: every check with its title, and how far a figure may be trusted."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from thecal.clinic.access.guard import ClinicRequest, page
from thecal.clinic.web.marks import SOURCES
from thecal.safety.catalogue import check_catalogue

SEVERITIES = {
    "hard": "refuses",
    "soft": "asks for a reason",
    "warn": "warns",
    "info": "tells",
}
"""Severity to what a check of it does."""
_STANDINGS = {
    "read": "taken from an excerpt of the source; nobody has compared it with the whole",
    "recalled": "from memory; it never refuses by itself",
    "verified": "a named person compared it with the source",
}


@page("own account")
def show(request: ClinicRequest) -> HttpResponse:
    """Say what the ids of checks, the severities and the standings of figures mean."""
    checks = [
        {
            "entry": one,
            "does": ", ".join(SEVERITIES[each] for each in one.severities) or "nothing yet",
            "standing": _STANDINGS[one.status],
        }
        for one in check_catalogue()
    ]
    return render(request, "clinic/marks.html", {"checks": checks, "sources": SOURCES})


urlpatterns = [path("", show, name="marks")]
