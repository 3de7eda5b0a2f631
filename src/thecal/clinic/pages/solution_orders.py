"""A patient's compounding orders: ordered, recomputed blind, released, taken in, ended; kits too.

Kinds of entries: `thecal.care.supply.told`, and `kit.ordered` {`kit`, `for`}: which kit the next
refill gets, refused where it does not fit the pump (K10).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path

from thecal.care.due.from_replay import knowledge_of
from thecal.care.kits import KitInHand, Port, check_kit, kits
from thecal.care.supply.made import Made, check_receipt, check_release
from thecal.care.supply.order import (
    Container,
    SolutionOrder,
    State,
    check_step,
)
from thecal.care.supply.papers import label_sheet, order_paper
from thecal.care.supply.recompute import differences
from thecal.care.supply.told import (
    CONFIRMED,
    ENDED,
    NOT_NEEDED,
    ORDERED,
    RECEIVED,
    RECOMPUTED,
    RELEASED,
    WITHDRAWN,
    WITNESSED,
)
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, author_of, patient_page
from thecal.clinic.access.signing import signature_draft
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.pages.solution_order_forms import WORK, order_forms
from thecal.clinic.pages.solution_order_shown import orders_page
from thecal.clinic.pages.supervised import solution_check
from thecal.clinic.refill.mixture_text import mixture_table, read_mixture
from thecal.clinic.supply.labels import new_code, orders_of
from thecal.clinic.supply.orders import (
    KIT_ORDERED,
    made_of,
    no_more_than_came,
    order_findings,
    people_of,
    volume_in,
    whose,
    worked_body,
    worked_of,
    written,
)
from thecal.clinic.web.documents import print_document, show_document
from thecal.clinic.web.flow import (
    FlowForm,
    accepted,
    signs,
    stands_against,
    told,
    typed_day,
    zone_of,
)
from thecal.clinic.web.seen import seen_of
from thecal.device import pump_model
from thecal.errors import StepRefusedError, ThecalError
from thecal.pharmacy import Mixture
from thecal.safety.finding import Finding
from thecal.therapy.file_writer import write_quantity


@patient_page("read patients")
def index(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show the orders of a patient and what comes next."""
    return orders_page(request, chart, order_forms(request, chart), ())


