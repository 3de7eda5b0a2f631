"""The stock of kits by kit and lot: what came, what visits used, what was counted and thrown away.

Kinds of entries of the clinic
------------------------------
`kits.received`
    `kit`, `lot`, `expiry`, `count`, and `cost` of one as the delivery note has it.
`kits.counted`
    `kit`, `lot`, `count`: so many are there; the difference to the book is told.
`kits.discarded`
    `kit`, `lot`, `count`; the reason is the entry's.

What a refill visit used stands in its own entries, never typed twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import final

from thecal.care.kits import Kit, Port, fitting, kits
from thecal.care.spans import span
from thecal.care.supply.rules import RULES
from thecal.care.supply.told import VISIT_STEP, Told
from thecal.device import pump_model
from thecal.units import Duration

KIT_RECEIVED, KIT_COUNTED = "kits.received", "kits.counted"
KIT_DISCARDED = "kits.discarded"
OF_KITS = frozenset({KIT_RECEIVED, KIT_COUNTED, KIT_DISCARDED})


@final
@dataclass(frozen=True, slots=True)
class KitUse:
    """A kit that was opened at a visit."""

    kit: str
    lot: str
    at: datetime


@final
@dataclass(frozen=True, slots=True)
class KitLot:
    """The kits of one lot.

    Attributes
    ----------
    expiry
        None: no delivery of this lot was ever written down.
    count
        How many should be there; below zero where more were used than came.
    off
        How many the last count found more than the book had; None: never counted.
    cost
        Of one, in words as it stood on the delivery note; empty where nobody said.
    """

    kit: str
    lot: str
    expiry: date | None = None
    count: int = 0
    used: int = 0
    off: int | None = None
    counted: datetime | None = None
    cost: str = ""

    def usable(self, on: date) -> int:
        """Return how many may be opened on a day."""
        return max(0, self.count) if self.expiry is not None and self.expiry >= on else 0


@final
@dataclass(frozen=True, slots=True)
class PlannedVisit:
    """A refill that comes: of which pump model, and when."""

    model: str
    day: date


@final
@dataclass(frozen=True, slots=True)
class KitNeed:
    """What the refills of the next weeks ask of the kits that fit their pumps.

    Attributes
    ----------
    kits
        Those that fit; empty where the catalogue knows none.
    short_from
        The first refill for which none is left that is not expired; None: there are enough.
    left
        How many are left after the last of them.
    """

    kits: tuple[Kit, ...]
    visits: int
    usable: int
    short_by: int
    short_from: date | None
    left: int

    @property
    def is_low(self) -> bool:
        """Whether too few are left, or none for somebody."""
        return self.short_by > 0 or self.left < int(RULES.get("kits", "reserve", Fraction).value)


def kit_stock(entries: Iterable[Told], uses: Iterable[KitUse]) -> tuple[KitLot, ...]:
    """Return every lot that came or was used, in the order of the catalogue, then by expiry."""
    lots: dict[tuple[str, str], KitLot] = {}
    steps: list[tuple[datetime, Told | KitUse]] = [(one.at, one) for one in entries]
    steps += [(one.at, one) for one in uses]
    for _, one in sorted(steps, key=lambda each: each[0]):
        if isinstance(one, KitUse):
            lot = lots.get((one.kit, one.lot), KitLot(one.kit, one.lot))
            lots[one.kit, one.lot] = replace(lot, count=lot.count - 1, used=lot.used + 1)
        else:
            key = (str(one.body["kit"]), str(one.body["lot"]))
            lots[key] = _moved(lots.get(key, KitLot(*key)), one)
    order = list(kits())
    return tuple(
        sorted(
            lots.values(),
            key=lambda one: (
                order.index(one.kit) if one.kit in order else len(order),
                one.expiry or date.max,
                one.lot,
            ),
        )
    )


def kits_used(entries: Iterable[Told]) -> tuple[KitUse, ...]:
    """Return the kits that one patient's visits opened: one for each visit, as last corrected.

    Parameters
    ----------
    entries
        Of the patient, in their order: steps of refill visits, and drawings from the access port.
    """
    opened: dict[tuple[str, int], KitUse] = {}
    for one in entries:
        if one.kind == VISIT_STEP:
            key, record = ("visit", int(one.body["visit"])), one.body["record"]
        else:
            key, record = ("port", one.seq), one.body["drawn"]
        if record.get("kit"):
            at = opened[key].at if key in opened else one.at
            opened[key] = KitUse(str(record["kit"]), str(record.get("kit_lot", "")), at)
    return tuple(opened.values())


def kit_needs(
    visits: Sequence[PlannedVisit], stock: Sequence[KitLot], today: date
) -> tuple[KitNeed, ...]:
    """Return what the refills within the next weeks ask of the stock, the shortest first.

    The bag of an external pump needs none. A refill takes the kit that expires first and is not
    expired on its day; refills that are overdue need one today.
    """
    last = today + span(RULES.get("kits", "ahead", Duration).value)
    groups: dict[tuple[str, ...], list[date]] = {}
    for one in visits:
        model = pump_model(one.model)
        if one.day <= last and model.kind != "external":
            found = fitting(model, Port.RESERVOIR)
            groups.setdefault(tuple(each.id for each in found), []).append(max(one.day, today))
    needs = [_need(ids, sorted(days), stock, today) for ids, days in groups.items()]
    return tuple(sorted(needs, key=lambda one: (-one.short_by, one.left)))


def expires_within(lot: KitLot, today: date) -> bool:
    """Whether kits of a lot that are there expire within the next weeks, or have expired."""
    soon = span(RULES.get("kits", "expires-soon", Duration).value)
    return lot.count > 0 and (lot.expiry is None or lot.expiry - today <= soon)


def _moved(lot: KitLot, one: Told) -> KitLot:
    count = int(one.body["count"])
    if one.kind == KIT_RECEIVED:
        expiry, cost = date.fromisoformat(str(one.body["expiry"])), str(one.body.get("cost", ""))
        return replace(lot, count=lot.count + count, expiry=expiry, cost=cost or lot.cost)
    if one.kind == KIT_DISCARDED:
        return replace(lot, count=lot.count - count)
    return replace(lot, count=count, off=count - lot.count, counted=one.at)


def _need(
    ids: tuple[str, ...], days: Sequence[date], stock: Sequence[KitLot], today: date
) -> KitNeed:
    known: Mapping[str, Kit] = kits()
    lots = sorted(
        (one for one in stock if one.kit in ids and one.expiry is not None),
        key=lambda one: one.expiry or date.max,
    )
    left = [max(0, one.count) for one in lots]
    short: list[date] = []
    for day in days:
        place = next(
            (n for n, one in enumerate(lots) if left[n] and (one.expiry or date.min) >= day), None
        )
        if place is None:
            short.append(day)
        else:
            left[place] -= 1
    after = days[-1] + timedelta(days=1)
    return KitNeed(
        kits=tuple(known[one] for one in ids),
        visits=len(days),
        usable=sum(one.usable(today) for one in lots),
        short_by=len(short),
        short_from=short[0] if short else None,
        left=sum(n for n, one in zip(left, lots, strict=True) if (one.expiry or date.min) >= after),
    )
