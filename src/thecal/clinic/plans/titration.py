"""The next dose, held against every scheme and its limits, from the doses on record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from thecal.care.titration.advise import advise, documents
from thecal.care.titration.case import (
    BACLOFEN,
    BOLUS_RESPONSES,
    ORIGINS,
    RESPONSES,
    SEDATION,
    SIDE_EFFECTS,
)
from thecal.care.titration.schemes import editions
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.plans.doses import concentration, daily_doses, drugs_of, history, pump_clock
from thecal.clinic.plans.plan import Plan
from thecal.clinic.plans.sheet import CaseField, same
from thecal.pharmacy import drug


def first_drug(chart: Chart, now: datetime) -> str:
    """Return the drug by which the pump is titrated; baclofen where nothing is filled yet."""
    return next(iter(drugs_of(chart, now)), BACLOFEN)


def _fields(chart: Chart, now: datetime) -> Sequence[CaseField]:
    one = first_drug(chart, now)
    rate = (f"{drug(one).mass_unit}/d",)
    effects = "needed before a rise; unknown is never taken for harmless"
    return (
        CaseField(
            "response", "What the last dose did", "choice", choices=same(RESPONSES), hint=effects
        ),
        CaseField(
            "side_effects", "Side effects", "choice", choices=same(SIDE_EFFECTS), hint=effects
        ),
        CaseField("sedation", "Sedation (POSS)", "choice", choices=same(SEDATION)),
        CaseField("bolus_response", "Effect of a bolus", "choice", choices=same(BOLUS_RESPONSES)),
        CaseField("inpatient", "Stays in hospital", "flag"),
        CaseField("at_refill", "At a refill visit", "flag"),
        CaseField("scheme", "Scheme", "choice", choices=same(editions(one))),
        CaseField("requested", f"Dose of {one} that you want, a day", "quantity", units=rate),
        CaseField("target", f"Calendar up to this dose of {one} a day", "quantity", units=rate),
        CaseField("steps", "Calendar: number of rises", "count"),
        CaseField("creatine_kinase", "Creatine kinase, percent of the upper limit", "count"),
    )


def _known(chart: Chart, now: datetime) -> Mapping[str, Any]:
    one = first_drug(chart, now)
    clock = pump_clock(chart, now)
    found: dict[str, Any] = {"drug": one, "now": clock}
    therapy = chart.therapy
    if therapy is None:
        return found
    patient = therapy.patient
    found["age"] = patient.age_at(now.date())
    if patient.setting is not None:
        found["cancer"] = patient.setting == "cancer"
    if patient.origin in ORIGINS:
        found["origin"] = patient.origin
    if before := history(chart, one):
        found["history"] = before
        # An event may be entered ahead: the dose that it begins runs from then.
        found["now"] = max(clock, before[-1]["time"])
    strength = concentration(chart, now, one)
    if strength is not None:
        found["concentration"] = strength
    found["pump"] = chart.content["therapy"]["model"]
    others = {name: dose for name, dose in daily_doses(chart, now).items() if name != one}
    if others:
        found["mixed_with"] = others
    by = chart.content["dates"].get("refill_by")
    if by is not None:
        found["refill_overdue"] = datetime.fromisoformat(by) < now
    return found


TITRATION = Plan(
    topic="titration",
    title="Next dose",
    about="The next dose and its earliest time by every scheme on record, and never beyond its"
    " limits. A stop and a lower dose are never held up: they are ordered on the page Programming.",
    fields=_fields,
    known=_known,
    advise=advise,
    documents=documents,
)
