"""The fields of a trial's page, one list for each thing that is written down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from thecal.care.anticoagulants.agents import agents
from thecal.care.forms.choice import choices
from thecal.care.pathway import pathway
from thecal.care.trial.case import FUNCTIONS, NO_TRIAL, SIDE_EFFECTS, START_RULES
from thecal.care.trial.rules import trial_rules
from thecal.care.trial.scales import NUMERIC, ashworth_categories, scale_name
from thecal.clinic.flows.trial_log import TrialRecord
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.plans.sheet import CaseField, same
from thecal.device import pump_models
from thecal.pharmacy import drug, indications
from thecal.pharmacy.lookup import listed
from thecal.therapy.hardware_reader import LEVELS
from thecal.units import Concentration

NOBODY = "none"
"""Said of anticoagulants: the person takes none of those on the list."""
SPASTICITY = "spasticity"


def plan_fields(chart: Chart) -> Sequence[CaseField]:
    """Return what is planned: method, drug, who."""
    way = pathway(chart.content["pathway"])
    methods = (*listed(way.trial_methods), NO_TRIAL)
    rules = tuple((one.id, one.name.value) for one in trial_rules() if way.therapy in one.therapies)
    fields = [
        CaseField("method", "Method", "choice", choices=same(methods), required=True),
        CaseField(
            "drug",
            "Drug",
            "choice",
            choices=tuple((id, said.en) for id, said in choices("@drugs").items()),
            when="needed unless no trial is held",
        ),
        CaseField("reason", "Why no trial is held", "long", when="needed without a trial"),
        CaseField("indication", "Indication", "choice", choices=_indications(way.therapy)),
        CaseField("rule", "Rule of success, where not the usual one", "choice", choices=rules),
        CaseField("outpatient", "Goes home the same day", "flag"),
        CaseField("opioid_tolerant", "Used to opioids", "flag"),
        CaseField(
            "systemic_opioid_before", "Oral morphine equivalent", "quantity", units=("mg/d",)
        ),
        CaseField("naloxone_at_hand", "Naloxone at hand", "flag"),
    ]
    if way.therapy == SPASTICITY:
        fields.append(CaseField("origin", "Origin", "choice", choices=same(("spinal", "cerebral"))))
        fields.append(CaseField("small_child", "A very small child", "flag"))
    return fields


def plan_known(chart: Chart) -> Mapping[str, Any]:
    """Return what the pathway answers."""
    way = pathway(chart.content["pathway"])
    found: dict[str, Any] = {"therapy": way.therapy}
    if way.therapy != SPASTICITY:
        found["setting"] = "cancer" if way.id == "cancer" else "non-cancer"
    return found


def order_fields(trial: TrialRecord) -> Sequence[CaseField]:
    """Return what an order of a dose says: when, how much, from which syringe, what else."""
    one = drug(str(trial.values["drug"]))
    masses = (one.mass_unit,)
    taken = ((NOBODY, "none"), *((id, each.name) for id, each in agents().items()))
    dose = (
        CaseField("planned.dose", "Dose", "quantity", units=masses, required=True)
        if trial.has_boluses
        else CaseField(
            "planned.daily_dose",
            "Dose a day",
            "quantity",
            units=(f"{one.mass_unit}/d",),
            required=True,
        )
    )
    syringe = (
        (
            CaseField(
                "syringe.stock",
                "Strength of the stock",
                "quantity",
                units=_strengths(one.concentration_unit),
                required=True,
            ),
            CaseField("syringe.drawn", "Drawn from it", "quantity", units=("mL",), required=True),
            CaseField(
                "syringe.made",
                "Filled up to",
                "quantity",
                units=("mL",),
                required=True,
                hint="as much as was drawn where nothing is added",
            ),
            CaseField("syringe.injected", "Injected", "quantity", units=("mL",), required=True),
        )
        if trial.has_boluses
        else (
            CaseField(
                "planned.concentration",
                "Concentration",
                "quantity",
                units=_strengths(one.concentration_unit),
                required=True,
            ),
        )
    )
    return (
        CaseField("planned.time", "Time", "moment", required=True),
        dose,
        *syringe,
        CaseField(
            "anticoagulants.drug",
            "Anticoagulant or similar",
            "choice",
            choices=taken,
            required=True,
        ),
        CaseField(
            "anticoagulants.last_dose", "Its last dose", "moment", when="needed where one is taken"
        ),
        CaseField("order.naloxone", "Naloxone at hand now", "flag", required=True),
        CaseField("order.reason", "Reason, where something asks for one", "long"),
    )


def score_fields(trial: TrialRecord) -> Sequence[CaseField]:
    """Return one moment of observation: scores, and function."""
    groups = _groups(trial)
    categories = same(tuple(ashworth_categories()))
    found = [CaseField("score.time", "Time", "moment", required=True)]
    if trial.values["therapy"] == SPASTICITY:
        found += [
            CaseField(f"score.ashworth.{group}", f"Ashworth: {group}", "choice", choices=categories)
            for group in groups
        ]
        scales: tuple[str, ...] = ("penn-frequency", "penn-severity")
    else:
        scales = tuple(one for one in NUMERIC if not one.startswith("penn"))
    found += [
        CaseField(f"score.{one.replace('-', '_')}", scale_name(one), "text") for one in scales
    ]
    found.append(CaseField("score.function", "Function", "choice", choices=same(FUNCTIONS)))
    return found


def state_fields(trial: TrialRecord) -> Sequence[CaseField]:
    """Return what the patient says, and what the implanter needs besides the result."""
    return tuple(_state(trial))


def _state(trial: TrialRecord) -> Iterator[CaseField]:
    one = drug(str(trial.values["drug"]))
    yield CaseField("said", "What the patient says, in their own words", "long")
    if trial.has_boluses:
        yield CaseField("stated.responded", "The last dose worked, says the examiner", "flag")
        yield CaseField("stated.effect_duration", "Its effect lasted", "quantity", units=("h",))
    yield CaseField("stated.side_effects", "Side effects", "choice", choices=same(SIDE_EFFECTS))
    yield CaseField("stated.goals_met", "Goals met", "flag")
    yield CaseField("stated.accepted_by_patient", "The patient wants the pump", "flag")
    yield CaseField("stated.prolonged_reaction", "A bad or prolonged reaction", "flag")
    yield CaseField(
        "stated.start_rule", "Rule of the first dose", "choice", choices=same(START_RULES)
    )
    handed = "stated.hand_over"
    yield CaseField(f"{handed}.aetiology", "Aetiology")
    yield CaseField(f"{handed}.tip", "Tip wanted", "choice", choices=same(LEVELS))
    pumps = tuple((each.id, each.name) for each in pump_models())
    yield CaseField(f"{handed}.pump", "Pump", "choice", choices=pumps)
    yield CaseField(
        f"{handed}.concentration",
        "Concentration for the pump",
        "quantity",
        units=_strengths(one.concentration_unit),
    )
    yield CaseField(
        f"{handed}.start_dose", "First dose a day", "quantity", units=(f"{one.mass_unit}/d",)
    )
    yield CaseField(f"{handed}.position", "Position and side of the pump")
    yield CaseField(f"{handed}.anticoagulant_plan", "Plan for anticoagulants")


def _groups(trial: TrialRecord) -> tuple[str, ...]:
    """Return the muscle groups that were scored before, else the usual four."""
    scored = dict.fromkeys(
        group for one in trial.values.get("scores", ()) for group in one.get("ashworth", ())
    )
    usual = ("left-hip", "left-knee", "right-hip", "right-knee")
    return tuple(scored) or usual


def _indications(therapy: str) -> tuple[tuple[str, str], ...]:
    known = [one.id for one in indications() if one.therapy == therapy]
    said = choices("@indications")
    return tuple((one, said[one].en) for one in known)


def _strengths(first: str) -> tuple[str, ...]:
    """Return the units of a concentration, that of the drug first: none is taken for granted."""
    masses = ("mg/mL", "ug/mL")
    return (first, *(one for one in masses if one in Concentration.unit_codes() and one != first))
