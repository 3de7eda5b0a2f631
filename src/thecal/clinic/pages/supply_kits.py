"""The clinic's kits: the catalogue, the stock against the refills to come, what came and went.

Kinds of entries: `thecal.care.supply.kit_stock`.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from thecal.care.kits import Kit, kits
from thecal.care.supply.kit_stock import (
    KIT_COUNTED,
    KIT_DISCARDED,
    KIT_RECEIVED,
    KitLot,
    expires_within,
)
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, page
from thecal.clinic.access.permissions import may
from thecal.clinic.ledger.log import Draft, LostUpdateError, write_to_clinic
from thecal.clinic.supply.kits import KitRoom, kit_room
from thecal.clinic.web.flow import FlowForm, accepted, flow_form, typed_day, zone_of
from thecal.clinic.web.seen import number_in, seen_of
from thecal.clinic.web.sheet import SheetField
from thecal.data import Fact
from thecal.device import pump_models
from thecal.units import show, show_date, show_number

_PORTS = {"reservoir": "RESERVOIR", "side-port": "CATHETER ACCESS PORT"}


@page("see the stock")
def index(request: ClinicRequest) -> HttpResponse:
    """Show catalogue and stock."""
    return _page(request, _forms(request))


@page("keep the supply")
def move(request: ClinicRequest) -> HttpResponse:
    """Write down what came, what was counted, or what was thrown away."""
    forms = _forms(request)
    form = next((one for one in forms if one.sent), None)
    if request.method != "POST" or form is None:
        return redirect("kits")
    if accepted(form):
        body = _body(request, form)
        if body is not None and not form.sheet.errors:
            if _room(request).seen != seen_of(request):
                raise LostUpdateError(
                    "somebody wrote to the stock after this page was opened",
                    remedy="look at the stock as it stands, then write it down again",
                )
            write_to_clinic(request.clinic, request.author, (_draft(form, body),))
            messages.success(request, "Written down.")
            return redirect("kits")
    return _page(request, forms)


def _draft(form: FlowForm, body: dict[str, Any]) -> Draft:
    if form.what == "received":
        return Draft(KIT_RECEIVED, body)
    if form.what == "counted":
        return Draft(KIT_COUNTED, body)
    return Draft(KIT_DISCARDED, body, str(form.sheet.typed["reason_discarded"]))


def _room(request: ClinicRequest) -> KitRoom:
    return kit_room(request.clinic, clock.now().astimezone(zone_of(request)).date())


def _page(request: ClinicRequest, forms: list[FlowForm]) -> HttpResponse:
    room, today = _room(request), clock.now().astimezone(zone_of(request)).date()
    given: dict[str, Any] = {
        "tab": "kits",
        "catalogue": [_kit(one) for one in kits().values()],
        "stock": [_lot(one, today) for one in room.stock],
        "needs": room.needs,
        "low": [one for one in room.needs if one.is_low],
        "forms": forms,
        "seen": room.seen,
    }
    refused = any(one.sent and one.sheet.errors for one in forms)
    return render(request, "clinic/supply_kits.html", given, status=422 if refused else 200)


def _kit(one: Kit) -> dict[str, Any]:
    """Return a kit as a row; a figure that is not verified says so."""
    gauge = (
        []
        if one.needle_gauge is None
        else [(show_number(one.needle_gauge.value), one.needle_gauge)]
    )
    lengths = [(show(fact.value, "cm"), fact) for fact in one.needle_lengths]
    return {
        "name": one.name,
        "port": _PORTS[one.port.value],
        "fits": [model.name for model in pump_models() if one.fits(model)],
        "gauge": [_figure(*each) for each in gauge],
        "lengths": [_figure(*each) for each in lengths],
        "filter": [] if one.filter is None else [_figure(one.filter.value, one.filter)],
        "template": [] if one.template is None else [_figure(one.template.value, one.template)],
    }


def _figure(text: str, fact: Fact[Any]) -> dict[str, Any]:
    return {"text": text, "source": fact.provenance(), "unverified": fact.recalled}


def _lot(one: KitLot, today: Any) -> dict[str, Any]:
    known = kits().get(one.kit)
    if one.expiry is None:
        says = "used, and no delivery of it is written down"
    elif one.expiry < today:
        says = "EXPIRED: throw them away"
    elif expires_within(one, today):
        says = "expires soon"
    else:
        says = ""
    return {
        "name": one.kit if known is None else known.name,
        "one": one,
        "expiry": "not known" if one.expiry is None else show_date(one.expiry),
        "says": says,
        "cost": one.cost,
    }


def _forms(request: ClinicRequest) -> list[FlowForm]:
    if not may(request.member.role, "keep the supply"):
        return []
    choices = tuple((one.id, f"{_PORTS[one.port.value]}: {one.name}") for one in kits().values())

    def common(what: str) -> tuple[SheetField, ...]:
        return (
            SheetField(f"kit_{what}", "Kit", "choice", choices=choices),
            SheetField(f"lot_{what}", "Lot"),
            SheetField(f"count_{what}", "How many", "count"),
        )

    came = (
        SheetField("expiry", "Expires on", "date"),
        SheetField(
            "cost",
            "Cost of one, as on the delivery note",
            required=False,
            hint="0 where it is free",
        ),
    )
    why = SheetField("reason_discarded", "Why")
    return [
        flow_form(
            request,
            "received",
            "Kits came",
            "Put them in",
            (*common("received"), *came),
            columns=True,
        ),
        flow_form(
            request, "counted", "Kits counted", "So many are there", common("counted"), columns=True
        ),
        flow_form(
            request,
            "discarded",
            "Kits thrown away",
            "Take them out",
            (*common("discarded"), why),
            columns=True,
        ),
    ]


def _body(request: ClinicRequest, form: FlowForm) -> dict[str, Any] | None:
    typed, what = form.sheet.typed, form.what
    kit, lot = str(typed[f"kit_{what}"]), str(typed[f"lot_{what}"])
    count = number_in(str(typed[f"count_{what}"]))
    if kit not in kits():
        form.sheet.refuse(f"kit_{what}", "choose one of the list")
    if count is None or (count == 0 and what != "counted"):
        form.sheet.refuse(f"count_{what}", "write a whole number, more than nothing")
    found: dict[str, Any] = {"kit": kit, "lot": lot, "count": count}
    if what == "received":
        expiry = typed_day(form, "expiry")
        if expiry is not None and expiry < clock.now().astimezone(zone_of(request)).date():
            form.sheet.refuse("expiry", "these have expired: do not take them in")
        found |= {"expiry": expiry and expiry.isoformat(), "cost": str(typed["cost"])}
    elif not form.sheet.errors and not any(
        (one.kit, one.lot) == (kit, lot) for one in _room(request).stock
    ):
        form.sheet.refuse(f"lot_{what}", "no kit of this lot came or was used here: look again")
    return None if form.sheet.errors else found


urlpatterns = [
    path("", index, name="kits"),
    path("move/", move, name="move kits"),
]
