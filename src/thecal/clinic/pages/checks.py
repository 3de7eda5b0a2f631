"""What waits for a second person in this clinic, and the page on which the check is given."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from thecal.clinic.access.guard import ClinicRequest, author_of, page, patient_page
from thecal.clinic.access.second import (
    Request,
    SecondPersonError,
    give,
    refuse,
    request_of,
    requests_open,
    why_not,
)
from thecal.clinic.access.signing import ReauthenticationError
from thecal.clinic.access.staff import exceptions, month_begun
from thecal.clinic.flows.open_visits import VISIT_OPEN, open_visits
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.models import Clinic, Projection
from thecal.clinic.refill.entries import Running, running_visit
from thecal.clinic.refill.situation import Situation
from thecal.clinic.refill.witnesses import is_awaited, why_no_witness, witness_wanted
from thecal.clinic.web.sheet import Sheet, SheetField
from thecal.errors import EntryError
from thecal.record.entry import entry_of

_SHOWN = 100
_WAITING = '"checks": [{'
"""How a stored projection begins its list of checks where there are any."""


@page("check as second person")
def index(request: ClinicRequest) -> HttpResponse:
    """List what waits for a second person, the longest waiting first."""
    found = (
        Projection.of_clinic(request.clinic)
        .select_related("patient")
        .filter(content__contains=_WAITING)
        .order_by("urgent")[:_SHOWN]
    )
    rows = [
        {
            "patient": one.patient_id,
            "name": json.loads(one.content)["name"],
            "check": check,
            "not_they": why_not(check, request.clinic, request.member),
        }
        for one in found
        for check in requests_open(Chart(one.patient))
    ]
    seen = [
        {
            "patient": one.patient_id,
            "name": json.loads(one.content)["name"],
            "drugs": wanted["drugs"],
            "since": running.written["waste"],
            "not_they": why_no_witness(running, request.member),
        }
        for one, running, wanted in _witnesses_awaited(request.clinic)
    ]
    left_out = exceptions(request.clinic, month_begun(request.clinic))
    alone = [{"patient": one.stream.patient_id, "entry": entry_of(one.text)} for one in left_out]
    values: dict[str, Any] = {"open_visits": open_visits(request.member)}
    values |= {"rows": rows, "seen": seen, "alone": alone, "since": month_begun(request.clinic)}
    return render(request, "clinic/checks.html", values)


def _witnesses_awaited(clinic: Clinic) -> Iterator[tuple[Projection, Running, dict[str, Any]]]:
    """Yield the open visits whose waste nobody signed for as witness, with what that is."""
    going = (
        Projection.of_clinic(clinic)
        .select_related("patient__projection")
        .filter(content__contains=VISIT_OPEN)
        .order_by("urgent")[:_SHOWN]
    )
    for one in going:
        chart = Chart(one.patient)
        running = running_visit(chart.entries)
        if running is not None and is_awaited(running):
            wanted = witness_wanted(Situation(chart, clinic, running))
            if wanted:
                yield one, running, wanted


@patient_page("check as second person")
def show(request: ClinicRequest, chart: Chart, seq: int) -> HttpResponse:
    """Give or refuse a check; what is typed blind is nowhere on the page."""
    asked = request_of(chart, seq)
    sheet = Sheet.of(_fields(asked), request)
    if request.method == "POST" and not sheet.missing():
        answer = _answered(request, chart, asked, sheet)
        if answer is not None:
            return answer
    given: dict[str, Any] = {
        "chart": chart,
        "asked": asked,
        "sheet": sheet,
        "not_they": why_not(asked, request.clinic, request.member),
    }
    return render(request, "clinic/check.html", given, status=422 if sheet.errors else 200)


@patient_page("check as second person")
def decline(request: ClinicRequest, chart: Chart, seq: int) -> HttpResponse:
    """Write down that the second person does not agree."""
    if request.method != "POST":
        return redirect("check", chart.patient.pk, seq)
    not_they = why_not(request_of(chart, seq), request.clinic, request.member)
    if not_they:
        raise SecondPersonError(not_they, remedy="ask somebody else to check")
    refuse(chart, author_of(request), seq, request.POST.get("reason", ""))
    messages.warning(request, "You refused the check. The order does not go on as it is.")
    return redirect("checks")


def _answered(
    request: ClinicRequest, chart: Chart, asked: Request, sheet: Sheet
) -> HttpResponse | None:
    typed = {one.key: str(sheet.typed[one.key]) for one in asked.blind}
    try:
        differing = give(
            request,
            chart,
            request.clinic,
            request.member,
            author_of(request),
            asked.seq,
            typed,
            request.POST.get("password", ""),
        )
    except EntryError as error:
        sheet.refuse(error.place, f"{error.what}; {error.remedy}")
        return None
    except ReauthenticationError as error:
        sheet.refuse("password", f"{error.what}; {error.remedy}")
        return None
    if not differing:
        words = (
            "You signed as supervisor."
            if asked.step
            else "All values agree. Your check is written down and signed."
        )
        messages.success(request, words)
        return redirect("checks")
    messages.error(
        request,
        f"What you typed differs from the order in: {'; '.join(differing)}. Nothing was released:"
        " look again at the syringe and the label, and talk to whoever ordered before you type"
        " again.",
    )
    return redirect("check", chart.patient.pk, asked.seq)


def _fields(asked: Request) -> tuple[SheetField, ...]:
    blind = tuple(
        SheetField(one.key, one.label, kind="quantity", unit=one.unit) for one in asked.blind
    )
    return (*blind, SheetField("password", "Your password, to sign", kind="password"))


urlpatterns = [
    path("", index, name="checks"),
    path("<uuid:patient>/<int:seq>/", show, name="check"),
    path("<uuid:patient>/<int:seq>/refuse/", decline, name="refuse check"),
]
