"""From a draft to the pump: confirmed line by line, signed, checked, written, read back, closed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from thecal.care.programming.judged import with_findings
from thecal.care.programming.rules import within
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, author_of, device_of, patient_page
from thecal.clinic.access.permissions import may
from thecal.clinic.access.second import (
    digest_of,
    exceptions,
    go_on_alone,
    is_given,
    open_about,
    request_draft,
)
from thecal.clinic.access.signing import ReauthenticationError, reauthenticate, signature_draft
from thecal.clinic.access.supervision import Supervision
from thecal.clinic.flows.notices import unread_findings
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.ledger.tasks import OPENED
from thecal.clinic.pages.supervised import program_order, program_send
from thecal.clinic.patient.adoption import adopted_up_to
from thecal.clinic.plans.beside_pump import asked_beside, beside_pump
from thecal.clinic.programs.before_sending import BeforeSending, before_sending
from thecal.clinic.programs.drafting import (
    Drafted,
    Situation,
    drafted,
    event_read,
    judged_event,
    verdict_page,
)
from thecal.clinic.programs.drafts import CLOSED, ORDERED, WITHDRAWN, standing
from thecal.clinic.programs.order_check import looked_at, typed_blind
from thecal.clinic.pumps import telemetry
from thecal.clinic.pumps.pump_reading import program_read
from thecal.clinic.pumps.telemetry import Order, new_command
from thecal.clinic.web.flow import told, zone_of
from thecal.clinic.web.seen import number_in, seen_of
from thecal.clinic.web.whole_text import whole_text
from thecal.errors import ThecalError
from thecal.record.entry import Entry
from thecal.record.fold import event_body, read_event
from thecal.safety.finding import Severity
from thecal.therapy.events import Override, Program

SUBJECT = "program"
MEANING = "prescribed"


class NotConfirmedError(ThecalError):
    """Something of the confirmation is missing; nothing was signed."""


@patient_page("draft programs")
def confirm(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show the whole change, old beside new; sign it when every line is ticked (K7, N11)."""
    now = standing(chart.entries, clock.now())
    if now.draft is None:
        return redirect("programming", chart.patient.pk)
    situation = Situation.of(chart)
    answers = _answers(request)
    draft = drafted(situation, now.draft.body["typed"], answers)
    if draft.judged is None:
        return redirect("programming", chart.patient.pk)
    here = clock.now().astimezone(zone_of(request))
    asked = () if draft.lowers else asked_beside(chart, here, answers)
    draft = replace(draft, judged=with_findings(draft.judged, asked))
    problems: list[str] = []
    held = program_order(chart, request.member, now.draft, draft)
    if request.method == "POST":
        problems = _missing(request, draft, may(request.member.role, "sign orders"))
        if number_in(request.POST.get("draft", "")) != now.draft.seq:
            problems.insert(0, "the draft is another one than you looked at: compare it again")
        if held is not None and held.holds:
            problems.append(held.problem)
        if not problems:
            try:
                reauthenticate(request, request.member, request.POST.get("password", ""))
                return _sign(request, chart, now.draft, situation, draft, answers)
            except ReauthenticationError as error:
                problems = [f"{error.what}; {error.remedy}"]
    given = {
        "chart": chart,
        "tab": "programming",
        "problems": problems,
        "ticked": set(request.POST.getlist("tick")),
        "answered": {one.check: one.reason for one in answers},
        "may_sign": may(request.member.role, "sign orders"),
        "draft_seq": now.draft.seq,
        "supervision": held if may(request.member.role, "sign orders") else None,
        "notices": unread_findings(request.clinic, chart, request.member),
    }
    given |= verdict_page(situation, draft)
    given |= beside_pump(chart, here, answers, asked)
    return render(
        request, "clinic/programming_confirm.html", given, status=422 if problems else 200
    )


def _answers(request: ClinicRequest) -> tuple[Override, ...]:
    """Return the reasons typed for soft findings."""
    return tuple(
        Override(name.removeprefix("answer_"), whole_text(text), request.member.user.username)
        for name, text in request.POST.items()
        if name.startswith("answer_") and isinstance(text, str) and text.strip()
    )


def _missing(request: ClinicRequest, draft: Drafted, may_sign: bool) -> list[str]:
    """Return what still stands in the way of the signature."""
    assert draft.judged is not None
    found = []
    if not may_sign:
        found.append("a prescriber signs: ask a physician to open this page")
    found += [
        f"{one.check} refuses: {one.message}"
        for one in draft.judged.findings
        if one.severity is Severity.HARD
    ]
    found += [
        f"{one.check} needs a reason: {one.message}"
        for one in draft.judged.findings
        if one.severity is Severity.SOFT and one.blocks
    ]
    ticked = set(request.POST.getlist("tick"))
    found += [
        f"tick {line.name}: it changes from {line.old or 'nothing'} to {line.new or 'nothing'}"
        for line in draft.lines
        if line.name not in ticked
    ]
    if not draft.lines:
        found.append("nothing is changed by this draft")
    return found


