"""One page of a refill visit: its fields, what speaks against it, what was typed written down."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from thecal.care.visit import Step, record_step, write_record
from thecal.care.visit.ways import reason_missing
from thecal.clinic.access.guard import ClinicRequest, author_of, patient_page
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.due import WATCH_BEGUN, WATCH_RELEASED
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.pages.refill_parts import fresh, news_of, page_of, place
from thecal.clinic.pages.refill_pump import asked_of, must_be_read, pump_card
from thecal.clinic.programs import drafting
from thecal.clinic.refill.dose import (
    decision_fields,
    program_situation,
    programmable,
    read_decision,
    stands_at_first,
)
from thecal.clinic.refill.entries import SKIPPED, STEP, running_visit, visits
from thecal.clinic.refill.form import Recorded, record_of, table_of
from thecal.clinic.refill.forms import FORMS
from thecal.clinic.refill.screens import Screen, screen_of, screens
from thecal.clinic.refill.situation import NoVisitError, Situation
from thecal.clinic.refill.views import shown_of
from thecal.clinic.refill.watch import watch_ends, watch_of, watch_shown
from thecal.clinic.web.field_labels import remember
from thecal.clinic.web.sheet import Sheet
from thecal.clinic.web.whole_text import whole_text
from thecal.errors import StepRefusedError

DECIDE, OBSERVE = "decide", "observe"


@patient_page("read patients")
def show(request: ClinicRequest, chart: Chart, name: str) -> HttpResponse:
    """Show a page of the visit; one that may not be reached yet is refused."""
    situation = Situation.of(chart, request.clinic)
    screen = _screen(situation, name)
    _reached(situation, screen)
    sheets = [(one, _sheet(situation, one)) for one in asked_of(situation, screen)]
    return _page(request, situation, screen, sheets)


@patient_page("read patients")
def watch(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Lead to the watch where it may be reached, else to the visit as it stands."""
    running = running_visit(chart.entries)
    if running is not None:
        situation = Situation(chart, request.clinic, running)
        shut = {one.step.key for one in situation.progress.shut if one.step is not None}
        screen = screen_of(situation, OBSERVE)
        if screen is not None and OBSERVE not in shut:
            return redirect("refill step", chart.patient.pk, screen.name)
    return redirect("refill", chart.patient.pk)


@patient_page("write the record")
def record(request: ClinicRequest, chart: Chart, name: str) -> HttpResponse:
    """Write down what was typed; a step out of order, or a skipped safety step, is refused."""
    if request.method != "POST":
        return redirect("refill step", chart.patient.pk, name)
    situation = _going(request, chart, name)
    news = news_of(request, situation)
    screen = _screen(situation, name)
    if must_be_read(situation, screen):
        raise StepRefusedError(
            "nothing may be recorded here before the pump was read",
            remedy="read the pump, or write down why it is done by hand",
        )
    if news:
        sheets = [(one, _sent(request, situation, one)) for one in asked_of(situation, screen)]
        return _page(request, situation, screen, sheets, sent=True, news=news, status=409)
    drafts, sheets, refused = _typed(request, situation, screen)
    wrong = any(sheet.errors for _, sheet in sheets)
    if drafts and not wrong:
        write(chart.patient, author_of(request), drafts, expected=chart.seq)
    if wrong or refused:
        now = situation if wrong else Situation.of(fresh(chart), request.clinic)
        if refused:
            messages.error(request, refused)
        return _page(request, now, screen, sheets, sent=True, status=422)
    return redirect(*place(chart, request.clinic).address)


@patient_page("write the record")
def give_reason(request: ClinicRequest, chart: Chart, key: str) -> HttpResponse:
    """Add the reason that a recorded step lacks; nothing else of it changes."""
    if request.method != "POST":
        return redirect("refill", chart.patient.pk)
    situation = Situation.of(chart, request.clinic)
    lacking = {
        one.key
        for finding in situation.findings
        if (one := reason_missing(finding, situation.visit, situation.knowledge)) is not None
    }
    if key not in lacking:
        raise StepRefusedError("no reason is missing here", remedy="look at the visit as it stands")
    reason = whole_text(" ".join(request.POST.get("reason", "").split()))
    if not reason:
        raise StepRefusedError("the reason is empty", remedy="write why")
    found: Any = situation.visit.record(key)
    body = {
        "visit": situation.running.number,
        "step": key,
        "record": write_record(replace(found, reason=reason)),
        **situation.beside(key),
    }
    news = news_of(request, situation)
    if news:
        given = page_of(request, situation) | {"news": news, "said_of": key, "said": reason}
        return render(request, "clinic/refill.html", given, status=409)
    write(chart.patient, author_of(request), (Draft(STEP, body),), expected=chart.seq)
    return redirect(*place(chart, request.clinic).address)


