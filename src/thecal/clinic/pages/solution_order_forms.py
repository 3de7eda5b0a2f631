"""The forms of a patient's compounding orders: what somebody of a role may do with each now."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from thecal.care.kits import kits
from thecal.care.supply import told as kinds
from thecal.care.supply.label_code import shown_code
from thecal.care.supply.order import FROM, SolutionOrder, State
from thecal.clinic.access.guard import ClinicRequest
from thecal.clinic.access.permissions import may
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.supply.labels import orders_of
from thecal.clinic.supply.orders import made_fields, worked_fields
from thecal.clinic.web.flow import FlowForm, flow_form
from thecal.clinic.web.sheet import SheetField
from thecal.safety.identity import shown_mixture
from thecal.units import Volume, show

WORK, ORDER, VERIFY = "keep the supply", "sign orders", "verify compounding"
_SIGN = "Your password, to sign"
BEFORE_PUMP = "implant-planned"
"""The stage in which the solution of a first fill is ordered."""


def order_forms(request: ClinicRequest, chart: Chart) -> list[FlowForm]:
    """Return the forms that are open to somebody: none where nothing may be done."""
    role = request.member.role
    if not may(role, WORK) or request.emergency is not None:
        return []
    has_pump = bool(chart.content["therapy"])
    form = partial(flow_form, request)
    orders, made = orders_of(chart), []
    for one in orders:
        made += [form(*given, **more) for given, more in _steps_of(one, role)]
    if may(role, ORDER) and (has_pump or awaits_pump(chart)):
        made.append(
            form(
                "order",
                "Order a solution",
                "Sign the order of the solution",
                _order_fields(),
                sign=_SIGN,
            )
        )
        if chart.content["supply"]["order_by"]:
            why = SheetField("why_not_needed", "Why nothing is compounded for the next refill")
            made.append(form("not-needed", "Nothing is ordered", "Order nothing", (why,)))
    if not has_pump:
        return made
    choices = tuple((one.id, one.name) for one in kits().values())
    kit = SheetField("kit_for_visit", "Kit", "choice", choices=choices)
    made.append(form("kit", "Kit for the next refill", "Set it aside", (kit,)))
    return made


def awaits_pump(chart: Chart) -> bool:
    """Return whether somebody without a pump is to get one: its first fill is ordered before."""
    return not chart.content["therapy"] and chart.content["stage"] == BEFORE_PUMP


def _order_fields() -> tuple[SheetField, ...]:
    return (
        SheetField(
            "mixture",
            "Solution",
            hint="every drug with its concentration, as in: morphine 10 mg/mL, clonidine 0.1 mg/mL",
            wide=True,
        ),
        SheetField(
            "volume", "Volume to be made", "quantity", "mL", hint="with what line and needle hold"
        ),
        SheetField("needed_by", "Needed here by", "date"),
        SheetField(
            "reason_order",
            "Reason",
            required=False,
            when="where the solution changes or comes late",
        ),
    )


def _steps_of(one: SolutionOrder, role: str) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Yield what somebody of a role may do with an order now: a form for each."""
    n, code = one.number, shown_code(one.code)
    reason = SheetField(f"reason_{n}", "Reason")
    if one.state is State.ORDERED and may(role, VERIFY):
        hint = (
            f"{shown_mixture(one.mixture)}, {show(one.volume, 'mL')}: work it out yourself;"
            " nobody's figures stand here, and yours are compared exactly"
        )
        fields = tuple(worked_fields(one))
        title = f"Recompute order {code}"
        yield (
            (f"recompute-{n}", title, "Sign the recomputation", fields),
            {"sign": _SIGN, "hint": hint},
        )
    if one.state is State.DIFFERS and may(role, ORDER):
        title = f"Order {code} stands as it is"
        yield (f"confirm-{n}", title, "Sign it again", (reason,)), {"sign": _SIGN}
    if one.state is State.RECOMPUTED and may(role, VERIFY):
        title = f"Release what was made for {code}"
        yield (f"release-{n}", title, "Sign the release", made_fields(n)), {"sign": _SIGN}
    if one.state is State.RELEASED:
        fields = (
            SheetField(f"lot_{n}", "Lot", hint="read it from the label"),
            SheetField(
                f"beyond_use_{n}",
                "Beyond-use date",
                "date",
                required=False,
                when="without it nothing is accepted",
            ),
            SheetField(f"volume_{n}", "Volume", "quantity", "mL"),
        )
        title = f"Take in what was made for {code}"
        yield (f"receive-{n}", title, "Sign that it is here", fields), {"sign": _SIGN}
    if one.state is State.RECEIVED:
        how = (
            ("returned", "returned to the pharmacy"),
            ("destroyed", "destroyed"),
            ("used", "used outside a refill and an implant"),
        )
        fields = (
            SheetField(f"how_{n}", "What became of it", "choice", choices=how),
            SheetField(f"volume_{n}", "Volume", "quantity", "mL"),
            SheetField(
                f"rest_{n}",
                "Of what was used: the rest, destroyed",
                "quantity",
                "mL",
                required=False,
                when="0 or empty where nothing was left",
            ),
            reason,
        )
        title = f"Solution {code} is not used at a refill visit"
        yield (f"end-{n}", title, "Sign what became of it", fields), {"sign": _SIGN}
    if one.needs_witness:
        title = f"I saw {code} destroyed"
        seen = (one.rest if one.state is State.USED else one.ended_volume) or Volume.zero()
        hint = f"{show(seen, 'mL')} of {shown_mixture(one.mixture)}"
        yield (f"witness-{n}", title, "Sign as witness", ()), {"sign": _SIGN, "hint": hint}
    if one.state in FROM[kinds.WITHDRAWN]:
        title = f"Withdraw order {code}"
        yield (f"withdraw-{n}", title, "Withdraw it", (reason,)), {}
