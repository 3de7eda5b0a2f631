"""The complications and side effects of a patient: entered, judged anew, closed, opened again.

Kinds of entries: `clinic.flows.complication_log`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods

from thecal.care.complications.exposure import Exposure, exposure
from thecal.care.complications.recorded import (
    CAUSES,
    OUTCOMES,
    Recorded,
    read_recorded,
    wrong,
)
from thecal.care.complications.register import complications, grades
from thecal.care.forms.choice import choices
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, author_of, patient_page
from thecal.clinic.access.permissions import may
from thecal.clinic.flows.complication_log import JUDGED, RECORDED, linkable, noted, unlinked
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.web.choices import complication_choices, drug_choices
from thecal.clinic.web.flow import FlowForm, accepted, flow_form, zone_of
from thecal.clinic.web.seen import seen_of
from thecal.clinic.web.sheet import SheetField
from thecal.device import pump_model
from thecal.record.fold import effective
from thecal.units import show_date

_ENTER, _JUDGE = "complication", "judgement"
_PARTS = ("began", "grade", "cause", "words", "drug", "outcome", "ended")


@require_http_methods(["GET", "POST"])
@patient_page("read patients")
def index(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """List the complications of a patient."""
    found = noted(effective(chart.entries))
    known = _exposure(chart)
    rows = [
        {"one": one, "then": _then(known, one), "linked": _entry(chart, one)}
        for one in sorted(found.found, key=lambda one: one.began, reverse=True)
    ]
    told = {
        "chart": chart,
        "tab": "more",
        "rows": rows,
        "unreadable": found.unreadable,
        "unlinked": unlinked(effective(chart.entries), found),
        "may_write": may(request.member.role, "write the record"),
    }
    return render(request, "clinic/complications.html", told)


@require_http_methods(["GET", "POST"])
@patient_page("write the record")
def enter(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Enter a complication."""
    form = flow_form(request, _ENTER, "A complication", "Write it down", _fields(chart))
    if not form.sent:
        of = request.GET.get("of", "")
        for one in linkable(effective(chart.entries)):
            if str(one.number) == of:
                form.sheet.typed |= {"linked": of, "began": one.day.isoformat()}
    if accepted(form):
        typed = _typed(form)
        _refuse(form, typed, chart, request)
        if accepted(form):
            body = read_recorded(0, typed).to_json()
            write(
                chart.patient,
                author_of(request),
                (Draft(RECORDED, body),),
                expected=seen_of(request),
            )
            name = complications()[typed["complication"]].name.en
            messages.success(request, f"Written down: {name}.")
            return redirect("complications", chart.patient.pk)
    return _form_page(request, chart, form, None)


@require_http_methods(["GET", "POST"])
@patient_page("write the record")
def judge(request: ClinicRequest, chart: Chart, number: int) -> HttpResponse:
    """Judge a complication anew: its grade and cause, what came of it, or that it is open again."""
    found = noted(effective(chart.entries)).found
    one = next((each for each in found if each.number == number), None)
    if one is None:
        raise Http404("there is no such complication in this record")
    fields = tuple(each for each in _fields(chart) if each.name in _PARTS)
    why = SheetField("why", "Why it is judged anew", hint="written into the record")
    form = flow_form(request, _JUDGE, "How it is judged now", "Write it down", (*fields, why))
    if not form.sent:
        form.sheet.typed |= {name: str(value) for name, value in one.judgement().items()}
    if accepted(form):
        typed = {**_typed(form), "complication": one.id}
        _refuse(form, typed, chart, request)
        body = {name: typed[name] for name in _PARTS}
        if accepted(form) and one.judged(body).judgement() == one.judgement():
            form.sheet.refuse("why", "nothing would change: change something, or leave the page")
        if accepted(form):
            before = one.judgement()
            reason = str(form.sheet.typed["why"])
            draft = Draft(JUDGED, {"of": one.number, **body}, reason, before)
            write(chart.patient, author_of(request), (draft,), expected=seen_of(request))
            messages.success(request, f"Written down: {one.complication.name.en}.")
            return redirect("complications", chart.patient.pk)
    return _form_page(request, chart, form, one)


def _fields(chart: Chart) -> tuple[SheetField, ...]:
    degrees = tuple((name, f"{name}: {fact.value}") for name, fact in grades().items())
    return (
        SheetField("complication", "What it is", "choice", choices=complication_choices()),
        SheetField("began", "Day on which it began, or was noticed", "date"),
        SheetField("grade", "Grade at its worst", "choice", choices=degrees),
        SheetField("cause", "Cause", "choice", choices=_listed(CAUSES)),
        SheetField(
            "drug",
            "Drug that is blamed",
            "choice",
            choices=drug_choices(),
            required=False,
        ),
        SheetField(
            "linked",
            "Visit or event that it belongs to",
            "choice",
            choices=tuple(_links(chart).items()),
            required=False,
        ),
        SheetField("words", "What happened", "long", required=False),
        SheetField(
            "outcome",
            "What came of it",
            "choice",
            choices=_listed(OUTCOMES),
            required=False,
            when="left empty while it is open",
        ),
        SheetField(
            "ended", "Day on which it ended", "date", required=False, when="with the outcome"
        ),
    )


def _listed(name: str) -> tuple[tuple[str, str], ...]:
    return tuple((id, said.en) for id, said in choices(name).items())


def _typed(form: FlowForm) -> dict[str, Any]:
    """Return what was typed as `wrong` and `read_recorded` take it."""
    texts = {name: str(value) for name, value in form.sheet.typed.items()}
    return {**texts, "words": " ".join(texts["words"].split())}


def _refuse(form: FlowForm, typed: Mapping[str, Any], chart: Chart, request: ClinicRequest) -> None:
    today = clock.now().astimezone(zone_of(request)).date()
    for name, what in wrong(typed, date.fromisoformat(chart.content["birth_date"]), today):
        form.sheet.refuse(name, what)
    if not typed["words"].isprintable():
        form.sheet.refuse("words", "there are characters in it that cannot be printed")
    if typed.get("linked") and typed["linked"] not in _links(chart):
        form.sheet.refuse("linked", "choose one of the list")


def _exposure(chart: Chart) -> Exposure:
    therapy = chart.therapy
    return Exposure() if therapy is None else exposure(therapy, clock.now().date())


def _then(known: Exposure, one: Recorded) -> str:
    """Return pump and drugs of the day on which it began."""
    segment = known.on(one.began)
    if segment is None:
        return "no implanted pump then"
    inside = ", ".join(sorted(segment.drugs)) or "nothing known"
    return f"{pump_model(segment.pump).name}: {inside}"


def _entry(chart: Chart, one: Recorded) -> str:
    """Return the visit or event that it belongs to; empty where none was named."""
    return _links(chart).get(str(one.linked), "") if one.linked else ""


def _links(chart: Chart) -> dict[str, str]:
    return {str(one.number): one.words for one in linkable(effective(chart.entries))}


def _form_page(
    request: ClinicRequest, chart: Chart, form: FlowForm, one: Recorded | None
) -> HttpResponse:
    told = {
        "chart": chart,
        "tab": "more",
        "forms": [form],
        "one": one,
        "began": "" if one is None else show_date(one.began),
    }
    status = 422 if form.sheet.errors else 200
    return render(request, "clinic/complication_form.html", told, status=status)


urlpatterns = [
    path("", index, name="complications"),
    path("new/", enter, name="new complication"),
    path("<int:number>/", judge, name="judge complication"),
]
