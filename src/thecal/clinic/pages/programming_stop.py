"""Stopping, lowering to the minimum, resuming, a clinician's bolus, and what was done by hand.

A stop asks for one confirmation and nothing else; why is asked afterwards. No finding, no second
person, no old page and no password stands before it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from thecal.care.programming.fields import read_draft
from thecal.care.programming.judged import judge, with_findings
from thecal.care.programming.rules import within
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, author_of, device_of, patient_page
from thecal.clinic.access.signing import ReauthenticationError, reauthenticate, signature_draft
from thecal.clinic.flows.notices import unread_findings
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Author, Draft, write
from thecal.clinic.ledger.tasks import DONE, OPENED, open_tasks
from thecal.clinic.pages.supervised import program_single
from thecal.clinic.plans.beside_pump import asked_beside
from thecal.clinic.programs.before_sending import before_sending
from thecal.clinic.programs.drafting import (
    Situation,
    form_page,
    judged_event,
    typed_in,
    verdict_page,
)
from thecal.clinic.programs.drafts import ORDERED_SINGLE, STOP_REASON
from thecal.clinic.pumps import telemetry
from thecal.clinic.pumps.telemetry import MANUAL, Order, Outcome, new_command, takes_orders
from thecal.clinic.pumps.virtual_pump import check_telemetry
from thecal.clinic.web.flow import zone_of
from thecal.clinic.web.seen import seen_of
from thecal.clinic.web.sheet import Sheet, SheetField
from thecal.clinic.web.whole_text import whole_text
from thecal.errors import EntryError
from thecal.link.messages import is_command
from thecal.pharmacy import drug, restart_rule
from thecal.record.fold import EVENT, effective, event_body
from thecal.safety.finding import Verdict
from thecal.therapy.events import Bolus, Event, Override, Resume
from thecal.units import Duration, Mass, parse_typed

ASKED = "A supervisor finds this under Checks, in a login of their own. Then come back here."
BY_HAND, LEFT_STANDING = "stop-by-hand", "pump-left-standing"


@patient_page("stop therapy")
def stop(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Stop the pump after one confirmation; where it cannot be reached it stands as ordered."""
    if request.method != "POST":
        given = {
            "chart": chart,
            "tab": "programming",
            "command": new_command(),
            "hazards": _hazards(chart),
            "telemetry": takes_orders(chart),
        }
        return render(request, "clinic/programming_stop.html", given)
    author, command = author_of(request), _command_of(request)
    order = Order(author=author, command=command)
    if not chart.content["therapy"]:
        check_telemetry(None)
    if not takes_orders(chart):
        words = "stop the therapy by hand: empty the reservoir, for this pump takes no orders"
        due = clock.now().isoformat()
        task = Draft(OPENED, {"kind": BY_HAND, "what": words, "due": due})
        write(chart.patient, author, (task,), expected=None)
        messages.error(request, f"This pump takes no orders. It is written down: {words}.")
        return redirect("stop reason", chart.patient.pk, command)
    due = (clock.now() + within("K13", "follow-up-within")).isoformat()
    words = "the pump gives no therapy: decide when it runs again, and watch for withdrawal"
    task = Draft(OPENED, {"kind": LEFT_STANDING, "what": words, "due": due})
    lower = telemetry.run_at_minimum if "minimum" in request.POST else telemetry.stop
    outcome = lower(chart, order, (task,))
    command = outcome.command
    if outcome.unwritten:
        given = {"chart": chart, "outcome": outcome}
        return render(request, "clinic/programming_unwritten.html", given, status=503)
    if outcome.done:
        messages.warning(request, "The pump gives no therapy now.")
    else:
        messages.error(
            request,
            "THE PUMP WAS NOT REACHED. The stop is written down as ordered, with a task."
            f" Try again, or empty the reservoir. {outcome.why}.",
        )
    return redirect("stop reason", chart.patient.pk, command)


@patient_page("stop therapy")
def stop_reason(request: ClinicRequest, chart: Chart, command: str) -> HttpResponse:
    """Ask why the pump was stopped, after it was."""
    fields = (SheetField("reason", "Why the therapy was stopped", kind="long"),)
    sheet = Sheet.of(fields, request)
    if request.method == "POST" and not sheet.missing():
        draft = Draft(STOP_REASON, {"command": command}, str(sheet.typed["reason"]))
        write(chart.patient, author_of(request), (draft,), expected=None)
        return redirect("pump report" if takes_orders(chart) else "patient", chart.patient.pk)
    given = {
        "chart": chart,
        "tab": "programming",
        "sheet": sheet,
        "outcome": telemetry.outcome_of(chart.entries, command),
        "hazards": _hazards(chart),
    }
    status = 422 if sheet.errors else 200
    return render(request, "clinic/programming_stop_reason.html", given, status=status)


