"""The coded list of complications, its grades and published rates, from `complication*.csv`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import final

from thecal.care.document import Text
from thecal.data import Fact, FactValue, cached, fact_of, rows
from thecal.errors import DataError
from thecal.pharmacy.lookup import by_key, unknown

REFILL, PATIENT, PROCEDURE = "refill", "patient", "procedure"
PATIENT_YEAR, PUMP_YEAR = "patient-year", "pump-year"
DENOMINATORS = (REFILL, PATIENT, PROCEDURE, PATIENT_YEAR, PUMP_YEAR)
"""What a clinic can count; a rate per anything else is shown and not held against its counts."""
YEARS = (PATIENT_YEAR, PUMP_YEAR)
_PERCENT = 100


@final
@dataclass(frozen=True, slots=True)
class Rate:
    """A published rate.

    Attributes
    ----------
    per
        What it is counted over: one of `DENOMINATORS`, or something that no clinic counts.
    value
        Events for one of them, exact.
    fact
        The row it comes from.
    """

    complication: str
    population: str
    per: str
    study: str
    value: Fraction
    fact: Fact[FactValue]

    @property
    def shown(self) -> str:
        """Who was counted, and by whom, for people."""
        return f"{self.population}, {self.study}, per {self.per}"


@final
@dataclass(frozen=True, slots=True)
class Complication:
    """One entry of the list.

    Attributes
    ----------
    category
        As in `catheter`, `refill`, `side-effect`.
    origin
        What it comes from: `surgery`, `device`, `pump`, `drug`.
    rates
        Published ones, in the order of the table; empty where the sources hold none.
    next_step
        Where to go from here; None where the table says nothing.
    dispute
        The question that the sources answer differently, and their answers.
    """

    id: str
    category: str
    origin: str
    name: Text
    rates: tuple[Rate, ...]
    next_step: Fact[str] | None
    dispute: tuple[str, tuple[Fact[FactValue], ...]] | None


@cached
def complications() -> Mapping[str, Complication]:
    """Return the coded list, by id in the order of the table."""
    found = {}
    for name, answers in by_key("complications", "complication").items():

        def text(
            parameter: str, answers: Mapping[str, tuple[Fact[FactValue], ...]] = answers
        ) -> str:
            return answers[parameter][0].of_kind(str).value

        asks = "dispute-question" in answers
        found[name] = Complication(
            id=name,
            category=text("category"),
            origin=text("origin"),
            name=Text(text("name-en"), text("name-de")),
            rates=_rates().get(name, ()),
            next_step=answers["next"][0].of_kind(str) if "next" in answers else None,
            dispute=(text("dispute-question"), answers["dispute"]) if asks else None,
        )
    return MappingProxyType(found)


def complication(id: str) -> Complication:
    """Return the complication with this id; raises `UnknownIdError`."""
    found = complications().get(id)
    if found is None:
        raise unknown("complication of the list", id, complications())
    return found


@cached
def grades() -> Mapping[str, Fact[str]]:
    """Return grade to its meaning, the mildest first."""
    found = {
        row["grade"]: fact_of(row).of_kind(str)
        for row in rows("complication_grades")
        if row["parameter"] == "name-en"
    }
    return MappingProxyType(found)


@cached
def _rates() -> Mapping[str, tuple[Rate, ...]]:
    grouped: dict[tuple[str, str, str, str], dict[str, Fact[FactValue]]] = {}
    for row in rows("complication_rates"):
        key = row["complication"], row["population"], row["per"], row["study"]
        grouped.setdefault(key, {})[row["parameter"]] = fact_of(row)
    found: dict[str, tuple[Rate, ...]] = {}
    for (name, population, per, study), facts in grouped.items():
        rate = Rate(name, population, per, study, _value(name, facts), next(iter(facts.values())))
        found[name] = (*found.get(name, ()), rate)
    return MappingProxyType(found)


def _value(name: str, facts: Mapping[str, Fact[FactValue]]) -> Fraction:
    def number(parameter: str) -> Fraction:
        if parameter not in facts:
            raise DataError(f"complication_rates.csv: {name} needs percent, or events and of")
        return facts[parameter].of_kind(Fraction).value

    if "percent" in facts:
        return number("percent") / _PERCENT
    return number("events") / number("of")