@patient_page("write the record")
def skip(request: ClinicRequest, chart: Chart, key: str) -> HttpResponse:
    """Leave a step out, with a reason; a safety step is refused."""
    if request.method != "POST":
        return redirect("refill", chart.patient.pk)
    situation = Situation.of(chart, request.clinic)
    stands = situation.progress
    if stands.open is None or stands.open.key != key:
        raise StepRefusedError(
            "this step is not the open one, so it cannot be left out now",
            remedy="go on with the open step",
        )
    if stands.open.safety:
        raise StepRefusedError(
            f"step {stands.open.number} ({stands.open.title.value}) cannot be skipped",
            why="it is a safety step",
            remedy="record it",
        )
    reason = whole_text(request.POST.get("reason", ""))
    if not reason:
        raise StepRefusedError("leaving a step out needs a reason", remedy="write why")
    news = news_of(request, situation)
    if news:
        screen = _screen(situation, key)
        sheets = [(one, _sheet(situation, one)) for one in asked_of(situation, screen)]
        return _page(request, situation, screen, sheets, news=news, said=reason, status=409)
    draft = Draft(SKIPPED, {"visit": situation.running.number, "step": key}, reason)
    write(chart.patient, author_of(request), (draft,), expected=chart.seq)
    after = place(chart, request.clinic)
    if after.step is None or after.step.key == key:
        messages.warning(request, "This step has to be recorded: something changes at this visit.")
    return redirect(*after.address)


def _going(request: ClinicRequest, chart: Chart, name: str) -> Situation:
    """Return the visit that goes on; where it ended meanwhile the error knows the page's labels."""
    try:
        return Situation.of(chart, request.clinic)
    except NoVisitError:
        for one in visits(chart.entries)[-1:] if name in FORMS else ():
            fields = FORMS[name].fields(Situation(chart, request.clinic, one))
            remember(request, ((each.name, each.label) for each in fields))
        raise


def _screen(situation: Situation, name: str) -> Screen:
    for one in screens(situation):
        if name == one.name or name in [step.key for step in one.steps]:
            return one
    raise Http404("this visit has no such step")


def _reached(situation: Situation, screen: Screen) -> None:
    """Refuse a page none of whose steps may be reached yet; raises `StepRefusedError`."""
    shut = {one.step.key: one.why for one in situation.progress.shut if one.step is not None}
    first = screen.steps[0]
    if all(one.key in shut for one in screen.steps):
        raise StepRefusedError(
            f"step {first.number} ({first.title.value}) may not be reached yet",
            why=shut[first.key],
        )


def _sheet(situation: Situation, one: Step) -> Sheet:
    if one.key == DECIDE:
        fields = decision_fields(situation)
        decided = situation.visit.decide
        typed = {} if decided is None else dict(write_record(decided))
        prime = situation.beside(DECIDE).get("prime", "")
        return Sheet(fields, {"prime": prime} | typed)
    return FORMS[one.key].sheet(situation)


def _typed(
    request: ClinicRequest, situation: Situation, screen: Screen
) -> tuple[list[Draft], list[tuple[Step, Sheet]], str]:
    """Return what is to be written, the fields as typed, and why the rest was refused."""
    drafts: list[Draft] = []
    sheets: list[tuple[Step, Sheet]] = []
    refused = ""
    for one in asked_of(situation, screen):
        sheet = _sent(request, situation, one)
        sheets.append((one, sheet))
        if sheet.missing():
            table_of(sheet, situation)
            continue
        if refused:
            continue
        recorded = _read(request, situation, one, sheet)
        found = record_of(one.key, sheet, recorded)
        if found is None or recorded is None or any(sheet.errors for _, sheet in sheets):
            continue
        try:
            record_step(situation.visit, situation.knowledge, one.key, found)
        except StepRefusedError as error:
            refused = "; ".join(part for part in (error.what, error.why, error.remedy) if part)
            continue
        body = {
            "visit": situation.running.number,
            "step": one.key,
            "record": write_record(found),
            **recorded.beside,
        }
        drafts.append(Draft(STEP, body, whole_text(request.POST.get("why", ""))))
        situation = situation.with_step(one.key, found, recorded.beside)
        drafts += _watch(situation, one)
    return drafts, sheets, refused


