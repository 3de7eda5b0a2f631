"""The tables of the body: where each drug's mass is, whose figures stand in, which constants."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from thecal.body.course import BodyCourse, MassBalance, StandIn, UsedFact
from thecal.pharmacy import both_units
from thecal.report.body_notes import parameter_words, source_words
from thecal.report.figure import Table
from thecal.report.sources import STANDING
from thecal.report.words import fact_value
from thecal.units import Mass, show_number, show_percent

_PLACES = (
    ("CSF of the spinal canal", "csf"),
    ("spinal cord and roots", "cord"),
    ("epidural space", "epidural"),
    ("fat", "fat"),
    ("CSF of the head", "cranial"),
    ("plasma", "plasma"),
    ("eliminated", "eliminated"),
)
_TRACE = 1e-9


def body_balance_table(body: BodyCourse) -> Table:
    """Return per drug where its mass is at the end of the run, with the share of the dose."""
    drugs = list(body.balance)
    rows = tuple(
        (
            name,
            *(
                _share(drug, getattr(body.balance[drug], field), body.balance[drug])
                for drug in drugs
            ),
        )
        for name, field in _PLACES
    )
    foot = (
        ("left the catheter tip", *(_mass(drug, body.balance[drug].dose) for drug in drugs)),
        ("error of the sum", *(_error(body.balance[drug]) for drug in drugs)),
    )
    return Table("Where each drug is at the end of the run", ("Place", *drugs), rows, foot)


def _mass(drug: str, micrograms: float) -> str:
    return both_units(drug, Mass.of(Fraction(micrograms), "ug"))


def _share(drug: str, micrograms: float, balance: MassBalance) -> str:
    if not balance.dose or not micrograms:
        return _mass(drug, micrograms)
    part = micrograms / balance.dose
    if abs(part) < _TRACE:
        return "under a billionth of the dose"
    percent = show_percent(Fraction(part), signed=False)
    return f"{_mass(drug, micrograms)}, {percent} of the dose"


def _error(balance: MassBalance) -> str:
    error = balance.relative_error
    return f"1 part in {show_number(Fraction(1 / error), digits=2)}" if error else "none"


def stand_ins_table(stand_ins: Iterable[StandIn]) -> Table:
    """Return the figures that a drug lacks in humans, and whose are used instead."""
    rows = tuple(
        (one.drug, parameter_words(one.parameter), source_words(one.source_drug))
        for one in stand_ins
    )
    head = ("Drug", "Has no human intrathecal figure of its own for", "That of this drug is used")
    return Table("Figures that stand in for missing ones", head, rows)


def facts_table(facts: Iterable[UsedFact]) -> Table:
    """Return the constants that shaped the result, each with its source and standing."""
    rows = tuple(
        (
            one.owner,
            parameter_words(one.parameter),
            fact_value(one.fact),
            one.fact.source + (f"\n{one.fact.note}" if one.fact.note else ""),
            STANDING[one.fact.status]
            + (f" by {one.fact.checked_by}" if one.fact.checked_by else ""),
        )
        for one in facts
    )
    head = ("Of", "Constant", "Value", "Source", "Standing")
    return Table("Constants of the model of the body", head, rows)