@patient_page(WORK)
def step(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Take one step of an order."""
    forms = order_forms(request, chart)
    form = next((one for one in forms if one.sent), None)
    if request.method != "POST" or form is None:
        if request.method == "POST":
            messages.error(request, "This step is not open to you now: look at the order again.")
        return redirect("solution orders", chart.patient.pk)
    findings: tuple[Finding, ...] = ()
    if accepted(form):
        findings = _do(request, chart, form)
    if accepted(form) and not findings:
        return redirect("solution orders", chart.patient.pk)
    return orders_page(request, chart, forms, findings)


@patient_page("print documents")
def paper(request: ClinicRequest, chart: Chart, number: int) -> HttpResponse:
    """Show an order as a paper; sent as a form, it comes as PDF."""
    return _document(request, chart, number, order_paper)


@patient_page("print documents")
def label(request: ClinicRequest, chart: Chart, number: int) -> HttpResponse:
    """Show the label of what was released; sent as a form, it comes as PDF."""
    if _order(chart, number).released is None:
        raise Http404("nothing was released yet that a label could name")
    return _document(request, chart, number, label_sheet)


def _document(
    request: ClinicRequest, chart: Chart, number: int, make: Callable[..., Any]
) -> HttpResponse:
    document = make(_order(chart, number), whose(chart), people_of(request.clinic))
    if request.method == "POST":
        return print_document(request, chart, document)
    return show_document(request, chart, document)


def _order(chart: Chart, number: int) -> SolutionOrder:
    for one in orders_of(chart):
        if one.number == number:
            return one
    raise Http404("there is no such order of this patient")


# -- the steps: each returns what stands against it, and nothing when it is done -----------------


def _do(request: ClinicRequest, chart: Chart, form: FlowForm) -> tuple[Finding, ...]:
    what, _, number = form.what.rpartition("-")
    if form.what == "order":
        return _sign_order(request, chart, form)
    if form.what == "kit":
        return _set_kit_aside(request, chart, form)
    if form.what == "not-needed":
        until = _refill_by(chart)
        body = {"until": "" if until is None else until.isoformat()}
        draft = Draft(NOT_NEEDED, body, str(form.sheet.typed["why_not_needed"]))
        _write(request, chart, draft, "")
        return ()
    one = _order(chart, int(number))
    try:
        check_step(one, _KINDS[what], request.member.user.username)
    except StepRefusedError as error:
        _refuse(form, error)
        return ()
    return _STEPS[what](request, chart, form, one)


def _sign_order(request: ClinicRequest, chart: Chart, form: FlowForm) -> tuple[Finding, ...]:
    mixture, volume = _mixture(form), volume_in(form, "volume")
    day, reason = typed_day(form, "needed_by"), str(form.sheet.typed["reason_order"])
    today = clock.now().astimezone(zone_of(request)).date()
    if day is not None and day < today:
        form.sheet.refuse("needed_by", "this day is over: write one that comes")
    if volume is not None and not volume:
        form.sheet.refuse("volume", "nothing is no order: write the volume to be made")
    if form.sheet.errors or mixture is None or volume is None or day is None:
        return ()
    is_open = any(one.is_open for one in orders_of(chart))
    findings = tuple(
        order_findings(mixture, day, _now_in(chart), _refill_by(chart), another=is_open)
    )
    if stands_against(findings, reason):
        form.sheet.refuse("reason_order", "something below asks for a reason")
        return findings
    if not signs(request, form):
        return findings
    body = {
        "code": new_code(request.clinic),
        "mixture": mixture_table(mixture),
        "volume": write_quantity(volume, "mL"),
        "needed_by": day.isoformat(),
        "answered": told(findings),
    }
    _write(request, chart, Draft(ORDERED, body, reason), "ordered")
    messages.success(request, "Ordered. A pharmacist recomputes it without seeing these figures.")
    return ()


def _recompute(
    request: ClinicRequest, chart: Chart, form: FlowForm, one: SolutionOrder
) -> tuple[Finding, ...]:
    found = worked_of(one, form)
    _supervised(request, chart, form, one)
    if form.sheet.errors or found is None or not signs(request, form):
        return ()
    worked, diluent = found
    apart = differences(one.mixture, one.volume, worked, diluent)
    body = {"order": one.number, **worked_body(worked, diluent), "differences": list(apart)}
    _write(request, chart, Draft(RECOMPUTED, body), "recomputed without seeing the figures")
    if apart:
        messages.error(request, "It differs. The order is stopped, for you and for the prescriber.")
    else:
        messages.success(request, "It agrees. The order may be made.")
    return ()


def _confirm(
    request: ClinicRequest, chart: Chart, form: FlowForm, one: SolutionOrder
) -> tuple[Finding, ...]:
    if signs(request, form):
        reason = str(form.sheet.typed[f"reason_{one.number}"])
        draft = Draft(CONFIRMED, {"order": one.number}, reason)
        _write(request, chart, draft, "looked at again, ordered as it stands")
    return ()


def _release(
    request: ClinicRequest, chart: Chart, form: FlowForm, one: SolutionOrder
) -> tuple[Finding, ...]:
    made = made_of(one.number, form)
    if made is None:
        return ()
    name, reason = f"reason_{one.number}", str(form.sheet.typed[f"reason_{one.number}"])
    today = clock.now().astimezone(zone_of(request)).date()
    findings = tuple(check_release(one, made, today))
    if stands_against(findings, reason):
        form.sheet.refuse(name, "something below stands against the release")
        return findings
    _supervised(request, chart, form, one)
    if form.sheet.errors or not signs(request, form):
        return findings
    body = {"order": one.number, **_made_body(made), "answered": told(findings)}
    _write(request, chart, Draft(RELEASED, body, reason), "released")
    messages.success(request, "Released. Print the label and put it on.")
    return ()


def _supervised(request: ClinicRequest, chart: Chart, form: FlowForm, one: SolutionOrder) -> None:
    """Refuse a signature of the pharmacy that waits for a supervisor."""
    held = solution_check(chart, request.member, one)
    if held.holds:
        form.sheet.refuse(form.password, held.problem)


def _made_body(made: Made) -> dict[str, Any]:
    assert made.beyond_use is not None
    making = made.making
    return {
        "lot": made.lot,
        "mixed": made.mixed.isoformat(),
        "beyond_use": made.beyond_use.isoformat(),
        "volume": written(made.volume),
        "category": making.category,
        "method": making.method,
        "start": making.start,
        "tested": making.tested,
        "storage": making.storage,
    }


def _receive(
    request: ClinicRequest, chart: Chart, form: FlowForm, one: SolutionOrder
) -> tuple[Finding, ...]:
    n, now = one.number, clock.now()
    day, volume = typed_day(form, f"beyond_use_{n}"), volume_in(form, f"volume_{n}")
    if form.sheet.errors or volume is None:
        return ()
    by = request.member.user.username
    arrived = Container(str(form.sheet.typed[f"lot_{n}"]), day or date.min, volume, by, now)
    findings = tuple(check_receipt(one, arrived, day, now.astimezone(zone_of(request)).date()))
    if findings:
        field = f"beyond_use_{n}" if day is None else f"lot_{n}"
        form.sheet.refuse(field, "it is not accepted: what stands against it is said below")
        return findings
    if day is None or not signs(request, form):
        return ()
    body = {
        "order": n,
        "lot": arrived.lot,
        "beyond_use": day.isoformat(),
        "volume": written(volume),
    }
    _write(request, chart, Draft(RECEIVED, body), "taken in as released")
    messages.success(request, "It is here, and in the book.")
    return ()


def _end(
    request: ClinicRequest, chart: Chart, form: FlowForm, one: SolutionOrder
) -> tuple[Finding, ...]:
    n, typed = one.number, form.sheet.typed
    volume, how = volume_in(form, f"volume_{n}"), str(typed[f"how_{n}"])
    if how not in (State.RETURNED, State.DESTROYED, State.USED):
        form.sheet.refuse(f"how_{n}", "choose one of the list")
    rest = volume_in(form, f"rest_{n}")
    if rest and how != State.USED:
        form.sheet.refuse(f"rest_{n}", "a rest is only left of what was used")
    no_more_than_came(form, one, volume, rest)
    if form.sheet.errors or volume is None or not signs(request, form):
        return ()
    body = {"order": n, "how": how, "volume": written(volume)}
    if rest:
        body["rest"] = written(rest)
    _write(request, chart, Draft(ENDED, body, str(typed[f"reason_{n}"])), how)
    return ()


def _witness(
    request: ClinicRequest, chart: Chart, form: FlowForm, one: SolutionOrder
) -> tuple[Finding, ...]:
    if signs(request, form):
        _write(request, chart, Draft(WITNESSED, {"order": one.number}), "saw it destroyed")
    return ()


def _withdraw(
    request: ClinicRequest, chart: Chart, form: FlowForm, one: SolutionOrder
) -> tuple[Finding, ...]:
    reason = str(form.sheet.typed[f"reason_{one.number}"])
    _write(request, chart, Draft(WITHDRAWN, {"order": one.number}, reason), "")
    return ()


def _set_kit_aside(request: ClinicRequest, chart: Chart, form: FlowForm) -> tuple[Finding, ...]:
    chosen = kits().get(str(form.sheet.typed["kit_for_visit"]))
    if chosen is None:
        form.sheet.refuse("kit_for_visit", "choose one of the list")
        return ()
    gauge = 0 if chosen.needle_gauge is None else int(chosen.needle_gauge.value)
    in_hand = KitInHand(chosen.id, gauge, None)
    model = pump_model(chart.content["therapy"]["model"])
    findings = tuple(check_kit(in_hand, Port.RESERVOIR, model))
    if stands_against(findings, ""):
        form.sheet.refuse("kit_for_visit", "this kit does not fit: what stands against it is below")
        return findings
    _write(request, chart, Draft(KIT_ORDERED, {"kit": chosen.id}), "")
    messages.success(request, f"Set aside: {chosen.name}.")
    return ()


# -- what they share -----------------------------------------------------------------------------


def _write(request: ClinicRequest, chart: Chart, draft: Draft, meaning: str) -> None:
    """Write an entry down, signed where it has a meaning."""
    drafts = [draft]
    if meaning:
        drafts.append(signature_draft(chart.stream, request.member, meaning, [draft]))
    write(chart.patient, author_of(request), drafts, expected=seen_of(request))


def _mixture(form: FlowForm) -> Mixture | None:
    try:
        return read_mixture(str(form.sheet.typed["mixture"]))
    except ThecalError as error:
        form.sheet.refuse("mixture", f"{error.what}; {error.remedy}")
        return None


def _refuse(form: FlowForm, error: ThecalError) -> None:
    place = form.sheet.fields[0].name
    words = "; ".join(one for one in (error.what, error.why, error.remedy) if one)
    form.sheet.refuse(place, words)


def _now_in(chart: Chart) -> Mixture | None:
    simulation = chart.simulation(clock.now())
    return None if simulation is None else Mixture.of(simulation.reservoir_written)


def _refill_by(chart: Chart) -> date | None:
    simulation = chart.simulation(clock.now())
    by = None if simulation is None else knowledge_of(simulation).refill_by
    return None if by is None else by.date()


_Step = Callable[[ClinicRequest, Chart, FlowForm, SolutionOrder], tuple[Finding, ...]]
_STEPS: dict[str, _Step] = {
    "recompute": _recompute,
    "confirm": _confirm,
    "release": _release,
    "receive": _receive,
    "end": _end,
    "witness": _witness,
    "withdraw": _withdraw,
}
_KINDS = {
    "recompute": RECOMPUTED,
    "confirm": CONFIRMED,
    "release": RELEASED,
    "receive": RECEIVED,
    "end": ENDED,
    "witness": WITNESSED,
    "withdraw": WITHDRAWN,
}

urlpatterns = [
    path("", index, name="solution orders"),
    path("step/", step, name="solution step"),
    path("<int:number>/paper/", paper, name="solution paper"),
    path("<int:number>/label/", label, name="solution label"),
]