@patient_page("sign orders")
def resume(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Go on with the stopped program: reviewed, signed, sent."""
    situation = Situation.of(chart)
    return _single(
        request,
        chart,
        "Go on with the stopped program",
        Resume(time=situation.now),
        (),
        lambda order, _: telemetry.resume(chart, order),
    )


@patient_page("sign orders")
def bolus(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Give a clinician's bolus: reviewed, signed, sent."""
    situation = Situation.of(chart)
    unit = drug(situation.primary).mass_unit
    fields = (
        SheetField("dose", f"Dose of {situation.primary}", kind="quantity", unit=unit),
        SheetField("duration", "Given over", kind="quantity", unit="min"),
    )
    return _single(
        request,
        chart,
        "Give a bolus",
        None,
        fields,
        lambda order, event: telemetry.send_bolus(chart, order, event),
    )


def _single(
    request: ClinicRequest,
    chart: Chart,
    title: str,
    event: Event | None,
    fields: tuple[SheetField, ...],
    send: Any,
) -> HttpResponse:
    """Do an order of one line in two steps: look at its verdict, then sign and send it."""
    check_telemetry(chart.therapy)
    situation = Situation.of(chart)
    sheet = Sheet.of(fields, request)
    command = _command_of(request)
    if fields and request.method == "POST" and not sheet.missing():
        event = _bolus(sheet, situation)
    answers = tuple(
        Override(name.removeprefix("answer_"), whole_text(text), request.member.user.username)
        for name, text in request.POST.items()
        if name.startswith("answer_") and isinstance(text, str) and text.strip()
    )
    judged = None
    if event is not None:
        asked = asked_beside(chart, clock.now().astimezone(zone_of(request)), answers)
        judged = with_findings(judge(situation.therapy, event, answers), asked)
    accepted = judged is not None and judged.verdict is Verdict.ACCEPTED
    before = before_sending(chart.entries, request.POST, device_of(request), clock.now(), command)
    problem = ""
    typed = {one.name: str(sheet.typed.get(one.name, "")) for one in fields}
    held = None if event is None else program_single(chart, request.member, title, typed)
    if held is not None and held.holds and "ask supervisor" in request.POST:
        write(chart.patient, author_of(request), (held.draft(),), expected=None)
        messages.success(request, ASKED)
        return redirect(request.path)
    if held is not None and held.holds and "sign" in request.POST:
        problem = held.problem
    elif request.method == "POST" and "sign" in request.POST and accepted and before.problems:
        problem = "; ".join(before.problems)
    elif request.method == "POST" and "sign" in request.POST and accepted:
        try:
            reauthenticate(request, request.member, request.POST.get("password", ""))
        except ReauthenticationError as error:
            problem = f"{error.what}; {error.remedy}"
        else:
            assert event is not None
            return _sent(request, chart, event, answers, before.drafts, command, send)
    given = {
        "chart": chart,
        "tab": "programming",
        "title": title,
        "sheet": sheet,
        "command": command,
        "judged": judged,
        "accepted": accepted,
        "before": before,
        "problem": problem,
        "answered": {one.check: one.reason for one in answers},
        "looked": event is not None,
        "supervision": held,
        "drug": situation.primary,
        "notices": unread_findings(request.clinic, chart, request.member),
    }
    status = 422 if sheet.errors or problem else 200
    return render(request, "clinic/programming_single.html", given, status=status)


def _sent(
    request: ClinicRequest,
    chart: Chart,
    event: Event,
    answers: tuple[Override, ...],
    matched: tuple[Draft, ...],
    command: str,
    send: Any,
) -> HttpResponse:
    author = author_of(request)
    known = telemetry.outcome_of(chart.entries, command)
    if known is None:
        body = {"command": command, "event": event_body(event)}
        ordered = Draft(ORDERED_SINGLE, body)
        signed = signature_draft(chart.stream, request.member, "prescribed", [ordered])
        seen = seen_of(request)
        write(chart.patient, author, (*matched, ordered, signed), expected=seen)
    order = Order(author=author, command=command, overrides=answers)
    outcome: Outcome = send(order, event)
    if outcome.repeated:
        words = "This form had been sent before, and nothing was sent now: see the pump below."
        messages.warning(request, words)
    elif outcome.done:
        if isinstance(event, Resume):
            _decided(chart, author)
        messages.success(request, "The pump did it.")
    else:
        messages.error(request, f"The pump did not do it ({outcome.outcome}): {outcome.why}.")
    return redirect("pump report", chart.patient.pk)


def _decided(chart: Chart, author: Author) -> None:
    """End the tasks that asked when a stopped pump runs again: it does."""
    ended = [
        Draft(DONE, {"task": one.seq, "how": "the pump runs again"})
        for one in open_tasks(effective(chart.entries))
        if one.kind == LEFT_STANDING
    ]
    if ended:
        write(chart.patient, author, ended, expected=None)


def _bolus(sheet: Sheet, situation: Situation) -> Bolus | None:
    units = {one.name: one.unit for one in sheet.fields}
    read: dict[str, Any] = {}
    for name, kind in (("dose", Mass), ("duration", Duration)):
        try:
            read[name] = parse_typed(str(sheet.typed[name]), units[name], kind)
        except EntryError as error:
            sheet.refuse(name, f"{error.what}; {error.remedy}")
    if sheet.errors:
        return None
    return Bolus(time=situation.now, dose=read["dose"], duration=read["duration"])


@patient_page("sign orders")
def manual(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Write down what was programmed by hand with the pump's own programmer."""
    situation, typed = Situation.of(chart), typed_in(request.POST)
    if not typed:
        typed = {"mode": "continuous", "primary": situation.primary}
    read = read_draft(typed, situation.solution, situation.therapy, situation.now)
    errors, when = dict(read.errors), request.POST.get("programmed_at", "").strip()
    event = read.event
    if event is not None:
        try:
            moment = datetime.fromisoformat(when)
            if moment.tzinfo is not None or ":" not in when:
                # The pump's clock has its own offset, and a day without a time is no time.
                raise ValueError(when)
            event = replace(event, time=moment.replace(tzinfo=situation.now.tzinfo))
        except ValueError:
            errors["programmed_at"] = (
                "type date and time of day as the pump's own programmer shows them, no zone"
            )
    if request.method != "POST":
        errors = {}
    problem, judged = "", None
    if event is not None and not errors:
        late = event.time < situation.therapy.events[-1].time or event.time > situation.now
        if late:
            errors["programmed_at"] = "it lies before the last event of the record, or ahead of now"
        else:
            judged = judged_event(situation, replace(read, event=event))
            if "sign" in request.POST:
                try:
                    reauthenticate(request, request.member, request.POST.get("password", ""))
                except ReauthenticationError as error:
                    problem = f"{error.what}; {error.remedy}"
                else:
                    return _recorded(request, chart, event)
    given = {"chart": chart, "tab": "programming", "problem": problem, "when": when}
    given |= form_page(situation, typed, errors)
    given |= {"notices": unread_findings(request.clinic, chart, request.member)}
    if judged is not None:
        given |= verdict_page(situation, judged)
    status = 422 if errors or problem else 200
    return render(request, "clinic/programming_manual.html", given, status=status)


def _recorded(request: ClinicRequest, chart: Chart, event: Event) -> HttpResponse:
    body = {"by": request.member.user.username, "read_back": "typed from the pump's programmer"}
    by_hand = Draft(MANUAL, body)
    told = Draft(EVENT, event_body(event), pump_time=event.time)
    signed = signature_draft(chart.stream, request.member, "programmed by hand", [told])
    seen = seen_of(request)
    write(chart.patient, author_of(request), (by_hand, told, signed), expected=seen)
    messages.success(request, "It is written down. This record was not sent to any pump.")
    return redirect("patient", chart.patient.pk)


def _command_of(request: ClinicRequest) -> str:
    """Return the id that the page's form carries; a fresh one where it carries none."""
    sent = request.POST.get("command", "")
    return sent if is_command(sent) else new_command()


def _hazards(chart: Chart) -> list[str]:
    """Return what an abrupt stop of each drug in the pump does, where it is itself a hazard."""
    told = chart.content["therapy"]
    rules = {name: restart_rule(name) for name in told.get("mixture", ())}
    return [
        f"{name}: {rule.abrupt_stop.value} ({rule.abrupt_stop.provenance()})"
        for name, rule in rules.items()
        if rule.stop_is_hazard
    ]


urlpatterns = [
    path("stop/", stop, name="stop pump"),
    path("stop/<slug:command>/", stop_reason, name="stop reason"),
    path("resume/", resume, name="resume pump"),
    path("bolus/", bolus, name="give bolus"),
    path("manual/", manual, name="manual programming"),
]
