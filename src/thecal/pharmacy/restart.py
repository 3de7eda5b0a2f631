"""What an abrupt stop does, per class of drug, and when a restart is a new start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import final

from thecal.data import Fact, cached
from thecal.pharmacy.formulary import drug
from thecal.pharmacy.lookup import by_key, unknown
from thecal.units import Duration


@final
@dataclass(frozen=True, slots=True)
class RestartRule:
    """The rule of one class.

    Attributes
    ----------
    gap
        After a longer interruption a restart counts as a new start.
    fraction
        Part of the old dose at or below which to restart then; None where the class has none.
    abrupt_stop, onset
        What an abrupt stop does, and after what time.
    stop_is_hazard
        Whether the stop itself endangers (baclofen, clonidine).
    has_withdrawal
        Whether a stop is followed by a withdrawal, dangerous or not.
    """

    drug_class: str
    gap: Fact[Duration]
    fraction: Fact[Fraction] | None
    abrupt_stop: Fact[str]
    onset: Fact[str]
    stop_is_hazard: bool
    has_withdrawal: bool


@cached
def restart_rules() -> Mapping[str, RestartRule]:
    """Return drug class to rule."""
    rules = {}
    for name, answers in by_key("restart", "drug_class").items():
        fraction = answers.get("restart-fraction")
        rules[name] = RestartRule(
            drug_class=name,
            gap=answers["gap"][0].of_kind(Duration),
            fraction=None if fraction is None else fraction[0].of_kind(Fraction),
            abrupt_stop=answers["abrupt-stop"][0].of_kind(str),
            onset=answers["onset"][0].of_kind(str),
            stop_is_hazard=answers["stop-is-hazard"][0].of_kind(str).value == "yes",
            has_withdrawal=answers["withdrawal"][0].of_kind(str).value == "yes",
        )
    return MappingProxyType(rules)


def restart_rule(drug_id: str) -> RestartRule:
    """Return the rule for a drug; raises `UnknownIdError` for a drug or class that is not there."""
    name = drug(drug_id).drug_class
    rule = restart_rules().get(name)
    if rule is None:
        raise unknown("drug class with a restart rule", name, restart_rules())
    return rule
