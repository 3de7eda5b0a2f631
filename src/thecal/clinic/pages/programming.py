"""Programming: read the pump, draft a program, see what the review says of it while it is typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from thecal.care.programming.lines import changed
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, author_of, patient_page
from thecal.clinic.flows.notices import unread_findings
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.pages import programming_order, programming_stop
from thecal.clinic.plans.beside_pump import beside_pump
from thecal.clinic.programs.drafting import (
    Situation,
    drafted,
    form_page,
    labels_of,
    typed_in,
    verdict_page,
)
from thecal.clinic.programs.drafts import DISCARDED, DRAFT, Standing, standing
from thecal.clinic.pumps import telemetry
from thecal.clinic.pumps.telemetry import Order, has_telemetry
from thecal.clinic.web.field_labels import remember
from thecal.clinic.web.flow import zone_of
from thecal.clinic.web.seen import number_in, seen_of
from thecal.record.entry import Entry


@patient_page("read patients")
def show(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show how the pump was read last, and the draft upon it; without a reading, ask for one."""
    if not has_telemetry(chart.therapy):
        return render(
            request, "clinic/programming_none.html", {"chart": chart, "tab": "programming"}
        )
    now = standing(chart.entries, clock.now())
    if now.order is not None:
        return redirect("program order", chart.patient.pk)
    given = page_of(chart, now) | _notices(request, chart)
    if not Situation.exists(chart):
        given["standing"] = replace(now, reading=None)
        given["unfilled"] = True
    elif now.reading is not None:
        situation = Situation.of(chart)
        typed = _typed_at_first(situation, now.draft)
        given |= form_page(situation, typed, {})
        given |= verdict_page(situation, drafted(situation, typed), movable=True)
        given |= beside_pump(chart, clock.now().astimezone(zone_of(request)))
    return render(request, "clinic/programming.html", given)


@patient_page("write to pumps")
def read(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Read the pump; what differs from the record is said loudly."""
    if request.method == "POST":
        outcome = telemetry.interrogate(chart, Order(author=author_of(request)))
        if not outcome.done:
            messages.error(request, f"The pump could not be read: {outcome.why}.")
        for finding in outcome.findings:
            messages.error(request, f"{finding.check}: {finding.message}.")
        for notice in (outcome.reading or {}).get("notices", ()):
            messages.warning(request, f"The pump says: {notice}.")
        if outcome.done and not outcome.findings:
            messages.success(request, "The pump was read. It stands as the record says.")
    return redirect("programming", chart.patient.pk)


@patient_page("draft programs")
def verdict(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Answer what was typed so far with its verdict; nothing is written down."""
    if request.method != "POST":
        return redirect("programming", chart.patient.pk)
    situation = Situation.of(chart)
    draft = drafted(situation, typed_in(request.POST))
    given = {"chart": chart} | verdict_page(situation, draft, movable=True)
    return render(request, "clinic/programming_verdict.html", given)


@patient_page("draft programs")
def save(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Look at what was typed without JavaScript, or keep it and go on to the confirmation."""
    if request.method != "POST":
        return redirect("programming", chart.patient.pk)
    now = standing(chart.entries, clock.now())
    if now.reading is None:
        messages.error(request, "Read the pump first: the last reading is too old to build upon.")
        return redirect("programming", chart.patient.pk)
    situation, typed = Situation.of(chart), typed_in(request.POST)
    draft = drafted(situation, typed)
    remember(request, labels_of(form_page(situation, typed, {})))
    if "go on" not in request.POST or draft.read.event is None:
        given = page_of(chart, now) | form_page(situation, typed, draft.read.errors)
        given |= _notices(request, chart)
        given |= verdict_page(situation, draft, movable=True)
        given |= beside_pump(chart, clock.now().astimezone(zone_of(request)))
        status = 422 if draft.read.errors else 200
        return render(request, "clinic/programming.html", given, status=status)
    body = {
        "typed": typed,
        "running": now.reading.body["read_back"]["hash"],
        "reading": now.reading.seq,
    }
    write(
        chart.patient,
        author_of(request),
        (Draft(DRAFT, body),),
        expected=seen_of(request),
    )
    return redirect("confirm program", chart.patient.pk)


@patient_page("draft programs")
def discard(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Say what would be lost with a draft, and discard it when that is confirmed (U04, U12)."""
    now = standing(chart.entries, clock.now())
    draft = now.draft or now.lapsed
    if draft is None:
        messages.success(request, "There is no draft. The pump and the record are as they were.")
        return redirect("programming", chart.patient.pk)
    lost = lost_lines(chart, draft)
    if request.method == "POST":
        if number_in(request.POST.get("draft", "")) != draft.seq:
            messages.error(request, "The draft is another one than you looked at. It was kept.")
            return redirect("discard draft", chart.patient.pk)
        body = {"draft": draft.seq, "lost": lost}
        seen = seen_of(request)
        write(chart.patient, author_of(request), (Draft(DISCARDED, body),), expected=seen)
        messages.success(request, "The draft is gone. The pump and the record are as they were.")
        return redirect("programming", chart.patient.pk)
    given = page_of(chart, now) | {"lost": lost, "draft_seq": draft.seq}
    return render(request, "clinic/programming_discard.html", given)


def page_of(chart: Chart, now: Standing) -> dict[str, Any]:
    """Return what every programming page shows."""
    reading = telemetry.last_reading(chart.entries)
    return {
        "chart": chart,
        "tab": "programming",
        "standing": now,
        "reading": None if reading is None else reading.body["read_back"],
        "read_at": None if reading is None else reading.written,
        "unsettled": telemetry.unsettled(chart.entries),
    }


def _notices(request: ClinicRequest, chart: Chart) -> dict[str, Any]:
    """Return what K21 says to who programs; it warns and holds nothing up."""
    return {"notices": unread_findings(request.clinic, chart, request.member)}


def lost_lines(chart: Chart, draft: Entry) -> list[str]:
    """Return the lines in which a draft differs from what runs: what is lost with it."""
    situation = Situation.of(chart)
    read = drafted(situation, draft.body["typed"]).read
    if read.event is None:
        return [f"{name.replace('_', ' ')}: {text}" for name, text in draft.body["typed"].items()]
    old = situation.old
    before = (None, situation.solution) if old is None else (old.program, old.mixture)
    return [
        f"{line.name}: {line.new or 'nothing'} (now {line.old or 'nothing'})"
        for line in changed(before, (read.event.program, situation.solution))
    ]


def _typed_at_first(situation: Situation, draft: Entry | None) -> Mapping[str, str]:
    if draft is not None:
        typed: Mapping[str, str] = draft.body["typed"]
        return typed
    return situation.typed_now


urlpatterns = [
    path("", show, name="programming"),
    path("read/", read, name="read pump"),
    path("verdict/", verdict, name="program verdict"),
    path("save/", save, name="save draft"),
    path("discard/", discard, name="discard draft"),
    *programming_order.urlpatterns,
    *programming_stop.urlpatterns,
]
