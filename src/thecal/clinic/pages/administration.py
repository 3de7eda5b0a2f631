"""The steps of the pathway that an administrator signs: who waits for one, and the step itself.

Nothing of the therapy is shown: name, number, where the person stands and what the step waits for.
Writes `pathway.stage` as the page of the pathway does, and the signed answer on the funding,
`funding.answered` (`thecal.clinic.plans.log`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from thecal.care.pathway import Given, Refusal, Transition, next_stages, stages, transition
from thecal.care.pathway.stages import REFERRED, words
from thecal.care.selection.items import items
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, page, patient_page
from thecal.clinic.access.signing import signature_draft
from thecal.clinic.flows.standing import Standing, given_of, standing_of
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.models import Projection, Role
from thecal.clinic.pages.pathway import step_drafts
from thecal.clinic.plans.log import FUNDING, FUNDING_ANSWERED
from thecal.clinic.web.flow import FlowForm, accepted, bodies, flow_form, signs
from thecal.clinic.web.seen import seen_of
from thecal.clinic.web.sheet import Sheet, SheetField
from thecal.units import show_date

_FUNDED = "funded"
_SHOWN = 200
_REFUSED = 422


@page("sign administrative steps")
def index(request: ClinicRequest) -> HttpResponse:
    """List the people who wait for a step that an administrator signs."""
    before = [one for one in stages() if any(_signed_here(one))]
    found = Projection.of_clinic(request.clinic).filter(stage__in=before)
    rows = [
        {
            "patient": one.patient_id,
            "who": json.loads(one.content),
            "stage": one.stage,
            "to": tuple(_signed_here(one.stage)),
        }
        for one in found.order_by("name_key")[:_SHOWN]
    ]
    return render(request, "clinic/administration.html", {"rows": rows})


@patient_page("sign administrative steps")
def show(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show what such a step waits for, and take it; take the answer on the funding."""
    standing = standing_of(chart.entries)
    funding = _funding_form(request)
    if accepted(funding):
        return _answered(request, chart, standing, funding)
    if funding.sent:
        return _shown(request, chart, standing, Sheet(_fields(standing)), funding=funding)
    sheet = Sheet.of(_fields(standing), request)
    if request.method != "POST" or sheet.missing():
        return _shown(request, chart, standing, sheet)
    to = str(sheet.typed["to"])
    if to not in _signed_here(standing.state.stage):
        sheet.refuse("to", f"{to} is no step that you sign here: choose one of the list")
        return _shown(request, chart, standing, sheet)
    reason = " ".join(str(sheet.typed["reason"]).split()) or None
    given = replace(_given(request, chart, standing), reason=reason)
    found = transition(standing.state, to, given, clock.now())
    if isinstance(found, Refusal):
        return _shown(request, chart, standing, sheet, found)
    write(chart.patient, request.author, step_drafts(found, given), expected=seen_of(request))
    messages.success(request, f"Now: {to}.")
    return redirect("administration")


def _funding_form(request: ClinicRequest) -> FlowForm:
    item = next(one for one in items() if one.id == FUNDING)
    answers = tuple((one, one.replace("-", " ")) for one in item.answers)
    fields = (
        SheetField("funding_answer", "Answer on the funding", "choice", choices=answers),
        SheetField("funding_number", "Number of the authorisation", required=False),
        SheetField("funding_expires", "It holds until", "date", required=False),
    )
    return flow_form(
        request, FUNDING, "Funding", "Sign the answer", fields, sign="Your password, to sign"
    )


def _answered(
    request: ClinicRequest, chart: Chart, standing: Standing, form: FlowForm
) -> HttpResponse:
    """Write the answer on the funding down, signed, where a step here waits for it."""
    typed = form.sheet.typed
    if _FUNDED not in _signed_here(standing.state.stage):
        form.sheet.refuse("funding_answer", "no step here waits for the funding")
    if typed["funding_answer"] not in dict(form.sheet.fields[0].choices):
        form.sheet.refuse("funding_answer", "choose an answer of the list")
    if typed["funding_expires"]:
        _check_expiry(form, request)
    if form.sheet.errors or not signs(request, form):
        return _shown(request, chart, standing, Sheet(_fields(standing)), funding=form)
    names = ("answer", "number", "expires")
    answer = Draft(FUNDING_ANSWERED, {one: str(typed[f"funding_{one}"]) for one in names})
    signature = signature_draft(chart.stream, request.member, "funding answered", [answer])
    write(chart.patient, request.author, (answer, signature), expected=seen_of(request))
    messages.success(request, f"Written down and signed: funding {typed['funding_answer']}.")
    return redirect("administrative step", chart.patient.pk)


def _check_expiry(form: FlowForm, request: ClinicRequest) -> None:
    text = str(form.sheet.typed["funding_expires"])
    try:
        expires = date.fromisoformat(text)
    except ValueError:
        form.sheet.refuse("funding_expires", f'"{text}" is no date: write it as 2026-03-02')
        return
    if expires < clock.now().astimezone(ZoneInfo(request.clinic.timezone)).date():
        form.sheet.refuse(
            "funding_expires", f"it has ended on {show_date(expires)}: ask for a new authorisation"
        )


def _signed_here(stage: str) -> Iterator[str]:
    """Yield the steps after a stage that an administrator signs; a referral is a registration."""
    for one in next_stages(stage):
        if one != REFERRED and Role.ADMINISTRATOR in words(one, "signs"):
            yield one


def _fields(standing: Standing) -> tuple[SheetField, ...]:
    following = tuple((one, one.replace("-", " ")) for one in _signed_here(standing.state.stage))
    return (
        SheetField("to", "Step to", "choice", choices=following),
        SheetField(
            "reason", "Reason", "long", required=False, when="needed where a step asks for one"
        ),
    )


def _given(request: ClinicRequest, chart: Chart, standing: Standing) -> Given:
    zone = ZoneInfo(request.clinic.timezone)
    return given_of(chart, standing, request.member.role, clock.now(), zone)


def _shown(
    request: ClinicRequest,
    chart: Chart,
    standing: Standing,
    sheet: Sheet,
    refused: Refusal | None = None,
    funding: FlowForm | None = None,
) -> HttpResponse:
    given, rows = _given(request, chart, standing), []
    for one in _signed_here(standing.state.stage):
        found = transition(standing.state, one, given, clock.now())
        open_now = isinstance(found, Transition)
        rows.append({"to": one, "open": open_now, "findings": found.findings})
    told = {
        "chart": chart,
        "state": standing.state,
        "rows": rows,
        "sheet": sheet,
        "refused": refused,
        "answers": [
            {"entry": one.entry, "body": body} for one, body in bodies(chart, FUNDING_ANSWERED)
        ],
        "forms": [funding or _funding_form(request)]
        if _FUNDED in _signed_here(standing.state.stage)
        else [],
    }
    wrong = refused is not None or bool(sheet.errors) or funding is not None
    return render(
        request, "clinic/administration_step.html", told, status=_REFUSED if wrong else 200
    )


urlpatterns = [path("", index, name="administration")]
patient_urlpatterns = [path("", show, name="administrative step")]
