"""A label that is scanned or typed before a fill, matched with the orders of the clinic."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date

from thecal.care.supply.label_code import LENGTH, PRINTED, read_code, with_check
from thecal.care.supply.label_match import check_label, order_of_code
from thecal.care.supply.order import SolutionOrder
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.supply import orders_in
from thecal.clinic.models import Clinic, Projection
from thecal.clinic.web.sheet import Sheet, SheetField
from thecal.errors import EntryError
from thecal.record.fold import effective

LABEL_CODE = SheetField(
    "label_code",
    "Code on the label",
    required=False,
    hint="of a label that this clinic printed: scan the square, or type the ten characters"
    " beside it; it tells order, solution, lot and date",
)
WITHOUT_CODE = "needed where no code is typed above"


def new_code(clinic: Clinic) -> str:
    """Return a code that no label of the clinic has."""
    while True:
        code = with_check("".join(secrets.choice(PRINTED) for _ in range(LENGTH)))
        if not is_of_clinic(clinic, code):
            return code


def is_of_clinic(clinic: Clinic, code: str) -> bool:
    """Return whether an order of any patient of a clinic has a code."""
    return Projection.objects.filter(clinic=clinic, content__contains=f'"{code}"').exists()


def orders_of(chart: Chart) -> tuple[SolutionOrder, ...]:
    """Return the orders of a patient, the oldest first."""
    return orders_in(effective(chart.entries))


def order_in_hand(
    clinic: Clinic,
    orders: Sequence[SolutionOrder],
    sheet: Sheet,
    code: str,
    *,
    visit: int,
    today: date,
) -> SolutionOrder | None:
    """Return the order whose label is in the hand; whatever speaks against it marks the field.

    Parameters
    ----------
    orders
        Of the patient.
    sheet
        With the field `LABEL_CODE`.
    visit
        The visit at which it is read: what was filled in it may be read again.
    """
    try:
        code = read_code(code)
    except EntryError as error:
        sheet.refuse(LABEL_CODE.name, f"{error.what}; {error.remedy}")
        return None
    order = order_of_code(code, orders)
    elsewhere = order is None and is_of_clinic(clinic, code)
    for finding in check_label(order, elsewhere=elsewhere, visit=visit, today=today):
        sheet.refuse(LABEL_CODE.name, f"{finding.check}: {finding.message}")
    return order
