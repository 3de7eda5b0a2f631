"""Titration: every change of dose beside its scores, a score to add, the way to the next dose.

A score is the therapy event `observe`; doses are changed on the page Programming alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timezone
from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from thecal.care.titration.case import SEDATION
from thecal.care.titration.log import LoggedChange, log_findings, titration_log
from thecal.care.trial.scales import ASHWORTH, NUMERIC, read_category, read_score, scale_name
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, patient_page
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.plans.doses import pump_clock
from thecal.clinic.plans.log import last_case
from thecal.clinic.web.seen import seen_of
from thecal.clinic.web.sheet import Sheet, SheetField
from thecal.errors import EntryError
from thecal.pharmacy import both_units
from thecal.record.fold import EVENT, event_body
from thecal.therapy.events import Observe
from thecal.units import show_percent

_REFUSED = 422
_SEDATION = "poss"


@patient_page("read patients")
def show(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show the dose log with its scores, and what nobody has scored."""
    return _page(request, chart, Sheet(_fields()))


@patient_page("write the record")
def score(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Add a score at a time of the pump's clock, not in the future."""
    sheet = Sheet.of(_fields(), request)
    if request.method != "POST" or chart.therapy is None:
        return _page(request, chart, sheet)
    sheet.missing()
    at, value = _time(chart, sheet), _value(sheet)
    if sheet.errors or at is None or value is None:
        return _page(request, chart, sheet)
    event = Observe(time=at, scale=sheet.typed["scale"], value=value)
    draft = Draft(EVENT, event_body(event), pump_time=event.time)
    write(chart.patient, request.author, (draft,), expected=seen_of(request))
    messages.success(request, "Scored.")
    return redirect("titration", chart.patient.pk)


def _page(request: ClinicRequest, chart: Chart, sheet: Sheet) -> HttpResponse:
    therapy = chart.therapy
    log = () if therapy is None else titration_log(therapy)
    now = clock.now()
    given = {
        "chart": chart,
        "tab": "titration",
        "rows": [_row(one) for one in reversed(log)],
        "findings": log_findings(log, now),
        "asked": {
            topic: last_case(chart.entries, topic)
            for topic in ("titration", "escalation", "cessation", "weaning")
        },
        "sheet": sheet,
    }
    return render(request, "clinic/titration.html", given, status=_REFUSED if sheet.errors else 200)


def _row(one: LoggedChange) -> Mapping[str, Any]:
    drugs = dict.fromkeys((*one.before, *one.after))
    doses = [
        {
            "drug": name,
            "before": both_units(name, one.before[name]) if name in one.before else "",
            "after": both_units(name, one.after[name]) if name in one.after else "",
            "change": show_percent(one.ratios[name] - 1) if name in one.ratios else "",
        }
        for name in drugs
    ]
    return {
        "time": one.time,
        "doses": doses,
        "reason": one.reason,
        "scores_before": one.scores_before,
        "effect": one.effect,
        "due": one.due,
    }


def _fields() -> tuple[SheetField, ...]:
    scales = [(one, scale_name(one)) for one in (*NUMERIC, ASHWORTH)]
    return (
        SheetField("scale", "Scale", "choice", choices=(*scales, (_SEDATION, "Sedation (POSS)"))),
        SheetField("value", "Score", hint="as in 4, 4.5 or 1+"),
        SheetField(
            "time", "Time on the pump's clock", "moment", required=False, when="now, if empty"
        ),
    )


def _value(sheet: Sheet) -> str | int | float | None:
    scale, typed = sheet.typed["scale"], sheet.typed["value"]
    if not scale or not typed:
        return None
    try:
        if scale == ASHWORTH:
            return read_category(typed)
        if scale == _SEDATION:
            if typed not in SEDATION:
                raise EntryError(f"{typed} is no level", remedy="use " + ", ".join(SEDATION))
            return str(typed)
        if scale in NUMERIC:
            return _plain(read_score(scale, typed))
        raise EntryError(f"{scale} is no scale", remedy="choose one of the list")
    except EntryError as error:
        told = "; ".join(part for part in (error.what, error.why, error.remedy) if part)
        sheet.refuse("value", f"Score: {told}")
        return None


def _plain(number: Fraction) -> int | float:
    # An event holds a score as a file does: a whole number, or one with a point.
    return int(number) if number.denominator == 1 else float(number)


def _time(chart: Chart, sheet: Sheet) -> datetime | None:
    """Return when it was scored, on the pump's clock with its offset."""
    therapy = chart.therapy
    assert therapy is not None
    now = clock.now().replace(microsecond=0)
    typed = sheet.typed["time"]
    if not typed:
        return therapy.moment(therapy.instant(now))
    try:
        local = datetime.fromisoformat(typed)
    except ValueError:
        sheet.refuse("time", f'Time: "{typed}" is no time: write it as 2026-03-02T10:00')
        return None
    if local.tzinfo is not None or local > pump_clock(chart, now):
        sheet.refuse("time", "Time: it lies in the future, or has an offset: use the pump's clock")
        return None
    return local.replace(tzinfo=timezone(therapy.utc_offset))


urlpatterns = [
    path("", show, name="titration"),
    path("score/", score, name="score titration"),
]
