"""Who opened which record, and what happened in the clinic; reading this is written down too.

Kind of entry: `log.read`, in the clinic's own stream.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, page, patient_page
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, write_to_clinic
from thecal.clinic.models import EntryRow, Stream
from thecal.errors import EntryError
from thecal.record.entry import entry_of

_SHOWN = 200
_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)


@page("review accesses")
def of_clinic(request: ClinicRequest) -> HttpResponse:
    """List who opened a record of this clinic, between two days."""
    rows = EntryRow.objects.filter(stream__kind=Stream.Kind.ACCESS, stream__clinic=request.clinic)
    return _listed(request, rows, "clinic/accesses.html", "accesses")


@patient_page("review accesses")
def of_patient(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """List who opened the record of one patient, between two days."""
    rows = EntryRow.objects.filter(stream__kind=Stream.Kind.ACCESS, stream__patient=chart.patient)
    what = f"accesses to {chart.patient.pk}"
    return _listed(request, rows, "clinic/patient_accesses.html", what, chart)


@page("manage people")
def clinic_log(request: ClinicRequest) -> HttpResponse:
    """List what happened in the clinic: logins, people, settings, emergencies."""
    rows = EntryRow.objects.filter(stream__kind=Stream.Kind.CLINIC, stream__clinic=request.clinic)
    return _listed(request, rows, "clinic/clinic_log.html", "log of the clinic")


def _listed(
    request: ClinicRequest,
    rows: QuerySet[EntryRow],
    template: str,
    what: str,
    chart: Chart | None = None,
) -> HttpResponse:
    zone = ZoneInfo(request.clinic.timezone)
    today = clock.now().astimezone(zone).date()
    first, last = _asked(request, "from", today - _WEEK), _asked(request, "to", today)
    start, stop = (
        datetime.combine(day, time(), zone) for day in (first, min(last, date.max - _DAY) + _DAY)
    )
    found = rows.filter(utc__gte=start, utc__lt=stop).select_related("stream__patient__projection")
    # The newest entries have the greatest keys: the list ends without reading the older ones.
    shown = [_shown(row) for row in found.order_by("-pk")[: _SHOWN + 1]]
    read = {"what": what, "from": first.isoformat(), "to": last.isoformat()}
    write_to_clinic(request.clinic, request.author, (Draft("log.read", read),))
    values = {
        "rows": shown[:_SHOWN],
        "more": len(shown) > _SHOWN,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "tab": "accesses",
    }
    if chart is not None:
        values["chart"] = chart
    return render(request, template, values)


def _shown(row: EntryRow) -> dict[str, Any]:
    patient = row.stream.patient
    return {
        "entry": entry_of(row.text),
        "patient": patient,
        "number": "" if patient is None else patient.projection.number_key,
    }


def _asked(request: ClinicRequest, key: str, otherwise: date) -> date:
    text = request.GET.get(key, "")
    try:
        return date.fromisoformat(text) if text else otherwise
    except ValueError:
        raise EntryError(
            f'"{text[:20]}" is no day', remedy="choose one in the calendar, or leave it empty"
        ) from None


urlpatterns = [
    path("", of_clinic, name="accesses"),
    path("clinic/", clinic_log, name="clinic log"),
]
patient_urlpatterns = [
    path("<uuid:patient>/accesses/", of_patient, name="patient accesses"),
]
