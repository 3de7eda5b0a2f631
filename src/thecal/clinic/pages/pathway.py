"""Where a person stands on the pathway, what may follow, and the step itself.

Writes `pathway.stage` {to, given, findings} and opens what a step opens as `task.opened`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from thecal.care.medicine_list import puncture_stages
from thecal.care.pathway import (
    Given,
    Refusal,
    Transition,
    next_stages,
    pathway,
    stages,
    transition,
)
from thecal.care.pathway.stages import ends, words
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, patient_page
from thecal.clinic.access.permissions import may
from thecal.clinic.flows.standing import Standing, given_of, selection_of, standing_of, tickable
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.follow_ups import opened_draft
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.ledger.projection import STAGE
from thecal.clinic.patient.medicines import medicines_of, planned_hold
from thecal.clinic.web.seen import seen_of
from thecal.clinic.web.sheet import Sheet, SheetField
from thecal.safety.finding import Finding

_REFUSED = 422
IMPLANTED = "implanted"
_TRAVEL, _TRANSFER = "travel", "transferred-out"


@patient_page("read patients")
def show(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show where the person stands and what each step still needs."""
    return _page(request, chart, Sheet(_fields(chart)))


@patient_page("read patients")
def step(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Take a step, or say what stands against it and what may come instead."""
    standing = standing_of(chart.entries)
    sheet = Sheet.of(_fields(chart), request)
    if request.method != "POST" or sheet.missing():
        return _page(request, chart, sheet)
    to = sheet.typed["to"]
    if to not in stages():
        sheet.refuse("to", f"{to} is no stage: choose one of the list")
        return _page(request, chart, sheet)
    role = request.member.role
    if not may(role, "write the record") and role not in words(to, "signs"):
        raise PermissionDenied(f"as {request.member.get_role_display()} you do not sign {to}")
    given = _given(request, chart, standing, sheet)
    if sheet.errors or given is None:
        return _page(request, chart, sheet)
    found = transition(standing.state, to, given, clock.now())
    if isinstance(found, Refusal):
        return _page(request, chart, sheet, found)
    if to == IMPLANTED:
        by_visit = "the implant visit takes this step: at its end the record holds the pump"
        sheet.refuse("to", by_visit)
        return _page(request, chart, sheet)
    write(chart.patient, request.author, step_drafts(found, given), expected=seen_of(request))
    told = f"Now: {to}."
    if found.follow_ups:
        told += f" Opened: {len(found.follow_ups)} tasks, on the list of today."
    messages.success(request, told)
    return redirect("pathway", chart.patient.pk)


def step_drafts(found: Transition, given: Given) -> Sequence[Draft]:
    """Return the entries of a step that may be taken, with the tasks that it opens."""
    body = {
        "to": found.after.stage,
        "given": given.to_json(),
        "findings": [{"check": one.check, "message": one.message} for one in found.findings],
    }
    tasks = [opened_draft(one) for one in found.follow_ups]
    return (Draft(STAGE, body, given.reason or ""), *tasks)


def _given(request: ClinicRequest, chart: Chart, standing: Standing, sheet: Sheet) -> Given | None:
    zone = ZoneInfo(request.clinic.timezone)
    known = given_of(chart, standing, request.member.role, clock.now(), zone)
    done = [one for one in sheet.typed.get("done", ()) if one in tickable(standing.state)]
    known = replace(
        known,
        reason=" ".join(sheet.typed["reason"].split()) or None,
        done=known.done | frozenset(done),
    )
    for name in ("returns_on", "accepted_on"):
        text = sheet.typed[name]
        if not text:
            continue
        try:
            day = date.fromisoformat(text)
        except ValueError:
            sheet.refuse(name, f'"{text}" is no date: write it as 2026-03-02')
            return None
        known = (
            replace(known, returns_on=day)
            if name == "returns_on"
            else replace(known, accepted_on=day)
        )
    return known


def _fields(chart: Chart) -> tuple[SheetField, ...]:
    state = standing_of(chart.entries).state
    # Only the implant visit takes the step to implanted: with it the record holds the pump.
    offered = (one for one in next_stages(state.stage) if one != IMPLANTED)
    following = tuple((one, one.replace("-", " ")) for one in offered)
    done = tuple((one, one.replace("-", " ")) for one in tickable(state))
    fields = (
        SheetField("to", "Step to", "choice", choices=following),
        SheetField(
            "reason", "Reason", "long", required=False, when="needed where a step asks for one"
        ),
        SheetField(
            "returns_on", "Back from the journey on", "date", required=False, when="for travel"
        ),
        SheetField(
            "accepted_on",
            "The other clinic takes over on",
            "date",
            required=False,
            when="for a transfer; leave it empty where nobody has accepted yet",
        ),
    )
    ticks = SheetField("done", "Done", "choices", choices=done, required=False)
    return (*fields, ticks) if done else fields


def _page(
    request: ClinicRequest, chart: Chart, sheet: Sheet, refused: Refusal | None = None
) -> HttpResponse:
    standing = standing_of(chart.entries)
    state = standing.state
    zone = ZoneInfo(request.clinic.timezone)
    given = given_of(chart, standing, request.member.role, clock.now(), zone)
    rows = [_row(standing, one, given) for one in next_stages(state.stage)]
    given_words = {
        "chart": chart,
        "tab": "pathway",
        "state": state,
        "pathway": pathway(state.pathway),
        "steps": tuple(reversed(standing.steps)),
        "rows": rows,
        "given": given,
        "assessment": selection_of(chart.entries, standing.episode),
        "sheet": sheet,
        "hold": planned_hold(medicines_of(chart.entries), clock.now().astimezone(zone)),
        "punctures": [one for one in next_stages(state.stage) if one in puncture_stages()],
        "refused": refused,
    }
    wrong = refused is not None or bool(sheet.errors)
    return render(request, "clinic/pathway.html", given_words, status=_REFUSED if wrong else 200)


def _row(standing: Standing, to: str, given: Given) -> dict[str, object]:
    """Return a stage that may follow, with what is missing for it."""
    found = transition(standing.state, to, given, clock.now())
    findings: tuple[Finding, ...] = found.findings
    return {
        "to": to,
        "by_visit": to == IMPLANTED,
        "open": isinstance(found, Transition),
        "findings": findings,
        "forms": words(to, "forms"),
        "who": words(to, "signs"),
        "ends": ends(to),
        "outputs": words(to, "outputs"),
    }


urlpatterns = [
    path("", show, name="pathway"),
    path("step/", step, name="pathway step"),
]
