"""The figures of the design rules, from `design_rules.csv`."""

from __future__ import annotations

from typing import TypeVar

from thecal.care.advice import Cited
from thecal.data import Fact, FactValue
from thecal.errors import DataError
from thecal.pharmacy.lookup import by_key

V = TypeVar("V", bound=FactValue)


def figure(rule: str, parameter: str, kind: type[V]) -> Fact[V]:
    """Return the default of a parameter; raises `DataError` if it is missing or another kind."""
    found = by_key("design_rules", "rule").get(rule, {}).get(parameter)
    if found is None:
        raise DataError(f"design_rules.csv has no {rule} {parameter}", remedy="restore the row")
    return found[0].of_kind(kind)


def cited(rule: str, *parameters: str) -> tuple[Cited, ...]:
    """Return the defaults of some parameters, each with its note as what it stands for."""
    table = by_key("design_rules", "rule")[rule]
    return tuple(Cited(one.note, one) for name in parameters for one in table[name][:1])
