"""A needle in the catheter access port: drawing at any time, injecting by two people (K14).

What is drawn lowers and is never held up. An injection is ordered by a prescriber, asked of the
review with everything in the line, checked by a second person, and released only when the line
was drawn as ordered, with the right kit. Entries: `flows.port_log`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from thecal.care.access_port import PortOrder, check_drawn, check_port_order
from thecal.care.anticoagulants import procedure
from thecal.care.anticoagulants.advise import advice_on as hold_advice
from thecal.care.emergency import PortPush, card, status_at
from thecal.care.emergency.cards import WRONG_PORT
from thecal.care.kits import Port
from thecal.care.programming.judged import answered, judge
from thecal.care.spans import span
from thecal.care.visit import write_record
from thecal.care.visit.leaving_checks import watch_after
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, author_of, patient_page
from thecal.clinic.access.second import Blind, exceptions, go_on_alone, request_draft
from thecal.clinic.access.signing import signature_draft
from thecal.clinic.flows.port_log import DRAWN, INJECTED, ORDERED, WITHDRAWN, Waiting, waiting
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.due import WATCH_BEGUN
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.pages.access_port_forms import (
    AFTERWARDS,
    AFTERWARDS_WITHIN,
    draw_form,
    inject_form,
    order_form,
    other_solution,
    read_drawn,
    read_order,
    rules,
    withdraw_form,
)
from thecal.clinic.pages.supervised import port_inject
from thecal.clinic.patient.medicines import hold_case, medicines_of
from thecal.clinic.web.flow import (
    FlowForm,
    accepted,
    event_draft,
    on_pump_clock,
    signs,
    stands_against,
    table,
    task_draft,
    told,
    zone_of,
)
from thecal.clinic.web.seen import number_in, seen_of
from thecal.clinic.web.whole_text import whole_text
from thecal.device import PumpModel, pump_model
from thecal.errors import StepRefusedError, ThecalError
from thecal.pharmacy import DRUG_FREE, both_units, drug
from thecal.safety.catalogue import with_standing
from thecal.safety.finding import Finding, Severity
from thecal.therapy.events import AccessPort, Override
from thecal.therapy.file_writer import write_quantity
from thecal.units import show

SUBJECT, PRESCRIBED, DONE = "access-port", "prescribed", "injected"
FOLLOW_UP, _TIP = "catheter-drawn-empty", "K26"
_NO_LIST = Finding(
    check="K35",
    severity=Severity.WARN,
    message="nobody has said what the patient takes against clotting: ask, and go through the list",
    source="workflow.md 4c K35",
)
_WHY = "whatever is injected through the access port is at the spine at once"
_EXTERNAL, _STUDY = "external", "port-study"


@patient_page("read patients")
def show_port(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show what stands in the line, what waits, and what may be done."""
    return _page(request, chart)


