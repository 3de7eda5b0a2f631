"""An order of a trial dose: what stands against it, and what a second person checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from thecal.care.anticoagulants.advise import advise as anticoagulant_advice
from thecal.care.trial.advise import advice_on
from thecal.care.trial.facts import figure
from thecal.care.trial.syringe import check_syringe, read_syringe
from thecal.clinic.access.second import Blind, request_draft
from thecal.clinic.flows.trial_fields import NOBODY
from thecal.clinic.flows.trial_log import ORDERED, TrialRecord
from thecal.clinic.ledger.case_values import case_to_json
from thecal.clinic.ledger.log import Draft
from thecal.pharmacy import drug
from thecal.safety.finding import Finding, Severity
from thecal.therapy.table import Table

SUBJECT = "trial dose"
_PROCEDURES = {True: "trial-injection", False: "trial-catheter"}
_OPIOID = "opioid"


def check_order(trial: TrialRecord, asked: Mapping[str, Any]) -> tuple[Finding, ...]:
    """Return what stands against a dose: ladder, limits, syringe, anticoagulants, naloxone.

    Raises
    ------
    BadFileError
        If a value cannot be read; its key is named.
    """
    return tuple(_check(trial, asked))


def _check(trial: TrialRecord, asked: Mapping[str, Any]) -> Iterator[Finding]:
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
        f"the time: {asked['planned']['time'].isoformat(sep=' ', timespec='minutes')}",
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
