"""Outcomes of a patient: what was said at each visit, and what follows from it.

Kinds of entries: `clinic.flows.outcome_log`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods

from thecal.care.outcomes.advise import judge
from thecal.care.outcomes.domains import GRADES, outcome_set, side_effects
from thecal.care.outcomes.instrument import Instrument, instruments
from thecal.care.outcomes.schedule import schedule
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, author_of, patient_page
from thecal.clinic.access.permissions import may
from thecal.clinic.flows.outcome_log import ASKED, asked_of, outcome_case, started
from thecal.clinic.ledger.case_values import case_to_json
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.patient.advice_rows import advice_rows
from thecal.clinic.plans.sheet import CaseField, CaseSheet, same
from thecal.clinic.web.flow import zone_of
from thecal.clinic.web.seen import seen_of
from thecal.errors import BadFileError

_ROWS = 3
_LIST_KINDS = ("mean", "percent-answered", "category-mean")
_QUESTIONS = ("recommend", "again")


@require_http_methods(["GET", "POST"])
@patient_page("read patients")
def outcomes(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show the course of the outcomes, and take the answers of one visit."""
    today = clock.now().astimezone(zone_of(request)).date()
    writes = may(request.member.role, "write the record") and request.emergency is None
    fields = tuple(_fields(chart, today))
    sheet = CaseSheet(fields, {"date": today.isoformat()})
    if request.method == "POST" and writes:
        sheet = CaseSheet.sent(fields, request.POST)
        values = sheet.case({})
        draft = None if sheet.errors else _draft(sheet, chart, today, values)
        if draft is not None:
            write(chart.patient, author_of(request), (draft,), expected=seen_of(request))
            messages.success(request, f"Written down: {values['visit']}.")
            return redirect("outcomes", chart.patient.pk)
    found = asked_of(chart)
    case = outcome_case(
        chart.content["pathway"], started(chart), today, [one.values for one in found]
    )
    told = {
        "chart": chart,
        "tab": "more",
        "advice": advice_rows(judge(case)),
        "asked": found,
        "sheet": sheet.sheet(),
        "may_write": writes,
    }
    return render(request, "clinic/outcomes.html", told, status=422 if sheet.errors else 200)


def _draft(sheet: CaseSheet, chart: Chart, today: date, values: Mapping[str, Any]) -> Draft | None:
    """Return the entry of what was typed; None where the rules refuse it, and the sheet says so."""
    visit = {name: value for name, value in values.items() if name not in _QUESTIONS}
    try:
        outcome_case(chart.content["pathway"], started(chart), today, [visit])
    except BadFileError as error:
        sheet.refuse_place(error)
        return None
    answers = {name: values.get(name) for name in _QUESTIONS}
    return Draft(ASKED, {"visit": case_to_json(visit), **answers})


def _fields(chart: Chart, today: date) -> Iterator[CaseField]:
    start = started(chart)
    names = tuple(one.visit for one in schedule(start or today, today))
    yield CaseField("visit", "Visit", "choice", choices=same(names), required=True)
    yield CaseField("date", "Day on which it was asked", "date", required=True)
    known = {one.id: one for one in instruments()}
    for names_of_domain in outcome_set(chart.content["pathway"]).values():
        for name in names_of_domain:
            if name in known:
                yield from _score_fields(known[name])
    if "satisfaction" not in {n for v in outcome_set(chart.content["pathway"]).values() for n in v}:
        yield from _score_fields(known["satisfaction"])
    yield CaseField("recommend", "Would recommend the therapy", "flag")
    yield CaseField("again", "Would choose the therapy again", "flag")
    for effect, said in side_effects().items():
        name = f"side_effects.{effect.replace('-', '_')}"
        yield CaseField(name, f"Side effect: {said.value}", "choice", choices=same(GRADES))


def _score_fields(one: Instrument) -> Iterator[CaseField]:
    name, label = f"scores.{one.id.replace('-', '_')}", one.name
    if one.kind == "category":
        yield CaseField(name, label, "choice", choices=same(one.words("codes")))
    elif one.kind == "dose":
        yield CaseField(name, label, "quantity", units=("mg/d",))
    elif one.kind == "penn":
        yield CaseField(f"{name}.frequency", f"{label}, 0 to 4")
        yield CaseField(f"{name}.severity", "Penn severity of spasms, 1 to 3")
    elif one.kind == "gas":
        for row in range(1, _ROWS + 1):
            yield CaseField(f"{name}.{row}.weight", f"Goal {row}: weight")
            yield CaseField(f"{name}.{row}.attained", f"Goal {row}: attained, -2 to 2")
    elif one.kind in _LIST_KINDS:
        yield CaseField(name, label, "lines", hint="one item on each line")
    elif one.kind == "state":
        yield CaseField(name, label, hint="the five digits of the state")
    else:
        yield CaseField(name, label)


urlpatterns = [path("", outcomes, name="outcomes")]
