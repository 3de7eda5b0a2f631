"""Step 5 as fields: the solution against its order and its label.

The code of a label that this clinic printed tells order, solution, lot and last day at once; where
it is another patient's, wrong, expired or used, nothing is recorded. Beside the record stands
`solution`: the number of the order that is in the hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from thecal.care.supply.label_code import shown_code
from thecal.care.supply.label_match import check_solution_of, order_of_lot
from thecal.care.supply.order import SolutionOrder, State
from thecal.care.visit.solution import LabelReading
from thecal.clinic.refill.form import (
    Form,
    Recorded,
    Typed,
    choice,
    mixture_in,
    mixture_typed,
    table_of,
    yes_no,
)
from thecal.clinic.refill.mixture_text import HOW, mixture_table, write_mixture
from thecal.clinic.refill.situation import Situation
from thecal.clinic.supply.labels import LABEL_CODE, WITHOUT_CODE, order_in_hand, orders_of
from thecal.clinic.web.sheet import Sheet, SheetField

_TOLD = ("order", "label_reading", "label", "lot", "beyond_use")
"""What the code of a label tells, so that nobody types it."""


def _fields(situation: Situation) -> Sequence[SheetField]:
    by_code = any(one.state is State.RECEIVED for one in orders_of(situation.chart))
    when = WITHOUT_CODE if by_code else ""
    return (
        LABEL_CODE,
        SheetField(
            "order",
            "Solution on the order",
            required=not by_code,
            when=when,
            hint=f"from the physician's signed order, not from the label; write {HOW}",
            wide=True,
        ),
        choice(
            "label_reading",
            "The label was",
            LabelReading,
            required=not by_code,
            hint="scanned with a barcode reader, or typed by you twice",
        ),
        SheetField(
            "label",
            "Solution on the label",
            required=not by_code,
            when=when,
            hint="of the syringe or vial in your hand, every drug with its concentration",
            wide=True,
        ),
        SheetField(
            "label_again",
            "Solution on the label, typed again",
            required=False,
            when="needed where it was typed",
            hint="look at the label again, not at what was typed first",
            wide=True,
        ),
        SheetField(
            "volume",
            "Volume in the syringes",
            kind="quantity",
            unit="mL",
            hint="what is there to be filled, read from the syringes",
        ),
        SheetField("lot", "Lot", required=not by_code, when=when, hint="stands on the label"),
        SheetField(
            "beyond_use",
            "Beyond-use date: the last day to inject it",
            kind="date",
            required=not by_code,
            when=when,
            hint="how long it may stay in the pump is another date; refill-by takes part of it",
        ),
        yes_no("patient_on_label", "Does the label name this patient?"),
        yes_no("intact", "Are seal and package whole?"),
    )


def _read(sheet: Sheet, situation: Situation, _: str) -> Recorded:
    table = table_of(sheet, situation)
    again, code = table.pop("label_again", ""), str(table.pop("label_code", ""))
    if code:
        return _by_code(sheet, situation, table, code)
    for one in sheet.fields:
        if one.name in _TOLD and one.name not in table:
            sheet.refuse(one.name, f"{one.label}: this is needed where no code is typed")
    if table.get("label_reading") == LabelReading.TYPED_TWICE and not sheet.errors:
        first, second = mixture_in(sheet, "label"), mixture_in(sheet, "label_again")
        if first is not None and second is not None and first != second:
            sheet.refuse(
                "label_again",
                f"The label was typed as two solutions ({table['label']}; {again}): read it again",
            )
    mixture_typed(sheet, "order", table)
    mixture_typed(sheet, "label", table)
    label = None if sheet.errors else mixture_in(sheet, "label")
    if label is None:
        return Recorded(table)
    order = order_of_lot(str(table["lot"]), label, orders_of(situation.chart))
    return Recorded(table, {} if order is None else {"solution": order.number})


def _by_code(sheet: Sheet, situation: Situation, table: dict[str, Any], code: str) -> Recorded:
    """Return the record that the code of a label tells; whatever does not fit stops it."""
    order = order_in_hand(
        situation.clinic,
        orders_of(situation.chart),
        sheet,
        code,
        visit=situation.running.number,
        today=situation.now.date(),
    )
    if order is None or order.received is None or sheet.errors:
        return Recorded(table)
    for name in ("order", "label"):
        told = mixture_in(sheet, name) if table.get(name) else None
        for finding in () if told is None else check_solution_of(order, told, f"the {name} typed"):
            sheet.refuse(name, f"{finding.check}: {finding.message}")
    if table.get("lot", order.received.lot) != order.received.lot:
        sheet.refuse("lot", f"the label's lot is {order.received.lot}: which is in your hand?")
    _same_day(sheet, table, order.received.beyond_use)
    table |= _told_by(order)
    return Recorded(table, {"solution": order.number})


def _same_day(sheet: Sheet, table: dict[str, Any], day: date) -> None:
    if table.get("beyond_use", day.isoformat()) != day.isoformat():
        sheet.refuse("beyond_use", "another date than the one this solution was taken in with")


def _told_by(order: SolutionOrder) -> dict[str, Any]:
    assert order.received is not None
    solution = mixture_table(order.mixture)
    return {
        "order": solution,
        "label": solution,
        "label_reading": LabelReading.SCANNED.value,
        "lot": order.received.lot,
        "beyond_use": order.received.beyond_use.isoformat(),
    }


def _shown(situation: Situation) -> Typed:
    verified = situation.visit.verify
    if verified is None:
        return {}
    number = situation.beside("verify").get("solution")
    code = next((one.code for one in orders_of(situation.chart) if one.number == number), "")
    typed = {"order": write_mixture(verified.order), "label": write_mixture(verified.label)}
    return typed | ({"label_code": shown_code(code)} if code else {})


FORMS = (Form("verify", _fields, _read, shown=_shown),)
