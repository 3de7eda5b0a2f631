"""A compounding order from its signature to the pump, or to its end: a fold of its entries.

`ordered` -> `recomputed` -> `released` -> `received` -> `used`, `returned` or `destroyed`; a
recomputation that differs stops it (`differs`) until the prescriber has looked again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any, final

from thecal.care.supply import told as kinds
from thecal.care.supply.told import Told
from thecal.errors import StepRefusedError
from thecal.pharmacy import Mixture
from thecal.therapy.table import Table
from thecal.units import Volume


@final
class State(StrEnum):
    """How an order stands."""

    ORDERED = "ordered"
    DIFFERS = "differs"
    RECOMPUTED = "recomputed"
    RELEASED = "released"
    RECEIVED = "received"
    USED = "used"
    RETURNED = "returned"
    DESTROYED = "destroyed"
    WITHDRAWN = "withdrawn"


OPEN = (State.ORDERED, State.DIFFERS, State.RECOMPUTED, State.RELEASED, State.RECEIVED)
_BEFORE_DELIVERY = OPEN[:-1]
WAITS_FOR: Mapping[State, str] = MappingProxyType(
    {
        State.ORDERED: "a pharmacist, who recomputes it without seeing the figures",
        State.DIFFERS: "the prescriber: the recomputation differs, nothing is made",
        State.RECOMPUTED: "a pharmacist, who releases what was made",
        State.RELEASED: "whoever takes it in at the clinic",
        State.RECEIVED: "the refill",
    }
)
FROM: Mapping[str, tuple[State, ...]] = MappingProxyType(
    {
        kinds.RECOMPUTED: (State.ORDERED,),
        kinds.CONFIRMED: (State.DIFFERS,),
        kinds.RELEASED: (State.RECOMPUTED,),
        kinds.RECEIVED: (State.RELEASED,),
        kinds.ENDED: (State.RECEIVED,),
        kinds.WITNESSED: (State.DESTROYED, State.USED),
        kinds.WITHDRAWN: _BEFORE_DELIVERY,
    }
)
"""In which states each entry may be written."""


@final
@dataclass(frozen=True, slots=True)
class Container:
    """What was made, or what arrived: lot, last day to inject it, volume."""

    lot: str
    beyond_use: date
    volume: Volume
    by: str
    at: datetime


@final
@dataclass(frozen=True, slots=True)
class SolutionOrder:
    """An order as it stands.

    Attributes
    ----------
    number
        Of the entry that ordered it.
    code
        On its label.
    since, by
        When and by whom it came to its state.
    differences
        What the recomputation found, in words; empty where it agreed.
    ended_volume, rest, witness
        What was returned, destroyed or used outside a refill visit, what of the latter was left and
        destroyed, and who else saw it destroyed.
    visit
        The refill or the implant at which it was injected.
    """

    number: int
    code: str
    mixture: Mixture
    volume: Volume
    needed_by: date
    ordered_by: str
    ordered_at: datetime
    state: State
    since: datetime
    by: str
    reason: str = ""
    recomputed_by: str = ""
    differences: tuple[str, ...] = ()
    released: Container | None = None
    received: Container | None = None
    ended_volume: Volume | None = None
    rest: Volume | None = None
    witness: str = ""
    visit: int | None = None

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done with it."""
        return self.state in OPEN

    @property
    def last_day(self) -> date | None:
        """The last day to inject what was made; None: nothing was made yet."""
        made = self.received or self.released
        return None if made is None else made.beyond_use

    def serves(self, day: date) -> bool:
        """Whether it is open, and what was made may still be injected on a day."""
        return self.is_open and (self.last_day is None or day <= self.last_day)

    @property
    def needs_witness(self) -> bool:
        """Whether drug was destroyed here and nobody else has signed for it."""
        return (self.state is State.DESTROYED or bool(self.rest)) and not self.witness