def _sent(request: ClinicRequest, situation: Situation, one: Step) -> Sheet:
    fields = decision_fields(situation) if one.key == DECIDE else FORMS[one.key].fields(situation)
    return Sheet.of(fields, request)


def _read(request: ClinicRequest, situation: Situation, one: Step, sheet: Sheet) -> Recorded | None:
    who = request.member.user.username
    if one.key != DECIDE:
        return FORMS[one.key].read(sheet, situation, who)
    typed = drafting.typed_in(request.POST)
    if programmable(situation):
        page = drafting.form_page(program_situation(situation), typed, {})
        remember(request, drafting.labels_of(page))
    recorded, errors = read_decision(sheet, situation, typed)
    for name, words in errors.items():
        sheet.refuse(name, words)
    return recorded


def _watch(situation: Situation, one: Step) -> list[Draft]:
    """The watch begins with the fill and ends with the release."""
    watch = watch_of(situation)
    if one.key == "fill" and watch is None:
        body = {
            "kind": "observation",
            "ends": watch_ends(situation).isoformat(),
            "visit": situation.running.number,
        }
        return [Draft(WATCH_BEGUN, body)]
    if one.key == "observe" and watch is not None and watch_ends(situation) <= situation.now:
        return [Draft(WATCH_RELEASED, {"watch": watch.seq})]
    return []


def _page(
    request: ClinicRequest,
    situation: Situation,
    screen: Screen,
    sheets: list[tuple[Step, Sheet]],
    *,
    sent: bool = False,
    news: tuple[str, ...] = (),
    said: str = "",
    status: int = 200,
) -> HttpResponse:
    """Return a page of the visit.

    Parameters
    ----------
    sent
        Whether its fields hold what was sent with this request.
    news
        What second people did since the page was made from which it was sent.
    said
        The reason that was typed for leaving the step out.
    """
    given: dict[str, Any] = page_of(request, situation, screen.name)
    given |= {"news": news, "types_again": _types_again(sheets) if sent else "", "said": said}
    given |= {"why": request.POST.get("why", "") if sent else ""}
    given |= {"screen": screen, "parts": sheets}
    given |= pump_card(situation, screen)
    goes_on = given.get("written_whole") and given["open_screen"]
    given |= {"goes_on": bool(goes_on) and not given["open_screen"]["here"]}
    if any(one.key == OBSERVE for one, _ in sheets):
        given |= {"watch": watch_shown(situation)}
        given |= {"watching": bool(given["watch"].get("left"))}
    given |= {"wrong": any(sheet.errors for _, sheet in sheets)}
    given |= {"corrects": any(_corrects(situation, one) for one, _ in sheets)}
    given |= {"shown": {one.key: shown_of(one.key, situation) for one, _ in sheets}}
    if programmable(situation) and any(one.key == DECIDE for one, _ in sheets):
        given |= _program(request, situation, sheets[0][1], sent)
    return render(request, "clinic/refill_step.html", given, status=status)


def _corrects(situation: Situation, one: Step) -> bool:
    """Whether what is sent corrects a step, rather than records it or what it still lacks."""
    return situation.visit.record(one.key) is not None and one != situation.progress.open


def _types_again(sheets: list[tuple[Step, Sheet]]) -> str:
    """Return the fields that never come back filled, because they are typed blind."""
    masked = [one.label for _, sheet in sheets for one in sheet.fields if one.kind == "masked"]
    return ", ".join(f"“{one}”" for one in masked)


def _program(
    request: ClinicRequest, situation: Situation, sheet: Sheet, sent: bool
) -> dict[str, Any]:
    """Return the fields of a program as they stand: typed, decided, or those in force."""
    pump = program_situation(situation)
    if sent:
        typed = drafting.typed_in(request.POST)
    else:
        typed = stands_at_first(situation)
        decided = situation.visit.decide
        if decided is not None and decided.reason:
            typed["reason"] = decided.reason
    return drafting.form_page(pump, typed, sheet.errors)


urlpatterns = [
    path("step/<str:name>/", show, name="refill step"),
    path("watch/", watch, name="watch of refill"),
    path("record/<str:name>/", record, name="record refill step"),
    path("skip/<str:key>/", skip, name="skip refill step"),
    path("reason/<str:key>/", give_reason, name="reason at refill"),
]
