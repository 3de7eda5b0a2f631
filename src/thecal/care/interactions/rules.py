"""How grave an interaction is and what it asks for, from `interaction_rules.csv`."""

from __future__ import annotations

from typing import TypeVar

from thecal.data import Fact, FactValue
from thecal.errors import DataError
from thecal.pharmacy.lookup import by_key, listed
from thecal.safety.finding import Severity

V = TypeVar("V", bound=FactValue)
SYSTEMIC_OPIOID, MAO_INHIBITOR, ALCOHOL = "systemic-opioid", "mao-inhibitor", "alcohol"


def rule(name: str, parameter: str, kind: type[V]) -> Fact[V]:
    """Return a figure of a rule; raises `DataError` if the table lacks it."""
    found = by_key("interaction_rules", "rule").get(name, {}).get(parameter)
    if found is None:
        raise DataError(
            f"interaction_rules.csv has no {name} {parameter}", remedy="restore the row"
        )
    return found[0].of_kind(kind)


def severity_of(partner: str, effect: Fact[str]) -> Severity:
    """Return how far an interaction goes; one that is only recalled never refuses."""
    severity = Severity(rule(partner, "severity", str).value)
    return Severity.SOFT if severity is Severity.HARD and effect.recalled else severity


def classes_that_need_watching() -> tuple[str, ...]:
    """Return the classes that ask for a watch at a start or restart of the pump."""
    return listed(rule("monitoring", "asked-for", str))


def classes_that_must_not_vanish() -> tuple[str, ...]:
    """Return the classes whose silent loss at an admission or implant endangers."""
    return listed(rule("reconcile", "must-not-vanish", str))
