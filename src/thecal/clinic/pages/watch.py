"""The 24-hour watch after an implant or a start: looked at, made longer, and released in time.

It cannot be closed before its time (K29), and holds up no stop and no step of an emergency. Kinds
of entries: `watch.looked` {watch, at, sedation, breaths, score, motor}, `watch.prolonged` {watch,
ends} with the reason of the entry, `watch.released` {watch, state}, signed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse

from thecal.care.due.knowledge import WATCH
from thecal.care.implant_visit import Look, alarming, look_findings
from thecal.care.implant_visit.watch import AS_BEFORE, AWAKE, DROWSY, HARD_TO_ROUSE, WEAKER
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, author_of, patient_page
from thecal.clinic.access.permissions import may
from thecal.clinic.access.signing import signature_draft
from thecal.clinic.flows.education import teaching_left
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.due import WATCH_BEGUN, WATCH_PROLONGED, WATCH_RELEASED
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.web.flow import (
    FlowForm,
    accepted,
    bodies,
    flow_form,
    show_flow,
    signs,
    table,
    typed_moment,
    zone_of,
)
from thecal.clinic.web.seen import number_in, seen_of
from thecal.clinic.web.sheet import SheetField
from thecal.clinic.web.wall_clock import with_offset
from thecal.safety.finding import Severity
from thecal.units import show_time

LOOKED, TITLE = "watch.looked", "24-hour watch"
_HIGHEST_SCORE, _MOST_BREATHS = 10, 80
_SEDATION = (
    (AWAKE, "awake"),
    (DROWSY, "drowsy, easy to rouse"),
    (HARD_TO_ROUSE, "hard to rouse"),
)
_MOTOR = ((AS_BEFORE, "as before"), (WEAKER, "weaker than before"))


@final
@dataclass(frozen=True, slots=True)
class OpenWatch:
    """A watch that nobody has released; its looks by when the patient was looked at."""

    seq: int
    ends: datetime
    looks: tuple[Look, ...]


def open_watches(chart: Chart) -> tuple[OpenWatch, ...]:
    """Return the 24-hour watches that go on, each with what was seen, the oldest first."""
    found: dict[int, OpenWatch] = {}
    for one, body in bodies(chart, WATCH_BEGUN, WATCH_PROLONGED, LOOKED, WATCH_RELEASED):
        if one.entry.kind == WATCH_BEGUN:
            if body["kind"] == WATCH:
                seq = one.entry.seq
                found[seq] = OpenWatch(seq, datetime.fromisoformat(str(body["ends"])), ())
            continue
        seq = int(body["watch"])
        if one.entry.kind == WATCH_RELEASED or seq not in found:
            found.pop(seq, None)
        elif one.entry.kind == WATCH_PROLONGED:
            ends = datetime.fromisoformat(str(body["ends"]))
            found[seq] = OpenWatch(seq, ends, found[seq].looks)
        else:
            looks = sorted((*found[seq].looks, _look(body)), key=lambda look: look.at)
            found[seq] = OpenWatch(seq, found[seq].ends, tuple(looks))
    return tuple(found.values())


def _look(body: object) -> Look:
    assert isinstance(body, dict)
    return Look(
        at=datetime.fromisoformat(str(body["at"])),
        sedation=str(body["sedation"]),
        breaths=int(body["breaths"]),
        score=int(body["score"]),
        motor=str(body["motor"]),
    )


@patient_page("read patients")
def watch(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show the watch that goes on, and take what was seen."""
    going = open_watches(chart)
    if not going:
        return show_flow(request, chart, TITLE, (), lead=["No 24-hour watch goes on."])
    now, one = clock.now().astimezone(zone_of(request)), going[0]
    forms = list(_forms(request)) if may(request.member.role, "write the record") else []
    form = next((each for each in forms if each.sent), None)
    against = tuple(look_findings(one.ends, one.looks, now))
    if form is not None and accepted(form):
        drafts = _STEPS[form.what](request, chart, one, form)
        if drafts:
            write(chart.patient, author_of(request), drafts, expected=seen_of(request))
            messages.success(request, "Written down.")
            return redirect("watch", chart.patient.pk)
    rows = [
        (
            show_time(each.at.astimezone(now.tzinfo)),
            dict(_SEDATION)[each.sedation],
            str(each.breaths),
            str(each.score),
            dict(_MOTOR)[each.motor],
        )
        for each in reversed(one.looks)
    ]
    wrong = alarming(one.looks[-1]) if one.looks else ()
    warnings = [f"At the last look: {', '.join(wrong)}. Help now."] if wrong else []
    left = teaching_left(chart, request.clinic, now)
    taught = ["Before going home, education not confirmed yet: " + "; ".join(left) + "."]
    over = "over since" if one.ends <= now else "runs until"
    head = ("When", "Sedation", "Breaths in a minute", "Pain or spasm", "Motor")
    return show_flow(
        request,
        chart,
        TITLE,
        forms,
        lead=[
            f"The watch {over} {show_time(one.ends.astimezone(now.tzinfo))}.",
            *(taught if left else []),
        ],
        warnings=warnings,
        findings=against,
        tables=[table("What was seen, the latest first", head, rows)],
        links=[
            (reverse("patient emergency", args=[chart.patient.pk]), "Emergency"),
            (reverse("information", args=[chart.patient.pk]), "Information, education"),
        ],
    )