def _sign(
    request: ClinicRequest,
    chart: Chart,
    entry: Entry,
    situation: Situation,
    draft: Drafted,
    answers: tuple[Override, ...],
) -> HttpResponse:
    event = draft.read.event
    assert event is not None
    body = {
        "draft": entry.seq,
        "event": event_body(event),
        "running": entry.body["running"],
        "command": new_command(),
        "ticked": [line.name for line in draft.lines],
        "answers": [{"check": one.check, "reason": one.reason, "by": one.by} for one in answers],
        "second": list(draft.second),
        "notices": told(unread_findings(request.clinic, chart, request.member)),
        "lines": [
            f"{one.name}: {one.old or 'nothing'} to {one.new or 'nothing'}" for one in draft.lines
        ],
    }
    ordered = Draft(ORDERED, body)
    drafts = [ordered, signature_draft(chart.stream, request.member, MEANING, [ordered])]
    if draft.second:
        drafts.append(
            request_draft(
                SUBJECT,
                body,
                looked_at(situation, event),
                typed_blind(situation, event),
                draft.second,
                (entry.actor,),
            )
        )
    seen = seen_of(request)
    write(chart.patient, author_of(request), drafts, expected=seen)
    return redirect("program order", chart.patient.pk)


@patient_page("read patients")
def order(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show a signed order that waits for the second person or for being written to the pump."""
    now = standing(chart.entries, clock.now())
    if now.order is None:
        return redirect("programming", chart.patient.pk)
    return _show_order(request, chart, now.order, "")


def _show_order(request: ClinicRequest, chart: Chart, entry: Entry, problem: str) -> HttpResponse:
    situation = Situation.of(chart)
    draft = judged_event(situation, event_read(_event(situation, entry)), _overrides(entry))
    digest = digest_of(entry.body)
    given: dict[str, Any] = {
        "chart": chart,
        "tab": "programming",
        "order": entry,
        "given": is_given(chart.entries, digest),
        "waits": open_about(chart.entries, digest),
        "exceptions": exceptions(chart.entries),
        "problem": problem,
        "before": _before(request, chart, entry.body["command"]),
        "supervision": order_supervision(request, chart, entry),
        "notices": unread_findings(request.clinic, chart, request.member),
    }
    given |= verdict_page(situation, draft)
    here = clock.now().astimezone(zone_of(request))
    given |= beside_pump(chart, here, _overrides(entry))
    return render(request, "clinic/programming_order.html", given, status=422 if problem else 200)


@patient_page("sign orders")
def alone(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Go on without a second person where the clinic allows it: with a reason, counted, shown."""
    if request.method == "POST":
        waits = open_about(chart.entries, digest_of(_order_shown(request, chart).body))
        if waits is not None:
            reason = request.POST.get("reason", "")
            go_on_alone(chart, request.clinic, author_of(request), waits.seq, reason)
    return redirect("program order", chart.patient.pk)


@patient_page("draft programs")
def withdraw(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Take back an order that was not written; the pump goes on as it is (U12)."""
    if request.method == "POST":
        body = {"order": _order_shown(request, chart).seq}
        seen = seen_of(request)
        write(chart.patient, author_of(request), (Draft(WITHDRAWN, body),), expected=seen)
        messages.success(request, "The order was taken back. The pump goes on as it was.")
    return redirect("programming", chart.patient.pk)


def _order_shown(request: ClinicRequest, chart: Chart) -> Entry:
    """Return the order that the page showed; raises where another one or none waits now."""
    now = standing(chart.entries, clock.now()).order
    if now is None or number_in(request.POST.get("order", "")) != now.seq:
        raise NotConfirmedError(
            "this order is no longer the one that waits", remedy="look at the order again"
        )
    return now


@patient_page("write to pumps")
def send(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Write a signed order to the pump: checked, transactional, read back whole (U01, U09)."""
    if request.method != "POST":
        return redirect("program order", chart.patient.pk)
    now = standing(chart.entries, clock.now())
    command = request.POST.get("command", "")
    if now.order is None or now.order.body["command"] != command:
        done = telemetry.outcome_of(chart.entries, command)
        if done is not None:
            return redirect("pump report", chart.patient.pk)
        raise NotConfirmedError(
            "this order is no longer the one that waits", remedy="look at the order again"
        )
    if now.order.seq <= adopted_up_to(chart.patient):
        raise NotConfirmedError(
            "this order was signed in the clinic that the record came from",
            why="nobody here can ask who signed it, and this pump may be another one",
            remedy="take the order back, read the pump, and let a prescriber of this clinic sign",
        )
    entry, situation = now.order, Situation.of(chart)
    draft = judged_event(situation, event_read(_event(situation, entry)), _overrides(entry))
    wanted = entry.body["second"] and draft.second
    if wanted and is_given(chart.entries, digest_of(entry.body)) is None:
        return _show_order(request, chart, entry, "a second person has to check this order first")
    held = order_supervision(request, chart, entry)
    if held is not None and held.holds:
        return _show_order(request, chart, entry, held.problem)
    before = _before(request, chart, command)
    if before.problems:
        return _show_order(request, chart, entry, "; ".join(before.problems))
    event, seen = _event(situation, entry), seen_of(request)
    if before.drafts:
        seen = write(chart.patient, author_of(request), before.drafts, expected=seen)[-1].seq
    outcome = telemetry.send_program(
        chart,
        Order(
            author=author_of(request),
            command=command,
            expected=seen,
            running=str(entry.body["running"]),
            reason=event.reason or "",
            overrides=_overrides(entry),
        ),
        event.program,
    )
    if outcome.outcome == telemetry.UNKNOWN:
        messages.error(
            request, f"Nobody knows whether the pump did it: {outcome.why}. Read it now."
        )
    elif not outcome.done:
        messages.error(request, f"Nothing was written to the pump: {outcome.why}.")
    return redirect("pump report", chart.patient.pk)


@patient_page("read patients")
def report(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show what the pump said after the last command, beside what was meant."""
    entry = telemetry.last_reading(chart.entries)
    if entry is None or chart.therapy is None:
        return redirect("programming", chart.patient.pk)
    situation = Situation.of(chart)
    program = program_read(entry.body["read_back"], chart.therapy)
    draft = None
    if program is not None:
        event = Program(time=situation.now, program=program)
        draft = judged_event(situation, event_read(event))
    last = [one for one in chart.entries if one.kind == telemetry.COMMAND][-1]
    given = {
        "chart": chart,
        "tab": "programming",
        "reading": entry.body["read_back"],
        "last": last.body,
        "same": draft is not None and not draft.lines,
        "differs": () if draft is None else draft.lines,
        "simulation": situation.simulation,
        "strip": {} if draft is None else verdict_page(situation, draft),
    }
    return render(request, "clinic/programming_report.html", given)


@patient_page("write to pumps")
def close(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """End the work at the pump; one left without therapy needs a reason and a follow-up (U10)."""
    if request.method != "POST":
        return redirect("pump report", chart.patient.pk)
    author, reason = author_of(request), request.POST.get("reason", "").strip()
    outcome = telemetry.interrogate(chart, Order(author=author, reason=reason))
    waiting = telemetry.unsettled(Chart(chart.patient).entries)
    stands = outcome.reading is None or not outcome.reading["gives_therapy"] or bool(waiting)
    if stands and not reason:
        messages.error(
            request,
            "The pump gives no therapy, or an update is not complete: say why it is left so,"
            " or go on until it runs.",
        )
        return redirect("pump report", chart.patient.pk)
    drafts = [Draft(CLOSED, {"standing": reason if stands else ""}, reason)]
    if stands:
        due = (clock.now() + within("K13", "follow-up-within")).isoformat()
        words = f"the pump was left without therapy: {reason}"
        drafts.append(Draft(OPENED, {"kind": "pump-left-standing", "what": words, "due": due}))
    write(chart.patient, author, drafts, expected=None)
    return redirect("patient", chart.patient.pk)


def order_supervision(request: ClinicRequest, chart: Chart, entry: Entry) -> Supervision | None:
    """Return what writing an order asks of who may write it; None of who may not."""
    if not may(request.member.role, "write to pumps"):
        return None
    situation = Situation.of(chart)
    event = _event(situation, entry)
    lowers = judged_event(situation, event_read(event), _overrides(entry)).lowers
    return program_send(chart, request.member, entry, event, lowers=lowers)


def _before(request: ClinicRequest, chart: Chart, command: str) -> BeforeSending:
    return before_sending(chart.entries, request.POST, device_of(request), clock.now(), command)


def _event(situation: Situation, entry: Entry) -> Program:
    event = read_event(entry.body["event"], situation.therapy)
    assert isinstance(event, Program)
    return replace(event, time=situation.now)


def _overrides(entry: Entry) -> tuple[Override, ...]:
    return tuple(Override(**one) for one in entry.body["answers"])


urlpatterns = [
    path("confirm/", confirm, name="confirm program"),
    path("order/", order, name="program order"),
    path("order/alone/", alone, name="program alone"),
    path("order/withdraw/", withdraw, name="withdraw order"),
    path("order/send/", send, name="send program"),
    path("report/", report, name="pump report"),
    path("close/", close, name="close programming"),
]
