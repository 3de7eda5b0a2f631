"""The clinic's orders by urgency, and what the days of an order are counted with.

Kind of entry of the clinic: `supply.settings` (`thecal.clinic.ledger.supply`).
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from thecal.care.due.working_days import lead_days
from thecal.care.supply.lead import (
    SupplySettings,
    read_holidays,
    write_holidays,
)
from thecal.care.supply.order import OPEN, WAITS_FOR, State
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, page
from thecal.clinic.ledger.log import Draft, write_to_clinic
from thecal.clinic.ledger.supply import SETTINGS, supply_settings
from thecal.clinic.models import Projection
from thecal.clinic.web.flow import flow_form, zone_of
from thecal.clinic.web.seen import number_in
from thecal.clinic.web.sheet import SheetField
from thecal.errors import EntryError

_SHOWN = 200


@page("see today")
def orders(request: ClinicRequest) -> HttpResponse:
    """List what has to be ordered, and every open order, the most urgent first."""
    contents = Projection.of_clinic(request.clinic).values_list("patient_id", "content")
    wanted: list[dict[str, Any]] = []
    running: list[dict[str, Any]] = []
    today = clock.now().astimezone(zone_of(request)).date()
    for patient, text in contents:
        content = json.loads(text)
        supply = content.get("supply") or {}
        who = {"patient": patient, "name": content["name"], "number": content["number"]}
        by = supply.get("order_by")
        if by:
            late = (today - date.fromisoformat(by)).days
            mixture = (content.get("therapy") or {}).get("mixture", {})
            wanted.append(
                {
                    **who,
                    "order_by": by,
                    "late": late,
                    "needed": supply["needed"],
                    "mixture": mixture,
                }
            )
        for one in supply.get("orders", ()):
            state = State(one["state"])
            late = (today - date.fromisoformat(one["needed_by"])).days
            lasts, is_open = one["beyond_use"], state in OPEN
            over = is_open and bool(lasts) and date.fromisoformat(lasts) < today
            waits = WAITS_FOR.get(state, "a witness of its destruction")
            if over and state is State.RECEIVED:
                waits = "whoever returns or destroys it"
            more = {"waits": waits, "late": late, "is_open": is_open, "over": over}
            running.append({**one, **who, **more})
    wanted.sort(key=lambda one: one["order_by"])
    running.sort(key=lambda one: (one["state"] != State.DIFFERS, one["needed_by"]))
    given = {
        "wanted": wanted[:_SHOWN],
        "more": max(0, len(wanted) - _SHOWN),
        "running": running,
        "today": today,
        "settings": supply_settings(request.clinic),
        "tab": "orders",
    }
    return render(request, "clinic/supply_orders.html", given)


@page("set the supply")
def settings(request: ClinicRequest) -> HttpResponse:
    """Show and set the lead time, the courier's days and the holidays of the clinic."""
    now = supply_settings(request.clinic)
    default = SupplySettings()
    fields = (
        SheetField(
            "lead",
            "Working days from order to delivery",
            "count",
            required=False,
            when=f"empty: {lead_days()}, a proposal that no source gives as a figure",
        ),
        SheetField(
            "courier",
            "More of them for a controlled drug",
            "count",
            required=False,
            when=f"empty: {default.courier_days}",
        ),
        SheetField(
            "holidays",
            "Days on which nothing is made or sent",
            "long",
            required=False,
            hint="one a line, as in 2026-12-25 Christmas Day; nothing is fetched from anywhere",
        ),
        SheetField("reason", "Why", hint="written into the clinic's log"),
    )
    form = flow_form(request, "settings", "What order-by dates are counted with", "Set it", fields)
    if request.method != "POST":
        form.sheet.typed = {
            "lead": "" if now.lead is None else str(now.lead),
            "courier": "" if now.courier is None else str(now.courier),
            "holidays": write_holidays(now.holidays),
        }
    elif form.sent and not form.sheet.errors:
        made = _typed(form.sheet)
        if made is not None:
            draft = Draft(SETTINGS, made.to_json(), str(form.sheet.typed["reason"]), now.to_json())
            write_to_clinic(request.clinic, request.author, (draft,))
            # Every list that rests on it is made anew when it is next looked at.
            Projection.objects.filter(clinic=request.clinic).update(wakes=clock.now())
            messages.success(request, "Set. The lists are counted anew as they are opened.")
            return redirect("supply settings")
    given = {"title": "Lead time and holidays", "forms": [form], "tab": "settings", "seen": 0}
    status = 422 if form.sheet.errors else 200
    return render(request, "clinic/supply_flow.html", given, status=status)


def _typed(sheet: Any) -> SupplySettings | None:
    numbers: dict[str, int | None] = {}
    longest = SupplySettings.longest()
    for name in ("lead", "courier"):
        text = str(sheet.typed[name])
        number = number_in(text)
        if text and (number is None or number > longest):
            sheet.refuse(name, f"write a whole number of days, at most {longest}")
        numbers[name] = number
    try:
        holidays = read_holidays(str(sheet.typed["holidays"]).replace("\r", ""))
    except EntryError as error:
        sheet.refuse("holidays", f"{error.what}; {error.remedy}")
    if sheet.errors:
        return None
    return SupplySettings(numbers["lead"], numbers["courier"], holidays)


urlpatterns = [
    path("orders/", orders, name="orders"),
    path("settings/", settings, name="supply settings"),
]
