"""A label that is scanned or typed at a refill, matched with the orders of the clinic."""

from __future__ import annotations

import secrets

from thecal.care.supply.label_code import LENGTH, PRINTED, with_check
from thecal.care.supply.order import SolutionOrder
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.supply import orders_in
from thecal.clinic.models import Clinic, Projection
from thecal.record.fold import effective


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
