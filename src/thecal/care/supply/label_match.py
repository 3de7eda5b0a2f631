"""A label in somebody's hand against the orders of the patient in front of them (K6, K31).

Whatever does not fit is refused: another patient's, a wrong solution, expired, already used.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from thecal.care.supply.order import SolutionOrder, State
from thecal.pharmacy import Mixture
from thecal.safety.finding import Finding, Severity
from thecal.safety.identity import shown_mixture
from thecal.units import show_date

_K6, _K31 = "workflow.md 4c K6", "workflow.md 4c K31"
_USED = (State.USED, State.RETURNED, State.DESTROYED)


def order_of_code(code: str, orders: Iterable[SolutionOrder]) -> SolutionOrder | None:
    """Return the order whose label has a code; None where none of these has."""
    return next((one for one in orders if one.code == code), None)


def order_of_lot(
    lot: str, mixture: Mixture, orders: Iterable[SolutionOrder]
) -> SolutionOrder | None:
    """Return the order that a label without its code belongs to: by its lot and its solution."""
    for one in orders:
        fits = one.received is not None and one.received.lot == lot
        if fits and one.state is State.RECEIVED and one.mixture == mixture:
            return one
    return None


def check_label(
    order: SolutionOrder | None, *, elsewhere: bool, visit: int, today: date
) -> Iterator[Finding]:
    """Refuse a label that is not of this patient, or whose solution may not be injected.

    Parameters
    ----------
    order
        The order of this patient that has its code; None: there is none.
    elsewhere
        Whether an order of another patient of the clinic has it.
    visit
        The refill visit at which it is read: what was filled in it may be read again.
    """
    if order is None:
        yield _refused(
            "K6",
            "this label is of ANOTHER PATIENT: do not inject; put it away and fetch the right one"
            if elsewhere
            else "no order of this clinic has this label: do not inject; ask the pharmacy",
            _K6,
        )
        return
    if order.state is State.USED and order.visit != visit:
        yield _refused(
            "K6",
            f"this solution was already used, on {show_date(order.since)}: do not inject",
            _K6,
        )
    elif order.state in _USED and order.state is not State.USED:
        yield _refused("K6", f"by the record this solution was {order.state.value}", _K6)
    elif order.state is State.WITHDRAWN:
        yield _refused("K6", "the order of this solution was withdrawn: do not inject", _K6)
    elif order.received is None:
        yield _refused(
            "K6",
            f"this solution was not taken in here yet: its order is {order.state.value}",
            _K6,
        )
    elif order.received.beyond_use < today:
        yield _refused(
            "K31",
            f"this solution is EXPIRED: it was to be used until"
            f" {show_date(order.received.beyond_use)}; do not inject",
            _K31,
        )


def check_solution_of(order: SolutionOrder, told: Mixture, who: str) -> Iterator[Finding]:
    """Refuse a solution that was typed beside a label and is another than its order names."""
    if told == order.mixture:
        return
    drugs = ", ".join(order.mixture)
    same = set(told) == set(order.mixture)
    what = f"another STRENGTH of {drugs}" if same else "ANOTHER DRUG"
    yield _refused(
        "K6",
        f"{what}: {who} says {shown_mixture(told)}, the label's order is"
        f" {shown_mixture(order.mixture)}: do not inject; find out which is right",
        _K6,
    )


def _refused(check: str, message: str, source: str) -> Finding:
    return Finding(check=check, severity=Severity.HARD, message=message, source=source)
