"""What the entries of refill visits say of the drug: one value for each visit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, final

from thecal.care.supply import told as kinds
from thecal.care.supply.told import Told
from thecal.care.visit import RECORDS, read_record
from thecal.pharmacy import DRUG_FREE, Mixture
from thecal.therapy.table import Table
from thecal.units import Volume

_STEPS = ("verify", "aspirate", "waste")


@final
@dataclass
class VisitSupply:
    """A refill visit as far as the drug goes.

    Attributes
    ----------
    operator
        Login name of who began it.
    records
        The records of its steps by key, the last of each.
    at
        When each of them was first written.
    old
        The solution that the pump held before it.
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
    records: dict[str, Any] = field(default_factory=dict)
    at: dict[str, datetime] = field(default_factory=dict)
    order: int = 0
    witness: str = ""
    ended: datetime | None = None
    residual: Mapping[str, str] = field(default_factory=dict)


def visits_of(entries: Iterable[Told]) -> tuple[VisitSupply, ...]:
    """Return the refill visits of one patient, the oldest first.

    What belongs to a visit whose begin was withdrawn tells nothing: one record never keeps a clinic
    from its book.
    """
    found: dict[int, VisitSupply] = {}
    holds = DRUG_FREE
    for one in entries:
        if one.kind == kinds.EVENT and one.body.get("type") == "fill":
            holds = _filled(one)
        elif one.kind == kinds.VISIT_BEGUN:
            operator = str(one.body.get("operator", one.by))
            found[one.seq] = VisitSupply(one.seq, operator, one.at, holds)
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
        if step == "waste":
            visit.witness = str(one.body["record"].get("witness", ""))
    elif one.kind == kinds.VISIT_WITNESS:
        visit.witness = one.by
    else:
        visit.ended = one.at
        visit.residual = dict(one.body.get("residual", {}))
