"""What the entries of refills and implants say of the drug: one value for each visit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, final

from thecal.care.implant_visit import IMPLANT, ImplantVisit, account
from thecal.care.supply import told as kinds
from thecal.care.supply.told import Told
from thecal.care.visit import RECORDS, read_record
from thecal.pharmacy import DRUG_FREE, Mixture
from thecal.therapy.table import Table
from thecal.units import Volume

_STEPS = ("verify", "aspirate", "waste")
_FILL = "fill"


@final
@dataclass(frozen=True, slots=True)
class Brought:
    """A solution as its label was read at a visit; `volume` is what there was of it."""

    lot: str
    mixture: Mixture
    volume: Volume


@final
@dataclass
class VisitSupply:
    """A refill visit, or an implant, as far as the drug goes.

    Attributes
    ----------
    operator
        Login name of who began it, or of who filled the pump at an implant.
    is_implant
        Whether a pump was implanted or replaced at it.
    records
        The records of its steps by key, the last of each.
    at
        When each of them was first written.
    old
        The solution that the pump held before it.
    brought
        The solution that was filled; None: nothing tells.
    order
        The number of the order that was injected; 0: none of this record.
    witness
        Login name of who saw the waste destroyed.
    residual
        What the end of the visit says of the aspirate: `expected`, `drawn`, `band`, `direction`.
    """

    number: int
    operator: str
    begun: datetime
    old: Mixture = DRUG_FREE
    is_implant: bool = False
    records: dict[str, Any] = field(default_factory=dict)
    at: dict[str, datetime] = field(default_factory=dict)
    brought: Brought | None = None
    order: int = 0
    witness: str = ""
    ended: datetime | None = None
    residual: Mapping[str, str] = field(default_factory=dict)


def visits_of(entries: Iterable[Told]) -> tuple[VisitSupply, ...]:
    """Return the refill visits and the implants of one patient, the oldest first.

    What belongs to a visit whose begin was withdrawn tells nothing: one record never keeps a clinic
    from its book.
    """
    found: dict[int, VisitSupply] = {}
    holds = DRUG_FREE
    for one in entries:
        if one.kind == kinds.EVENT and one.body.get("type") == "fill":
            holds = _filled(one)
        elif one.kind in kinds.BEGUN:
            operator = str(one.body.get("operator", one.by))
            implant = one.kind == kinds.IMPLANT_BEGUN
            found[one.seq] = VisitSupply(one.seq, operator, one.at, holds, implant)
        elif one.kind in kinds.OF_VISITS and int(one.body["visit"]) in found:
            _add(found[int(one.body["visit"])], one)
    return tuple(found.values())


@final
@dataclass(frozen=True, slots=True)
class Emptied:
    """A pump that was emptied outside a refill visit, as before a scan.

    Attributes
    ----------
    witness
        Who saw the drug destroyed, as it was written down; empty where nobody was named.
    """

    number: int
    at: datetime
    by: str
    volume: Volume
    mixture: Mixture
    witness: str


def emptied(entries: Iterable[Told]) -> Iterator[Emptied]:
    """Yield the emptyings that are no part of a refill visit: those stand in its steps."""
    holds, going = DRUG_FREE, False
    for one in entries:
        if one.kind == kinds.VISIT_BEGUN:
            going = True
        elif one.kind in (kinds.VISIT_CLOSED, kinds.VISIT_LEFT):
            going = False
        elif one.kind == kinds.EVENT and one.body.get("type") == "fill":
            holds = _filled(one)
        elif one.kind == kinds.EVENT and one.body.get("type") == "empty" and not going:
            volume = _drawn(one)
            if volume:
                witness = str(one.body.get("witness", ""))
                yield Emptied(one.seq, one.at, one.by, volume, holds, witness)


def _filled(one: Told) -> Mixture:
    table = Table(dict(one.body), f"entry {one.seq}")
    return table.take_mixture("mixture", empty_allowed=True)


def _drawn(one: Told) -> Volume:
    table = Table(dict(one.body), f"entry {one.seq}")
    return table.take_quantity("aspirated", Volume, zero_allowed=True)


def _add(visit: VisitSupply, one: Told) -> None:
    if one.kind == kinds.VISIT_STEP:
        step = str(one.body["step"])
        if step == "verify":
            visit.order = int(one.body.get("solution", 0))
        if step == "fill":
            visit.at.setdefault(step, one.at)
        if step in _STEPS:
            table = Table(dict(one.body["record"]), f"entry {one.seq}")
            visit.records[step] = read_record(RECORDS[step], table)
            visit.at.setdefault(step, one.at)
        if step == "verify":
            label = visit.records[step]
            visit.brought = Brought(label.lot, label.label, label.volume)
        if step == "waste":
            visit.witness = str(one.body["record"].get("witness", ""))
    elif one.kind == kinds.IMPLANT_STEP:
        if one.body["step"] == _FILL:
            _first_fill(visit, one)
    elif one.kind == kinds.IMPLANT_WITNESS:
        visit.witness = one.by if one.body.get("what") == _FILL else visit.witness
    elif one.kind == kinds.VISIT_WITNESS:
        visit.witness = one.by
    else:
        visit.ended = one.at
        visit.residual = dict(one.body.get("residual", {}))


def _first_fill(visit: VisitSupply, one: Told) -> None:
    """Take the first fill of an implant, whose place a later one takes.

    What was written before the account of the solution was asked for tells nothing of it.
    """
    visit.operator, visit.witness = one.by, ""
    visit.order, visit.brought = int(one.body.get("solution", 0)), None
    visit.at |= dict.fromkeys(("verify", _FILL, "waste"), one.at)
    visit.records.pop("waste", None)
    told = ImplantVisit(IMPLANT, {_FILL: one.body["values"]}, {_FILL: one.body["asked"]})
    waste, solution = account(told), told.filled.get("mixture", Mixture)
    if waste is not None and solution is not None:
        lot = told.filled.get("fill_lot", str) or ""
        visit.brought = Brought(lot, solution, waste.received)
        visit.records["waste"] = waste