def _forms(request: ClinicRequest) -> Iterator[FlowForm]:
    seen = (
        SheetField("looked_at", "When", "moment"),
        SheetField("sedation", "Sedation", "choice", choices=_SEDATION),
        SheetField("breaths", "Breaths in a minute", "count"),
        SheetField("score", "Pain or spasm, 0 to 10", "count"),
        SheetField("motor", "Motor function", "choice", choices=_MOTOR),
    )
    yield flow_form(request, "look", "How the patient is", "Write the look down", seen)
    longer = (
        SheetField("until", "Watched until", "moment"),
        SheetField("why_longer", "Why", "long"),
    )
    yield flow_form(request, "longer", "A longer stay", "Order the longer stay", longer)
    state = (SheetField("state", "How the patient is, compared with before", "long"),)
    sign = "Your password, to sign"
    yield flow_form(request, "release", "Release", "Sign: the watch is over", state, sign=sign)


def _look_drafts(
    request: ClinicRequest, chart: Chart, one: OpenWatch, form: FlowForm
) -> tuple[Draft, ...]:
    at, typed = typed_moment(form, "looked_at", zone_of(request)), form.sheet.typed
    breaths, score = number_in(str(typed["breaths"])), number_in(str(typed["score"]))
    if breaths is None or breaths > _MOST_BREATHS:
        form.sheet.refuse("breaths", f"type a whole number of breaths, at most {_MOST_BREATHS}")
    if score is None or score > _HIGHEST_SCORE:
        form.sheet.refuse("score", f"type a whole number from 0 to {_HIGHEST_SCORE}")
    if form.sheet.errors or at is None:
        return ()
    body = {
        "watch": one.seq,
        "at": at.isoformat(),
        "sedation": typed["sedation"],
        "breaths": breaths,
        "score": score,
        "motor": typed["motor"],
    }
    return (Draft(LOOKED, body),)


def _longer_drafts(
    request: ClinicRequest, chart: Chart, one: OpenWatch, form: FlowForm
) -> tuple[Draft, ...]:
    try:
        until = datetime.fromisoformat(
            with_offset(str(form.sheet.typed["until"]), zone_of(request))
        )
    except ValueError:
        form.sheet.refuse("until", "this is no date with a time")
        return ()
    if until.tzinfo is None or until <= one.ends:
        form.sheet.refuse("until", "a longer stay ends after the watch does")
        return ()
    why = str(form.sheet.typed["why_longer"])
    return (Draft(WATCH_PROLONGED, {"watch": one.seq, "ends": until.isoformat()}, why),)


def _release_drafts(
    request: ClinicRequest, chart: Chart, one: OpenWatch, form: FlowForm
) -> tuple[Draft, ...]:
    now = clock.now().astimezone(zone_of(request))
    hard = [
        each for each in look_findings(one.ends, one.looks, now) if each.severity is Severity.HARD
    ]
    if hard:
        form.sheet.refuse("state", "; ".join(each.message for each in hard))
        return ()
    if not signs(request, form):
        return ()
    released = Draft(WATCH_RELEASED, {"watch": one.seq, "state": form.sheet.typed["state"]})
    meaning = "released after the watch"
    return (released, signature_draft(chart.stream, request.member, meaning, [released]))


_STEPS = {"look": _look_drafts, "longer": _longer_drafts, "release": _release_drafts}
urlpatterns = [path("", watch, name="watch")]
