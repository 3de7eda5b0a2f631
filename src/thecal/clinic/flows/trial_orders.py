"""An order of a trial dose: what stands against it, and what a second person checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from thecal.care.anticoagulants import Procedure, procedure
from thecal.care.anticoagulants.advise import advice_on as hold_advice
from thecal.care.anticoagulants.advise import advise as anticoagulant_advice
from thecal.care.interactions.advise import advice_on as interaction_advice
from thecal.care.medicine_list import MedicineList, interaction_case
from thecal.care.trial.advise import advice_on
from thecal.care.trial.facts import figure
from thecal.care.trial.syringe import check_syringe, read_syringe
from thecal.clinic.access.second import Blind, request_draft
from thecal.clinic.flows.trial_fields import NOBODY
from thecal.clinic.flows.trial_log import ORDERED, TrialRecord
from thecal.clinic.ledger.case_values import case_to_json
from thecal.clinic.ledger.log import Draft
from thecal.clinic.patient.medicines import hold_case
from thecal.pharmacy import drug
from thecal.safety.finding import Finding, Severity
from thecal.therapy.table import Table
from thecal.units import show_time

SUBJECT = "trial dose"
_PROCEDURES = {True: "trial-injection", False: "trial-catheter"}
_OPIOID, _START, _MEDICINES = "opioid", "start", "K20"


def check_order(
    trial: TrialRecord, asked: Mapping[str, Any], known: MedicineList, now: datetime
) -> tuple[Finding, ...]:
    """Return what stands against a dose: ladder, limits, syringe, medicines, naloxone.

    Parameters
    ----------
    known
        The list of medicines: what it holds is asked about, whatever is typed with the order.
    now
        On the clinic's clock.

    Raises
    ------
    BadFileError
        If a value cannot be read; its key is named.
    """
    return tuple(_check(trial, asked, known, now))


def _check(
    trial: TrialRecord, asked: Mapping[str, Any], known: MedicineList, now: datetime
) -> Iterator[Finding]:
    drug_id = str(trial.values["drug"])
    if trial.has_boluses:
        syringe = read_syringe(Table(dict(asked["syringe"]), "syringe"))
        case = trial.case(planned=asked["planned"])
        yield from advice_on(case).findings
        if case.planned is not None:
            yield from check_syringe(drug_id, case.planned.dose, syringe)
    else:
        yield from advice_on(trial.case(infusion=asked["planned"])).findings
    yield from _anticoagulants(trial, asked)
    yield from _listed(trial, asked, known, now)
    if drug(drug_id).drug_class == _OPIOID and not asked["order"]["naloxone"]:
        source = figure("before", "naloxone", str)
        yield Finding(
            "naloxone",
            Severity.SOFT,
            "naloxone is not at hand: have it before an opioid is given",
            source.provenance(),
        )


def _anticoagulants(trial: TrialRecord, asked: Mapping[str, Any]) -> Iterator[Finding]:
    taken = asked["anticoagulants"]
    if taken["drug"] == NOBODY:
        return
    case = {
        "procedure": _PROCEDURES[trial.has_boluses],
        "begins": asked["planned"]["time"],
        "drugs": [dict(taken)],
    }
    yield from anticoagulant_advice(Table(case, "anticoagulants")).findings


def _listed(
    trial: TrialRecord, asked: Mapping[str, Any], known: MedicineList, now: datetime
) -> Iterator[Finding]:
    """Yield what the list asks: holds that were not typed with the order, and interactions."""
    case = hold_case(known, trial_procedure(trial), asked["planned"]["time"], now)
    if case is not None:
        typed = asked["anticoagulants"]["drug"]
        other = tuple(one for one in case.taken if one.agent.id != typed)
        yield from hold_advice(replace(case, taken=other)).findings
    drugs = (str(trial.values["drug"]),)
    beside = interaction_case(known, now, _START, drugs)
    if beside is not None:
        # How long the patient is watched is asked by the trial itself.
        yield from (one for one in interaction_advice(beside).findings if one.check == _MEDICINES)


def trial_procedure(trial: TrialRecord) -> Procedure:
    """Return the puncture that a trial is, for what is held before it."""
    return procedure(_PROCEDURES[trial.has_boluses])


def order_drafts(
    trial: TrialRecord, asked: Mapping[str, Any], findings: tuple[Finding, ...], author: str
) -> tuple[Draft, ...]:
    """Return the order and the request for a second person, who types its figures blind."""
    body = {
        "case": case_to_json(asked["planned"]),
        "syringe": dict(asked.get("syringe", {})),
        "anticoagulants": case_to_json(asked["anticoagulants"]),
        "naloxone_at_hand": asked["order"]["naloxone"],
        "drug": trial.values["drug"],
        "findings": [
            {"check": one.check, "severity": one.severity.value, "message": one.message}
            for one in findings
        ],
        "reason": asked["order"].get("reason", ""),
        "trial": trial.seq,
    }
    what = [
        f"the ampoule: {trial.values['drug']}, free of preservatives, not beyond its date",
        f"the time: {show_time(asked['planned']['time'])}",
    ]
    why = ["a trial dose is diluted by hand (E19, K24), and its limits are not asked twice (K27)"]
    request = request_draft(SUBJECT, body, what, _blind(trial, asked), why, authors=(author,))
    return (Draft(ORDERED, body, str(asked["order"].get("reason", ""))), request)


def _blind(trial: TrialRecord, asked: Mapping[str, Any]) -> list[Blind]:
    """Return what the second person reads off ampoule, syringe and order, and types."""
    planned, syringe = asked["planned"], asked.get("syringe", {})
    values = {
        "dose": ("Dose", planned.get("dose")),
        "daily_dose": ("Dose a day", planned.get("daily_dose")),
        "concentration": ("Concentration", planned.get("concentration")),
        "stock": ("Strength on the ampoule", syringe.get("stock")),
        "drawn": ("Drawn from it", syringe.get("drawn")),
        "made": ("Filled up to", syringe.get("made")),
        "injected": ("To be injected", syringe.get("injected")),
    }
    return [
        Blind(key, label, text, text.partition(" ")[2])
        for key, (label, text) in values.items()
        if text is not None
    ]
