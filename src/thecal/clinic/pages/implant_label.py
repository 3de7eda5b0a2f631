"""The solution of a first fill against its label and its order, as at a refill (K6, K31).

The code of a label that this clinic printed tells solution, lot, last day and how much came; where
it is another patient's, wrong, expired or used, nothing is recorded. Without a code the label is
scanned, or typed twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from thecal.care.forms import Filled, read_form
from thecal.care.implant_visit import IMPLANT, ImplantVisit, part_of_f4
from thecal.care.supply.label_code import shown_code
from thecal.care.supply.label_match import check_solution_of, order_of_lot
from thecal.care.supply.order import SolutionOrder, State
from thecal.care.visit.solution import LabelReading
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest
from thecal.clinic.flows.implant_visit import RunningVisit
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.refill.mixture_text import read_mixture, write_mixture
from thecal.clinic.supply.labels import LABEL_CODE, WITHOUT_CODE, order_in_hand, orders_of
from thecal.clinic.web.flow import FlowForm, zone_of
from thecal.clinic.web.sheet import SheetField
from thecal.errors import ThecalError
from thecal.pharmacy import Mixture, drug
from thecal.therapy.file_writer import write_quantity
from thecal.units import Volume, parse_quantity, show

FILL = "fill"
_TOLD = ("fill_lot", "beyond_use", "label_reading", "received")
"""What the code of a label tells, so that nobody types it."""
_READINGS = tuple((str(one), str(one).replace("-", " ")) for one in LabelReading)
_AGAIN, _MIXTURE = "label_again", "mixture.drug1"


def orders_here(chart: Chart, running: RunningVisit) -> tuple[SolutionOrder, ...]:
    """Return the orders of a patient as the fill finds them: what it used it may read again."""
    return tuple(
        replace(one, state=State.RECEIVED) if one.visit == running.number else one
        for one in orders_of(chart)
    )


def with_label(
    chart: Chart, running: RunningVisit, fields: Sequence[SheetField]
) -> list[SheetField]:
    """Return the fields of the fill with the code before them, which spares some of them."""
    by_code = any(one.state is State.RECEIVED for one in orders_here(chart, running))
    found = [LABEL_CODE, *fields]
    if not by_code:
        return found
    return [
        replace(one, required=False, when=WITHOUT_CODE) if one.name in (*_TOLD, _MIXTURE) else one
        for one in found
    ]


def label_fields() -> tuple[SheetField, ...]:
    """Return how the label came into the record, where no code tells it."""
    return (
        SheetField(
            "label_reading",
            "The label was",
            "choice",
            choices=_READINGS,
            hint="scanned with a barcode reader, or typed by you twice",
        ),
        SheetField(
            _AGAIN,
            "Solution on the label, typed again",
            required=False,
            when="needed where it was typed",
            hint="look at the label again, not at what was typed first",
            wide=True,
        ),
    )


def account_fields() -> tuple[SheetField, ...]:
    """Return where the new solution went, beside what was filled."""
    rest = "0 or empty where nothing was"
    return (
        SheetField("received", "New solution: received", "quantity", unit="mL"),
        SheetField(
            "wasted", "New solution: destroyed", "quantity", unit="mL", required=False, when=rest
        ),
        SheetField(
            "returned", "New solution: given back", "quantity", unit="mL", required=False, when=rest
        ),
    )


def code_of(chart: Chart, running: RunningVisit) -> str:
    """Return the code of the order that was filled, as it is printed; empty where there is none."""
    orders = orders_of(chart) if running.solution else ()
    return next((shown_code(one.code) for one in orders if one.number == running.solution), "")


def order_of_fill(
    request: ClinicRequest, chart: Chart, running: RunningVisit, form: FlowForm
) -> SolutionOrder | None:
    """Return the order whose code was typed; None where none was, or it is refused."""
    code = str(form.sheet.typed.get(LABEL_CODE.name, ""))
    if not code:
        return None
    today = clock.now().astimezone(zone_of(request)).date()
    orders = orders_here(chart, running)
    order = order_in_hand(
        request.clinic, orders, form.sheet, code, visit=running.number, today=today
    )
    return None if LABEL_CODE.name in form.sheet.errors else order


def told_by_code(order: SolutionOrder, typed: dict[str, Any], form: FlowForm) -> dict[str, Any]:
    """Return what was typed of F4 with what the code tells; what differs from it is marked."""
    assert order.received is not None
    told = _solution_in(typed)
    for finding in () if told is None else check_solution_of(order, told, "the solution typed"):
        form.sheet.refuse(_MIXTURE, f"{finding.check}: {finding.message}")
    if typed.get("fill_lot") not in ("", None, order.received.lot):
        words = f"the label's lot is {order.received.lot}: which is in your hand?"
        form.sheet.refuse("fill_lot", words)
    rows = [
        {"drug": name, "concentration": write_quantity(one, drug(name).concentration_unit)}
        for name, one in order.mixture.items()
    ]
    return typed | {"mixture": rows, "fill_lot": order.received.lot}


def _solution_in(typed: dict[str, Any]) -> Mixture | None:
    if not typed.get("mixture"):
        return None
    found = read_form(part_of_f4(("mixture",)), {"mixture": typed["mixture"]})
    return found.get("mixture", Mixture) if isinstance(found, Filled) else None


def settle_label(
    chart: Chart,
    running: RunningVisit,
    form: FlowForm,
    values: dict[str, Any],
    asked: dict[str, Any],
    order: SolutionOrder | None,
) -> int:
    """Put into `asked` what the label tells; return the number of the order, 0 where there is none.

    What is missing, or told otherwise than the order tells it, is marked.
    """
    asked.pop(LABEL_CODE.name, None)
    for name in ("received", "wasted", "returned"):
        _check_volume(form, asked, name)
    if order is not None:
        _as_taken_in(form, asked, order)
        return order.number
    for one in form.sheet.fields:
        if one.name in _TOLD and not form.sheet.typed.get(one.name):
            form.sheet.refuse(one.name, f"{one.label}: this is needed where no code is typed")
    if form.sheet.errors:
        return 0
    solution = ImplantVisit(IMPLANT, {FILL: values}).filled.get("mixture", Mixture)
    assert solution is not None
    if asked["label_reading"] == LabelReading.TYPED_TWICE:
        _typed_again(form, solution, str(asked.get(_AGAIN, "")))
    asked.pop(_AGAIN, None)
    by_lot = order_of_lot(str(values["fill_lot"]), solution, orders_here(chart, running))
    return 0 if by_lot is None else by_lot.number


def _as_taken_in(form: FlowForm, asked: dict[str, Any], order: SolutionOrder) -> None:
    assert order.received is not None
    came, day = order.received.volume, order.received.beyond_use.isoformat()
    if asked.get("beyond_use", day) != day:
        form.sheet.refuse("beyond_use", "another date than the one this solution was taken in with")
    typed = asked.get("received")
    if typed is not None and not form.sheet.errors and _volume(typed) != came:
        form.sheet.refuse("received", f"{show(came, 'mL')} came: look at the container again")
    asked.pop(_AGAIN, None)
    asked |= {
        "beyond_use": day,
        "label_reading": LabelReading.SCANNED.value,
        "received": write_quantity(came, "mL"),
    }


def _typed_again(form: FlowForm, solution: Mixture, again: str) -> None:
    try:
        second = read_mixture(again)
    except ThecalError as error:
        form.sheet.refuse(_AGAIN, f"{error.what}; {error.remedy}")
        return
    if second != solution:
        first = write_mixture(solution)
        words = f"The label was typed as two solutions ({first}; {again}): read it again"
        form.sheet.refuse(_AGAIN, words)


def _check_volume(form: FlowForm, asked: dict[str, Any], name: str) -> None:
    if name not in asked:
        return
    try:
        _volume(asked[name])
    except ThecalError as error:
        form.sheet.refuse(name, "; ".join(one for one in (error.what, error.remedy) if one))


def _volume(text: Any) -> Volume:
    return parse_quantity(str(text), Volume, zero_allowed=True)
