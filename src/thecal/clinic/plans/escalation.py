"""Review of a rising dose (form F17): signs of the nerves, hyperalgesia, use of boluses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from thecal.care.escalation.advise import advise, documents
from thecal.care.escalation.case import IMAGING, SIGNS
from thecal.care.escalation.follow_up import follow_ups
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.plans.doses import concentration, history, pump_clock
from thecal.clinic.plans.plan import Plan
from thecal.clinic.plans.sheet import CaseField
from thecal.clinic.plans.titration import first_drug

_IMAGES = tuple((one, one) for one in IMAGING)


def _fields(chart: Chart, now: datetime) -> Sequence[CaseField]:
    signs = tuple(
        CaseField(f"signs.{one}", one.replace("_", " ").capitalize(), "flag") for one in SIGNS
    )
    return (
        *signs,
        CaseField("imaging", "Image of the catheter tip", "choice", choices=_IMAGES),
        CaseField("new_disease", "New disease explains the rise", "flag"),
        CaseField(
            "pre_trial_opioid", "Systemic opioid before the trial", "quantity", units=("mg/d",)
        ),
        CaseField("trial_dose", "Effective dose of the trial", "quantity", units=("mg", "ug")),
        CaseField("diagnosis", "Diagnosis"),
    )


def _known(chart: Chart, now: datetime) -> Mapping[str, Any]:
    one = first_drug(chart, now)
    found: dict[str, Any] = {
        "drug": one,
        "now": pump_clock(chart, now),
        "history": history(chart, one),
    }
    if chart.therapy is not None:
        found["age"] = chart.therapy.patient.age_at(now.date())
    strength = concentration(chart, now, one)
    if strength is not None:
        found["concentration"] = strength
    return found


ESCALATION = Plan(
    topic="escalation",
    title="Review of a rising dose",
    about="How fast the dose rises, and which signs call for an image of the catheter tip before"
    " it rises again (F17).",
    fields=_fields,
    known=_known,
    advise=advise,
    documents=documents,
    opens=follow_ups,
)
