"""What the entries say of supply: a patient's orders, and what the clinic has set.

Kinds of entries of the clinic: `supply.settings`, the settings as a whole. Those of a patient are
listed in `thecal.care.supply.told`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from thecal.care.due.knowledge import Draft, Knowledge
from thecal.care.due.refills import order_day, solution_needed
from thecal.care.supply.lead import SupplySettings, settings_of
from thecal.care.supply.order import (
    WAITS_FOR,
    SolutionOrder,
    State,
    not_needed_until,
    solution_orders,
)
from thecal.care.supply.told import OF_ORDERS, OF_VISITS, Told
from thecal.clinic.models import Clinic, EntryRow, Stream
from thecal.record.entry import entry_of
from thecal.record.fold import Effective
from thecal.safety.identity import shown_mixture
from thecal.units import show

SETTINGS = "supply.settings"
_OF_ORDERS = OF_ORDERS | OF_VISITS


def told_of(one: Effective) -> Told:
    """Return an entry as it stands, as the rules of supply read it."""
    assert one.body is not None
    entry = one.entry
    return Told(entry.seq, entry.kind, entry.actor, entry.written, one.body, entry.reason)


def told(standing: Iterable[Effective], kinds: frozenset[str]) -> tuple[Told, ...]:
    """Return the entries of some kinds that were not withdrawn."""
    return tuple(told_of(one) for one in standing if one.entry.kind in kinds and one.body)


def orders_in(standing: Iterable[Effective]) -> tuple[SolutionOrder, ...]:
    """Return the orders of a patient, the oldest first."""
    return solution_orders(told(standing, _OF_ORDERS))


def supply_settings(clinic: Clinic) -> SupplySettings:
    """Return what a clinic has set; the shipped defaults where it has set nothing."""
    rows = EntryRow.objects.filter(
        stream__clinic=clinic, stream__kind=Stream.Kind.CLINIC, kind=SETTINGS
    )
    text = rows.order_by("-seq").values_list("text", flat=True).first()
    return SupplySettings() if text is None else settings_of(entry_of(text).body)


def with_orders(
    known: Knowledge, standing: tuple[Effective, ...], settings: SupplySettings, now: datetime
) -> Knowledge:
    """Return what is known with what orders decide.

    An order serves the next refill until its solution is in the pump, or may not be injected any
    more when it is needed; a pump that holds no drug needs none.
    """
    needed = solution_needed(known)
    if known.refill_by is None or needed is None or not known.drugs:
        return known
    entries = told(standing, _OF_ORDERS)
    open_ones = [one for one in solution_orders(entries) if one.is_open]
    serving = [one for one in open_ones if one.serves(max(needed, now.date()))]
    until = not_needed_until(entries)
    settled = until is not None and known.refill_by.date() <= until
    return replace(
        known,
        order_needed=not serving and not settled,
        order_lead=settings.lead_for(known.drugs),
        holidays=frozenset(settings.holidays),
        order_arrives=_arrives(serving, now.date()),
        solution_lasts=tuple(one.last_day for one in open_ones if one.last_day is not None),
        drafts=(*known.drafts, *_waiting(open_ones, now)),
    )


def _arrives(serving: list[SolutionOrder], today: date) -> date | None:
    """Return when the first solution is there at the earliest; None: there is one, or no order."""
    if not serving or any(one.state is State.RECEIVED for one in serving):
        return None
    return max(today, min(one.needed_by for one in serving))


def _waiting(open_ones: Iterable[SolutionOrder], now: datetime) -> Iterable[Draft]:
    for one in open_ones:
        if one.state in (State.ORDERED, State.DIFFERS):
            what = f"the order of {shown_mixture(one.mixture)}"
            yield Draft(what, one.since.astimezone(now.tzinfo), WAITS_FOR[one.state])


def supply_content(known: Knowledge, standing: tuple[Effective, ...]) -> dict[str, Any]:
    """Return what the lists of supply need of a patient, for a projection.

    Parameters
    ----------
    known
        With its orders.
    """
    orders = orders_in(standing)
    day, needed, planned = order_day(known), solution_needed(known), known.next_visit
    return {
        "order_by": None if day is None else day.isoformat(),
        "needed": None if needed is None else needed.isoformat(),
        "next_visit": None if planned is None else planned.isoformat(),
        "codes": [one.code for one in orders],
        "orders": [
            {
                "number": one.number,
                "state": one.state.value,
                "since": one.since.isoformat(),
                "mixture": shown_mixture(one.mixture),
                "volume": show(one.volume, "mL"),
                "needed_by": one.needed_by.isoformat(),
                "beyond_use": one.last_day and one.last_day.isoformat(),
            }
            for one in orders
            if one.is_open or one.needs_witness
        ],
    }
