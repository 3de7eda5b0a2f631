"""The clinic's kits: its own entries, and what the visits of its patients used and will need."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import final

from thecal.care.supply.kit_stock import (
    OF_KITS,
    KitLot,
    KitNeed,
    KitUse,
    PlannedVisit,
    kit_needs,
    kit_stock,
)
from thecal.care.supply.visits import visits_of
from thecal.clinic.models import Clinic, Projection
from thecal.clinic.supply.streams import told_by_clinic, told_by_patients


@final
@dataclass(frozen=True, slots=True)
class KitRoom:
    """The cupboard of a clinic.

    Attributes
    ----------
    seen
        How many entries its own stream has of kits: what a form sends back.
    """

    stock: tuple[KitLot, ...]
    needs: tuple[KitNeed, ...]
    seen: int


def kit_room(clinic: Clinic, today: date) -> KitRoom:
    """Return the stock of a clinic against the refills of the next weeks."""
    entries = told_by_clinic(clinic, OF_KITS)
    stock = kit_stock(entries, tuple(_used(clinic)))
    return KitRoom(stock, kit_needs(tuple(_planned(clinic)), stock, today), len(entries))


def _used(clinic: Clinic) -> Iterator[KitUse]:
    for entries in told_by_patients(clinic).values():
        for visit in visits_of(entries):
            if visit.kit is not None:
                yield visit.kit
        for one in entries:
            drawn = one.body.get("drawn") if one.kind == "port.drawn" else None
            if drawn and drawn.get("kit"):
                yield KitUse(str(drawn["kit"]), str(drawn.get("kit_lot", "")), one.at)


def _planned(clinic: Clinic) -> Iterator[PlannedVisit]:
    """Yield the next refill of everybody with a pump: the visit that is planned, else refill-by."""
    contents = Projection.of_clinic(clinic).values_list("content", flat=True)
    for content in map(json.loads, contents):
        pump, by = content.get("therapy") or {}, content.get("dates", {}).get("refill_by")
        visit = content.get("supply", {}).get("next_visit")
        if not pump or not by:
            continue
        days = [datetime.fromisoformat(by).date()]
        if visit:
            days.append(date.fromisoformat(visit))
        yield PlannedVisit(pump["model"], min(days))
