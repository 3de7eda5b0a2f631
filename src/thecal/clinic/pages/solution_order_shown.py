"""What the page of a patient's compounding orders shows beside its forms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.urls import reverse

from thecal.care.kits import kits
from thecal.care.supply.label_code import shown_code
from thecal.care.supply.order import WAITS_FOR, SolutionOrder, State
from thecal.clinic.access.guard import ClinicRequest
from thecal.clinic.access.permissions import may
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.pages.solution_order_forms import ORDER, awaits_pump
from thecal.clinic.pages.supervised import solution_check
from thecal.clinic.supply.labels import orders_of
from thecal.clinic.supply.orders import KIT_ORDERED, people_of
from thecal.clinic.web.flow import FlowForm, last_body, show_flow, table, zone_of
from thecal.pharmacy import both_units
from thecal.safety.finding import Finding
from thecal.safety.identity import shown_mixture
from thecal.units import show, show_date, show_time

_NO_PUMP = "No pump is on record: nothing is ordered for it here."
_FIRST_FILL = "No pump is on record: what is ordered here is for its first fill, at the implant."


def orders_page(
    request: ClinicRequest, chart: Chart, forms: list[FlowForm], findings: tuple[Finding, ...]
) -> HttpResponse:
    """Return the page of a patient's orders; 422 where a form was refused."""
    people = people_of(request.clinic)
    orders = orders_of(chart)
    # Whoever recomputes must not read what comes out of it, of an order before it either.
    blind = not may(request.member.role, ORDER) and any(
        one.state in (State.ORDERED, State.DIFFERS) for one in orders
    )
    rows = [_row(one, people, request, blind=blind) for one in reversed(orders)]
    head = ("Order", "State", "Needed by", "Lot and last day", "Ordered, recomputed, released")
    links = []
    for one in orders:
        words = f"order {shown_code(one.code)}"
        if may(request.member.role, "print documents"):
            pages = [("solution paper", f"Print the {words}")]
            if one.released is not None:
                pages.append(("solution label", f"Print the label of {words}"))
            links += [
                (reverse(name, args=[chart.patient.pk, one.number]), say) for name, say in pages
            ]
    return show_flow(
        request,
        chart,
        "Solution for the next refill",
        forms,
        lead=_lead(chart, orders),
        warnings=_warnings(orders, request),
        findings=findings,
        tables=[table("Orders, the newest first", head, rows)],
        links=links,
        action=reverse("solution step", args=[chart.patient.pk]),
        **_asked_of(request, chart, orders),
    )


def _asked_of(
    request: ClinicRequest, chart: Chart, orders: tuple[SolutionOrder, ...]
) -> dict[str, Any]:
    """Return what the next signature of the pharmacy asks of who gives it."""
    if not may(request.member.role, "verify compounding"):
        return {}
    for one in orders:
        if one.state in (State.ORDERED, State.RECOMPUTED):
            held = solution_check(chart, request.member, one)
            return {"supervision": held, "about": one.number}
    return {}


def _lead(chart: Chart, orders: tuple[SolutionOrder, ...]) -> Iterator[str]:
    content = chart.content
    if not content["therapy"]:
        yield _FIRST_FILL if awaits_pump(chart) else _NO_PUMP
    by, last = content["dates"].get("refill_by"), content["supply"]["order_by"]
    if by:
        yield f"Refill by {show_date(datetime.fromisoformat(by))}."
    if last:
        yield (
            f"Order the solution by {show_date(date.fromisoformat(last))}: lead time, weekends,"
            " holidays and the courier of controlled drugs are counted back from there."
        )
    for one in orders:
        if one.is_open:
            code, waits = shown_code(one.code), WAITS_FOR[one.state]
            state = "stopped" if one.state is State.DIFFERS else one.state.value
            yield f"Order {code} is {state}; it waits for {waits}."
    kit = last_body(chart, KIT_ORDERED)
    if kit is not None and kit["kit"] in kits():
        yield f"Kit for the next refill: {kits()[kit['kit']].name}."


def _warnings(orders: tuple[SolutionOrder, ...], request: ClinicRequest) -> list[str]:
    found = []
    for one in orders:
        if one.state is State.DIFFERS:
            found.append(
                f"STOPPED, for both: the recomputation of order {shown_code(one.code)} differs"
                f" ({'; '.join(one.differences)}). Nothing is made until the prescriber has looked"
                " at the order again; then it is recomputed blind once more."
            )
    return found


def _row(
    one: SolutionOrder, people: Mapping[str, str], request: ClinicRequest, *, blind: bool
) -> tuple[str, ...]:
    zone = zone_of(request)

    def done(by: str, at: datetime) -> str:
        return f"{people.get(by, by)}, {show_time(at.astimezone(zone))}"

    solution = (
        f"{shown_mixture(one.mixture)}\n{show(one.volume, 'mL')}, code {shown_code(one.code)}"
    )
    if not blind:
        solution += "".join(
            f"\n{both_units(name, one.mixture.mass_of(name, one.volume))} of {name}"
            for name in one.mixture
        )
    made = one.received or one.released
    lot = "" if made is None else f"{made.lot}\nuntil {show_date(made.beyond_use)}"
    who = [done(one.ordered_by, one.ordered_at)]
    if one.recomputed_by:
        who.append(people.get(one.recomputed_by, one.recomputed_by))
    who += [done(each.by, each.at) for each in (one.released, one.received) if each is not None]
    told_state = "STOPPED: differs" if one.state is State.DIFFERS else one.state.value
    state = f"{told_state}\n{done(one.by, one.since)}"
    state += f"\n{one.reason}" if one.reason else ""
    return solution, state, show_date(one.needed_by), lot, "\n".join(who)