@patient_page("sign orders")
def order(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Order an injection; the review is asked with all that stands in the line."""
    if request.method != "POST":
        return redirect("access port", chart.patient.pk)
    if waiting(chart) is not None:
        raise StepRefusedError(
            "an injection is ordered already", remedy="carry it out or take it back first"
        )
    form = order_form(request)
    wanted = read_order(form) if accepted(form) else None
    if wanted is None or form.sheet.errors:
        return _page(request, chart, form)
    reason = str(form.sheet.typed["reason"])
    found = _of_order(request, chart, wanted)
    if stands_against(found, reason):
        form.sheet.refuse("reason", "a question above has no answer, or something is refused")
    if form.sheet.errors or not signs(request, form):
        return _page(request, chart, form, found)
    asks = sorted({one.check for one in found if one.severity is Severity.SOFT})
    body = {
        "order": write_record(wanted),
        "reason": reason,
        "answered": asks,
        "findings": told(found),
    }
    ordered = Draft(ORDERED, body, reason)
    signed = signature_draft(chart.stream, request.member, PRESCRIBED, [ordered])
    second = request_draft(SUBJECT, body, _what(chart, wanted), _blind(wanted), [_WHY])
    write(chart.patient, author_of(request), (ordered, signed, second), expected=seen_of(request))
    messages.success(request, "The order is signed. A second person checks it under Checks.")
    return redirect("access port", chart.patient.pk)


@patient_page("write the record")
def draw(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Write down where the needle is and what it drew; nothing holds this up."""
    if request.method != "POST":
        return redirect("access port", chart.patient.pk)
    form = draw_form(request)
    drawn = read_drawn(form) if accepted(form) else None
    if drawn is None or form.sheet.errors:
        return _page(request, chart, form)
    now = clock.now()
    drafts = [Draft(DRAWN, {"drawn": write_record(drawn)})]
    if drawn.volume and drawn.port is Port.SIDE:
        at = on_pump_clock(chart, now, zone_of(request))
        drafts.append(event_draft(AccessPort(time=at, aspirated=drawn.volume)))
        drafts.append(task_draft(FOLLOW_UP, AFTERWARDS, now + AFTERWARDS_WITHIN))
    write(chart.patient, author_of(request), drafts, expected=seen_of(request))
    messages.success(request, "What was drawn is written down.")
    return redirect("access port", chart.patient.pk)


@patient_page("write to pumps")
def inject(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Write an injection into the therapy: as ordered, checked by two, the line drawn before."""
    waits = waiting(chart)
    if request.method != "POST" or waits is None:
        return redirect("access port", chart.patient.pk)
    form = inject_form(request)
    if not accepted(form):
        return _page(request, chart, form)
    found = _of_injection(request, chart, waits)
    reason = str(form.sheet.typed["reason_inject"])
    if waits.given is None:
        form.sheet.refuse("password_inject", "a second person has to check this order first")
    held = port_inject(chart, request.member, waits)
    if held.holds:
        form.sheet.refuse("password_inject", held.problem)
    if stands_against((one for one in found if one.blocks), reason):
        form.sheet.refuse(
            "reason_inject", "a question above has no answer, or something is refused"
        )
    if form.sheet.errors or not signs(request, form):
        return _page(request, chart, form)
    assert waits.drawn is not None
    at = on_pump_clock(chart, clock.now(), zone_of(request))
    body = {"order": waits.entry.seq, "drawn": waits.drawn[0].seq, "findings": told(found)}
    done = Draft(INJECTED, body, reason)
    drafts = [
        done,
        event_draft(waits.order.injection(at, _answers(request, waits, found, reason))),
        signature_draft(chart.stream, request.member, DONE, [done]),
    ]
    if waits.order.mixture is not None:
        ends = clock.now().replace(microsecond=0) + span(watch_after(waits.order.mixture).value)
        drafts.append(Draft(WATCH_BEGUN, {"kind": "observation", "ends": ends.isoformat()}))
    write(chart.patient, author_of(request), drafts, expected=seen_of(request))
    messages.success(request, "The injection is written down. Watch the patient.")
    return redirect("access port", chart.patient.pk)


@patient_page("write the record")
def withdraw(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Take an order back; nothing is injected."""
    waits = waiting(chart)
    if request.method != "POST" or waits is None:
        return redirect("access port", chart.patient.pk)
    form = withdraw_form(request)
    if not accepted(form):
        return _page(request, chart, form)
    why = str(form.sheet.typed["why"])
    draft = Draft(WITHDRAWN, {"order": waits.entry.seq}, why)
    write(chart.patient, author_of(request), (draft,), expected=seen_of(request))
    messages.success(request, "The order was taken back. Nothing is injected.")
    return redirect("access port", chart.patient.pk)


@patient_page("sign orders")
def alone(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Go on without a second person where the clinic allows it: with a reason, counted, shown."""
    waits = waiting(chart)
    if request.method == "POST" and waits is not None and waits.asked is not None:
        if number_in(request.POST.get("order", "")) != waits.entry.seq:
            raise StepRefusedError(
                "this order is no longer the one that waits", remedy="look at the order again"
            )
        reason = whole_text(request.POST.get("reason", ""))
        go_on_alone(chart, request.clinic, author_of(request), waits.asked.seq, reason)
    return redirect("access port", chart.patient.pk)


def _page(
    request: ClinicRequest,
    chart: Chart,
    sent: FlowForm | None = None,
    found: Sequence[Finding] = (),
) -> HttpResponse:
    """Show the page; a form that was refused stands there as it was sent."""
    given: dict[str, Any] = {"chart": chart, "tab": "more", "rules": rules()}
    if chart.therapy is None or _model(chart).kind == _EXTERNAL:
        given["why_none"] = "no implanted pump is recorded for this patient"
        return render(request, "clinic/access_port.html", given)
    push, waits = _push(chart), waiting(chart)
    forms: dict[str, FlowForm] = {"draw port": draw_form(request)}
    if waits is None:
        forms["order injection"] = order_form(request)
    else:
        forms["inject"] = inject_form(request)
        forms["withdraw injection"] = withdraw_form(request)
        found = _of_injection(request, chart, waits)
        given["lines"] = _lines(waits.order)
        given["supervision"] = port_inject(chart, request.member, waits)
    if sent is not None:
        forms |= {name: sent for name, one in forms.items() if one.what == sent.what}
    given |= {
        "push": push,
        "in_line": [] if push is None else _masses(push),
        "waits": waits,
        "exceptions": exceptions(chart.entries),
        "findings": found,
        "instead": other_solution() if any(one.check == _TIP for one in found) else None,
        "forms": forms.items(),
        "card": table(
            card(WRONG_PORT).title.en.capitalize(),
            ("Part", "What", "Source"),
            [(part, one.text.en, one.fact.provenance()) for part, one in card(WRONG_PORT).lines()],
        ),
    }
    refused = sent is not None and sent.sheet.errors
    return render(request, "clinic/access_port.html", given, status=422 if refused else 200)


def _model(chart: Chart) -> PumpModel:
    assert chart.therapy is not None
    return pump_model(chart.therapy.pump.model)


def _push(chart: Chart) -> PortPush | None:
    """Return what stands in the catheter now; None where nobody knows."""
    therapy = chart.therapy
    assert therapy is not None
    at = max(therapy.instant(clock.now()), therapy.instant(therapy.events[-1].time))
    try:
        return status_at(therapy, at).port
    except ThecalError:
        return None


def _masses(push: PortPush) -> list[str]:
    return [f"{name} {both_units(name, mass)}" for name, mass in push.masses.items() if mass]


def _of_order(request: ClinicRequest, chart: Chart, wanted: PortOrder) -> tuple[Finding, ...]:
    found = (*check_port_order(wanted, _model(chart), _push(chart)),)
    reviewed = _reviewed(request, chart, wanted, whole=True)
    return _sourced((*found, *_bleeding(request, chart), *reviewed))


def _of_injection(request: ClinicRequest, chart: Chart, waits: Waiting) -> tuple[Finding, ...]:
    """Return what is said of injecting now: of the needle, and by the review."""
    entry, drawn = (None, None) if waits.drawn is None else waits.drawn
    ago = timedelta() if entry is None else clock.now() - entry.written
    found = (*check_drawn(waits.order, drawn, ago, _model(chart)),)
    reviewed = _reviewed(request, chart, waits.order, whole=drawn is None, answers=waits.answers)
    bleeding = answered(_bleeding(request, chart), waits.answers)
    return _sourced((*found, *bleeding, *reviewed))


def _bleeding(request: ClinicRequest, chart: Chart) -> tuple[Finding, ...]:
    """Return what the list of medicines says of a needle in the port (K35).

    It is asked of an injection alone: drawing is never held up.
    """
    now = clock.now().astimezone(zone_of(request))
    begins = now.replace(tzinfo=None)
    case = hold_case(medicines_of(chart.entries), procedure(_STUDY), begins, now)
    return (_NO_LIST,) if case is None else hold_advice(case).findings


def _reviewed(
    request: ClinicRequest,
    chart: Chart,
    wanted: PortOrder,
    *,
    whole: bool,
    answers: tuple[Override, ...] = (),
) -> tuple[Finding, ...]:
    """Return what the review says of an injection itself; with the drawing, as it is ordered."""
    assert chart.therapy is not None
    at = on_pump_clock(chart, clock.now(), zone_of(request))
    at = max(at, chart.therapy.events[-1].time)
    event = wanted.whole(at) if whole else wanted.injection(at, ())
    return tuple(
        one for one in judge(chart.therapy, event, answers).findings if one.event is not None
    )


def _sourced(found: Sequence[Finding]) -> tuple[Finding, ...]:
    grave = tuple(Severity)
    sourced = (replace(one, source=with_standing(one.check, one.source)) for one in found)
    return tuple(sorted(sourced, key=lambda one: grave.index(one.severity)))


def _answers(
    request: ClinicRequest, waits: Waiting, found: Sequence[Finding], reason: str
) -> tuple[Override, ...]:
    """Return the prescriber's answers, and those of who injects to what else was asked."""
    mine = sorted({one.check for one in found if one.severity is Severity.SOFT and one.blocks})
    who = request.member.user.username
    return (*waits.answers, *(Override(one, reason, who) for one in mine))


def _lines(wanted: PortOrder) -> list[str]:
    """Return an order in words, each drug's dose among it."""
    first = wanted.draw_first
    lines = [
        f"{wanted.purpose}: {show(wanted.injected, 'mL')} through the catheter access port",
        "the line is not drawn first" if first is None else f"draw {show(first, 'mL')} first",
    ]
    for name, level in (wanted.mixture or DRUG_FREE).items():
        lines.append(f"{name}: {both_units(name, level * wanted.injected)}")
    return lines


def _what(chart: Chart, wanted: PortOrder) -> list[str]:
    """Return what a second person looks at; no figure that is typed blind."""
    return [
        f"an injection through the CATHETER ACCESS PORT, not a refill: {wanted.purpose}",
        f"the pump: {_model(chart).name}",
        "the syringe and its label: " + (", ".join(wanted.mixture or ()) or "no drug"),
        "the line is drawn first" if wanted.draw_first else "the line is NOT drawn first",
    ]


def _blind(wanted: PortOrder) -> list[Blind]:
    blind = [
        Blind(
            "injected",
            "Volume to be injected",
            write_quantity(wanted.injected, "mL"),
            "mL",
        )
    ]
    for name, level in (wanted.mixture or DRUG_FREE).items():
        unit = drug(name).concentration_unit
        value = write_quantity(level, unit)
        blind.append(Blind(f"concentration_{name}", f"Concentration of {name}", value, unit))
    return blind


urlpatterns = [
    path("", show_port, name="access port"),
    path("order/", order, name="order injection"),
    path("draw/", draw, name="draw port"),
    path("inject/", inject, name="inject"),
    path("alone/", alone, name="port alone"),
    path("withdraw/", withdraw, name="withdraw injection"),
]
