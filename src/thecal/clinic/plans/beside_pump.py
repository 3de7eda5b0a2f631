"""What a programming page says beside an order: what the patient takes, and how the dose rose."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from thecal.care.interactions.advise import advice_on
from thecal.care.medicine_list import interaction_case
from thecal.care.medicine_list.checks import VISIT
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.patient.medicines import medicines_of, summary
from thecal.clinic.plans.doses import drugs_of
from thecal.clinic.plans.rising import rises


def beside_pump(chart: Chart, now: datetime) -> dict[str, Any]:
    """Return the list of medicines with what it asks (K20), and the history of the doses (K28).

    It is shown and holds nothing up: what it asks is answered on the page of the medicines.

    Parameters
    ----------
    now
        On the clinic's clock.
    """
    known, drugs = medicines_of(chart.entries), drugs_of(chart, now)
    case = interaction_case(known, now, VISIT, drugs)
    return {
        "summary": summary(known, now),
        "rises": rises(chart, drugs, now),
        "beside": () if case is None else advice_on(case).findings,
    }
