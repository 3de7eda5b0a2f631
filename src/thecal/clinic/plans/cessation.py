"""How to end a therapy: what may stop at once, and the plan where it may not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from thecal.care.cessation.advise import advise, documents
from thecal.care.cessation.case import REASONS, SPEEDS
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.plans.doses import concentration, daily_doses, drugs_of
from thecal.clinic.plans.plan import Plan
from thecal.clinic.plans.sheet import CaseField, same


def _fields(chart: Chart, now: datetime) -> Sequence[CaseField]:
    return (
        CaseField("starts", "First day of the plan", "date", required=True),
        CaseField("reason", "Reason", "choice", choices=same(REASONS), required=True),
        CaseField("at_once", "Somebody wants to stop without a plan", "flag"),
        CaseField("speed", "Speed", "choice", choices=same(SPEEDS)),
        CaseField(
            "until", "Nothing more is weaned below, a day", "quantity", units=("mg/d", "ug/d")
        ),
        CaseField("rows", "Doses that the plan shows", "count"),
        CaseField("covered", "The cover (by mouth or vein) is ordered", "flag"),
    )


def _known(chart: Chart, now: datetime) -> Mapping[str, Any]:
    found: dict[str, Any] = {"doses": daily_doses(chart, now)}
    drugs = drugs_of(chart, now)
    if drugs:
        found["pump"] = chart.content["therapy"]["model"]
    if len(drugs) == 1:
        strength = concentration(chart, now, drugs[0])
        if strength is not None:
            found["concentration"] = strength
    return found


CESSATION = Plan(
    topic="cessation",
    title="Plan to end the therapy",
    about="A stop in need is never held up: it is ordered on the page Programming. Here is what"
    " has to be watched and covered, and the plan where there is time for one.",
    fields=_fields,
    known=_known,
    advise=advise,
    documents=documents,
)
