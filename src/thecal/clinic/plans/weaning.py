"""A calendar to lower systemic opioids, printed for the person who takes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from thecal.care.conversion.regimen import ROUTES
from thecal.care.weaning.advise import advise, documents
from thecal.care.weaning.case import DAYS, HALF, PACES, STOP, WEEKS
from thecal.care.weaning.taper import CURRENT, INITIAL, ONE_AT_A_TIME, TOGETHER
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.plans.plan import Plan, nothing_known
from thecal.clinic.plans.sheet import CaseField, same
from thecal.pharmacy.morphine_equivalents import mme_drugs

_ROWS = 4


def _fields(chart: Chart, now: datetime) -> Sequence[CaseField]:
    setting = (("cancer", "cancer"), ("non-cancer", "no cancer"))
    return (
        CaseField("start", "First day", "date", required=True),
        CaseField("setting", "Setting", "choice", choices=setting, required=True),
        CaseField("pace", "Pace", "choice", choices=same((*PACES, STOP, HALF)), required=True),
        CaseField(
            "of",
            "Each step is a part of",
            "choice",
            choices=same((CURRENT, INITIAL)),
            required=True,
        ),
        CaseField(
            "order",
            "Several drugs",
            "choice",
            choices=same((TOGETHER, ONE_AT_A_TIME)),
            required=True,
        ),
        CaseField("calendar", "Calendar in", "choice", choices=same((WEEKS, DAYS)), required=True),
        CaseField("reductions", "Number of steps", "count"),
        CaseField("pump_running", "The pump runs already", "flag"),
        CaseField("cows", "Withdrawal score (COWS)", "count"),
        *_drugs(),
    )


def _drugs() -> Iterator[CaseField]:
    drugs = same(tuple(mme_drugs()))
    for row in range(1, _ROWS + 1):
        name, label = f"drugs.{row}", f"Drug {row}"
        yield CaseField(f"{name}.drug", label, "choice", choices=drugs, required=row == 1)
        yield CaseField(
            f"{name}.route", f"{label}: route", "choice", choices=same(ROUTES), required=row == 1
        )
        yield CaseField(f"{name}.dose", f"{label}: one dose", "quantity", units=("mg", "ug"))
        yield CaseField(f"{name}.times_per_day", f"{label}: times a day", "count")
        yield CaseField(
            f"{name}.daily_dose",
            f"{label}: or the dose a day, of a patch an hour",
            "quantity",
            units=("mg/d", "ug/d", "ug/h"),
        )
        yield CaseField(f"{name}.worn", f"{label}: a patch is worn for", "quantity", units=("h",))
        yield CaseField(f"{name}.strengths", f"{label}: strengths there are, as in 10 mg", "lines")


WEANING = Plan(
    topic="weaning",
    title="Lowering systemic opioids",
    about="A calendar with dates, doses and pieces, to take home.",
    fields=_fields,
    known=nothing_known,
    advise=advise,
    documents=documents,
)
