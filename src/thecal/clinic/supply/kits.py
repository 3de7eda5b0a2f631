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
    kits_used,
)
from thecal.clinic.models import Clinic, Projection
from thecal.clinic.supply.streams import kits_opened, told_by_clinic


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
    stock = kit_stock(entries, _used(clinic))
    return KitRoom(stock, kit_needs(tuple(_planned(clinic)), stock, today), len(entries))


def _used(clinic: Clinic) -> tuple[KitUse, ...]:
    return tuple(one for each in kits_opened(clinic).values() for one in kits_used(each))


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
