"""The list of today: what has to be done, the most urgent first."""

from __future__ import annotations

import json

from django.http import HttpResponse
from django.shortcuts import render

from thecal.clinic import clock
from thecal.clinic.guard import ClinicRequest, page
from thecal.clinic.models import Projection

_SHOWN = 100


@page("see today")
def show(request: ClinicRequest) -> HttpResponse:
    """Show who is due."""
    waiting = Projection.objects.filter(clinic=request.clinic, wakes__lte=clock.now())
    rows = [
        {"patient": one.patient_id, "urgent": one.urgent, **json.loads(one.content)}
        for one in waiting.order_by("urgent")[:_SHOWN]
    ]
    return render(request, "clinic/today.html", {"rows": rows, "count": waiting.count()})