def solution_orders(entries: Iterable[Told]) -> tuple[SolutionOrder, ...]:
    """Return the orders of one patient, the oldest first.

    Parameters
    ----------
    entries
        Of one patient, in their order; kinds that tell nothing of orders are passed over.
    """
    found: dict[int, SolutionOrder] = {}
    verified: dict[int, int] = {}
    filled: dict[int, Told] = {}
    implanted: dict[int, Told] = {}
    for one in entries:
        if one.kind == kinds.ORDERED:
            found[one.seq] = _ordered(one)
        elif one.kind in FROM:
            number = int(one.body["order"])
            found[number] = _with(found[number], one)
        elif one.kind == kinds.VISIT_STEP:
            visit, step = int(one.body["visit"]), one.body["step"]
            if step == "verify":
                verified[visit] = int(one.body.get("solution", 0))
            elif step == "fill":
                filled.setdefault(visit, one)
        elif one.kind == kinds.IMPLANT_STEP and one.body["step"] == "fill":
            # At an implant one step tells label and fill: as it was last written it stands.
            implanted[int(one.body["visit"])] = one
            verified[int(one.body["visit"])] = int(one.body.get("solution", 0))
    for visit, one in (filled | implanted).items():
        order = found.get(verified.get(visit, 0))
        if order is not None:
            found[order.number] = _used(order, visit, one)
    return tuple(found.values())


def not_needed_until(entries: Iterable[Told]) -> date | None:
    """Return up to which day somebody said that nothing has to be compounded; None: nobody did."""
    days = [
        date.fromisoformat(str(one.body["until"]))
        for one in entries
        if one.kind == kinds.NOT_NEEDED
    ]
    return days[-1] if days else None


def check_step(order: SolutionOrder, kind: str, by: str) -> None:
    """Check that somebody may write the next entry of an order.

    Raises
    ------
    StepRefusedError
        If the order is not at that step, or two steps that two people do would be done by one.
    """
    if order.state not in FROM[kind]:
        raise StepRefusedError(
            f"this order is {order.state}",
            why=f"it waits for {WAITS_FOR[order.state]}" if order.is_open else "it has ended",
            remedy="look at the order as it stands",
        )
    if kind == kinds.RECOMPUTED and by == order.ordered_by:
        raise StepRefusedError(
            "who ordered it does not recompute it", remedy="another pharmacist does"
        )
    if kind == kinds.WITNESSED and (by == order.by or not order.needs_witness):
        raise StepRefusedError(
            "this needs somebody else, once", remedy="whoever saw it destroyed signs, not who did"
        )


def _used(order: SolutionOrder, visit: int, one: Told) -> SolutionOrder:
    """Return an order that a visit used: the visit alone tells what became of it."""
    return replace(
        order,
        state=State.USED,
        since=one.at,
        by=one.by,
        visit=visit,
        ended_volume=None,
        rest=None,
    )


def _ordered(one: Told) -> SolutionOrder:
    table = Table(dict(one.body), f"entry {one.seq}")
    return SolutionOrder(
        number=one.seq,
        code=str(one.body["code"]),
        mixture=table.take_mixture("mixture"),
        volume=table.take_quantity("volume", Volume),
        needed_by=date.fromisoformat(str(one.body["needed_by"])),
        ordered_by=one.by,
        ordered_at=one.at,
        state=State.ORDERED,
        since=one.at,
        by=one.by,
        reason=one.reason,
    )


def _with(order: SolutionOrder, one: Told) -> SolutionOrder:
    if one.kind == kinds.WITNESSED:
        return replace(order, witness=one.by)
    changed: dict[str, Any] = {"since": one.at, "by": one.by}
    match one.kind:
        case kinds.RECOMPUTED:
            differences = tuple(str(each) for each in one.body["differences"])
            changed |= {
                "state": State.DIFFERS if differences else State.RECOMPUTED,
                "differences": differences,
                "recomputed_by": one.by,
            }
        case kinds.CONFIRMED:
            changed |= {"state": State.ORDERED, "differences": ()}
        case kinds.RELEASED:
            changed |= {"state": State.RELEASED, "released": _container(one)}
        case kinds.RECEIVED:
            changed |= {"state": State.RECEIVED, "received": _container(one)}
        case kinds.ENDED:
            table = Table(dict(one.body), f"entry {one.seq}")
            changed |= {
                "state": State(one.body["how"]),
                "ended_volume": table.take_quantity("volume", Volume, zero_allowed=True),
                "rest": table.optional(
                    "rest", lambda key: table.take_quantity(key, Volume, zero_allowed=True)
                ),
            }
        case kinds.WITHDRAWN:
            changed |= {"state": State.WITHDRAWN, "reason": one.reason}
    return replace(order, **changed)


def _container(one: Told) -> Container:
    table = Table(dict(one.body), f"entry {one.seq}")
    return Container(
        lot=str(one.body["lot"]),
        beyond_use=date.fromisoformat(str(one.body["beyond_use"])),
        volume=table.take_quantity("volume", Volume),
        by=one.by,
        at=one.at,
    )
