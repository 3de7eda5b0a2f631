"""What a programming page says beside an order: what the patient takes, and how the dose rose."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from thecal.care.interactions.advise import advice_on
from thecal.care.medicine_list import interaction_case
from thecal.care.medicine_list.checks import VISIT
from thecal.care.programming.judged import answered
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.patient.medicines import medicines_of, summary
from thecal.clinic.plans.doses import drugs_of
from thecal.clinic.plans.rising import rises
from thecal.safety.finding import Finding
from thecal.therapy.events import Override


def beside_pump(
    chart: Chart,
    now: datetime,
    answers: Sequence[Override] = (),
    asked: Sequence[Finding] = (),
) -> dict[str, Any]:
    """Return the list of medicines with what it says (K20), and the history of the doses (K28).

    Parameters
    ----------
    now
        On the clinic's clock.
    answers
        The reasons of an order.
    asked
        What the page asks already, among its own findings.
    """
    found = answered(_said(chart, now), answers)
    return {
        "summary": summary(medicines_of(chart.entries), now),
        "rises": rises(chart, drugs_of(chart, now), now),
        "beside": tuple(one for one in found if one not in asked),
    }


def asked_beside(
    chart: Chart, now: datetime, answers: Sequence[Override] = ()
) -> tuple[Finding, ...]:
    """Return what the list of medicines asks (K20) before an order that gives more is signed.

    What was answered on the page of the medicines is not asked again. A stop and an order that
    gives less ask nothing.

    Parameters
    ----------
    now
        On the clinic's clock.
    """
    return answered([one for one in _said(chart, now) if one.blocks], answers)


def _said(chart: Chart, now: datetime) -> tuple[Finding, ...]:
    case = interaction_case(medicines_of(chart.entries), now, VISIT, drugs_of(chart, now))
    return () if case is None else advice_on(case).findings
