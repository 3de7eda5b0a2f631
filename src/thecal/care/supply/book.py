"""The book of controlled drugs: where every millilitre of each lot went (K23, W27).

It is never typed: deliveries, refills, implants and what was returned or destroyed tell it. A lot
is one container of one solution; its balance is in millilitres, the masses follow from the
strength.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import final

from thecal.care.pathway.delivery import controlled_ids
from thecal.care.supply.order import SolutionOrder, State, solution_orders
from thecal.care.supply.told import Told
from thecal.care.supply.visits import Emptied, VisitSupply, emptied, visits_of
from thecal.care.visit.rules import RULES as VISIT_RULES
from thecal.pharmacy import Mixture, both_units
from thecal.safety.finding import Amount, Finding, Severity
from thecal.units import Volume, show, show_date

IN, DRAWN = "received", "drawn out of the pump"
INJECTED, WASTED, RETURNED = "injected", "wasted", "returned"
DESTROYED = "destroyed"
_COMES = (IN, DRAWN)
_ENDS = {State.RETURNED: RETURNED, State.DESTROYED: DESTROYED, State.USED: INJECTED}
_SOURCE = "workflow.md 4c K23"


@final
@dataclass(frozen=True, slots=True)
class BookLine:
    """One line: what happened to how much.

    Attributes
    ----------
    by, witness
        Login names; a witness is empty where nobody signed as one.
    """

    at: datetime
    what: str
    volume: Volume
    by: str
    witness: str = ""

    @property
    def signed_volume(self) -> Volume:
        """The volume, below zero where it left the book."""
        return self.volume if self.what in _COMES else -self.volume


@final
@dataclass(frozen=True, slots=True)
class LotCount:
    """Two people counted a lot; `volume` is what both found."""

    at: datetime
    volume: Volume
    by: str
    second: str


@final
@dataclass
class LotBook:
    """The page of one lot.

    Attributes
    ----------
    patient
        Id of the patient it was made for.
    key
        Names the lot within the clinic.
    is_closed
        Whether nothing of it should be left.
    explained
        Why a discrepancy was put up with, and by whom; empty where nobody said.
    looked_into
        The messages of the findings that were explained.
    """

    patient: str
    key: str
    lot: str
    mixture: Mixture
    lines: list[BookLine] = field(default_factory=list)
    is_closed: bool = False
    unaccounted: str = ""
    counts: list[LotCount] = field(default_factory=list)
    explained: str = ""
    looked_into: set[str] = field(default_factory=set)

    @property
    def is_apart(self) -> bool:
        """Whether something does not add up that nobody has looked into."""
        return any(one.message not in self.looked_into for one in self.findings())

    @property
    def drugs(self) -> tuple[str, ...]:
        """The controlled drugs in it."""
        return tuple(one for one in self.mixture if one in controlled_ids())

    @property
    def balance(self) -> Volume:
        """What should be there."""
        return self.balance_at(None)

    def balance_at(self, moment: datetime | None) -> Volume:
        """Return what should have been there at a moment; None: now."""
        lines = (one for one in self.lines if moment is None or one.at <= moment)
        return Volume(sum((one.signed_volume.base for one in lines), Fraction(0)))

    def total(self, *what: str) -> Volume:
        """Return how much went one way."""
        return Volume(sum((one.volume.base for one in self.lines if one.what in what), Fraction(0)))

    @property
    def unwitnessed(self) -> tuple[BookLine, ...]:
        """What was wasted or destroyed and nobody else has signed for."""
        return tuple(
            one
            for one in self.lines
            if one.what in (WASTED, DESTROYED) and one.volume and not one.witness
        )

    def findings(self) -> Iterator[Finding]:
        """Yield what does not add up, in words."""
        tolerance = VISIT_RULES.get("K23", "tolerance", Volume)
        if self.unaccounted:
            yield _warn(self.unaccounted, _SOURCE)
        elif self.is_closed and abs(self.balance) > tolerance.value:
            missing = self.balance > Volume.zero()
            parts = ", ".join(
                f"{show(self.total(what), 'mL')} {what}"
                for what in (IN, DRAWN, INJECTED, WASTED, RETURNED, DESTROYED)
                if self.total(what)
            )
            size = Volume(abs(self.balance.base))
            words = f"{show(size, 'mL')} {'missing' if missing else 'too much'}"
            yield Finding(
                check="K23",
                severity=Severity.WARN,
                message=f"{parts}: {words}{masses(self, size)}",
                source=tolerance.provenance(),
                value=Amount(size, "mL"),
                limit=Amount(tolerance.value, "mL"),
            )
        for one in self.counts[-1:]:
            apart = Volume(abs((one.volume - self.balance_at(one.at)).base))
            if apart > tolerance.value:
                yield _warn(
                    f"counted {show(one.volume, 'mL')} on {show_date(one.at)}, the book had"
                    f" {show(self.balance_at(one.at), 'mL')}{masses(self, apart)}",
                    tolerance.provenance(),
                )
        for line in self.unwitnessed:
            yield _warn(
                f"{show(line.volume, 'mL')} {line.what} on {show_date(line.at)}: nobody else signed"
                " as witness",
                _SOURCE,
            )


def masses(lot: LotBook, volume: Volume) -> str:
    """Return in words what a volume of a lot holds of each controlled drug."""
    told = ", ".join(f"{both_units(d, lot.mixture.mass_of(d, volume))} of {d}" for d in lot.drugs)
    return f" ({told})" if told else ""


def lots_of(patient: str, entries: Sequence[Told]) -> Iterator[LotBook]:
    """Yield the pages of one patient's lots that hold a controlled drug.

    Parameters
    ----------
    patient
        Id, which names the lots.
    entries
        Of the patient, in their order.
    """
    orders = {one.number: one for one in solution_orders(entries)}
    visits = visits_of(entries)
    of_order = {one.order: one for one in visits if "fill" in one.at}
    found = [
        _of_order(patient, one, of_order.get(one.number))
        for one in orders.values()
        if one.received is not None
    ]
    for visit in visits:
        if visit.order not in orders:
            found += _of_visit(patient, visit)
        found += _old(patient, visit)
    found += [_emptied(patient, one) for one in emptied(entries)]
    yield from (one for one in found if one.drugs)


def _of_order(patient: str, order: SolutionOrder, visit: VisitSupply | None) -> LotBook:
    came = order.received
    assert came is not None
    page = LotBook(patient, f"{patient}-{order.number}", came.lot, order.mixture)
    page.lines.append(BookLine(came.at, IN, came.volume, came.by))
    if order.ended_volume is not None:
        what = _ENDS[order.state]
        for name, volume in ((what, order.ended_volume), (DESTROYED, order.rest)):
            witness = order.witness if name == DESTROYED else ""
            if volume:
                page.lines.append(BookLine(order.since, name, volume, order.by, witness))
        page.is_closed = True
    if visit is not None:
        _account(page, visit)
    return page


def _of_visit(patient: str, visit: VisitSupply) -> Iterator[LotBook]:
    """Yield the page of a solution that no order of this record brought."""
    brought = visit.brought
    if brought is None or "fill" not in visit.at:
        return
    page = LotBook(patient, f"{patient}-v{visit.number}", brought.lot, brought.mixture)
    waste = visit.records.get("waste")
    came = brought.volume if waste is None else waste.received
    page.lines.append(BookLine(visit.at["verify"], IN, came, visit.operator))
    _account(page, visit)
    yield page


def _account(page: LotBook, visit: VisitSupply) -> None:
    waste = visit.records.get("waste")
    if waste is None:
        if visit.ended is not None:
            what = "implant" if visit.is_implant else "refill"
            page.unaccounted = (
                f"the {what} of {show_date(visit.begun)} says nothing of where it went"
            )
        return
    at = visit.at["waste"]
    for what, volume in (
        (INJECTED, waste.injected),
        (WASTED, waste.wasted),
        (RETURNED, waste.returned),
    ):
        if volume:
            witness = visit.witness if what == WASTED else ""
            page.lines.append(BookLine(at, what, volume, visit.operator, witness))
    page.is_closed = True


def _old(patient: str, visit: VisitSupply) -> Iterator[LotBook]:
    """Yield the page of what was drawn out of the pump."""
    drawn, waste = visit.records.get("aspirate"), visit.records.get("waste")
    if drawn is None or not drawn.volume:
        return
    lot = f"drawn out of the pump on {show_date(visit.at['aspirate'])}"
    page = LotBook(patient, f"{patient}-o{visit.number}", lot, visit.old)
    page.lines.append(BookLine(visit.at["aspirate"], DRAWN, drawn.volume, visit.operator))
    if waste is not None:
        if waste.old_wasted:
            at, by = visit.at["waste"], visit.operator
            page.lines.append(BookLine(at, DESTROYED, waste.old_wasted, by, visit.witness))
        page.is_closed = True
    elif visit.ended is not None:
        page.unaccounted = "drawn out of the pump, and nothing says where it went"
    yield page


def _emptied(patient: str, one: Emptied) -> LotBook:
    """Return the page of what was drawn out to empty a pump: destroyed as it was written down."""
    lot = f"drawn out of the pump on {show_date(one.at)}"
    page = LotBook(patient, f"{patient}-e{one.number}", lot, one.mixture, is_closed=True)
    page.lines.append(BookLine(one.at, DRAWN, one.volume, one.by))
    page.lines.append(BookLine(one.at, DESTROYED, one.volume, one.by, one.witness))
    return page


def newest_first(lots: Iterable[LotBook]) -> tuple[LotBook, ...]:
    """Return lots by when they were last moved, the newest first."""
    return tuple(sorted(lots, key=lambda one: max(line.at for line in one.lines), reverse=True))


def _warn(message: str, source: str) -> Finding:
    return Finding(check="K23", severity=Severity.WARN, message=message, source=source)
