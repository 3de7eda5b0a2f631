"""The figures of weaning and of the low-dose protocols, from `weaning.csv`."""

from __future__ import annotations

from typing import TypeVar

from thecal.care.advice import Cited
from thecal.data import Fact, FactValue
from thecal.errors import DataError
from thecal.pharmacy.lookup import by_key

V = TypeVar("V", bound=FactValue)


def figures(rule: str, parameter: str) -> tuple[Fact[FactValue], ...]:
    """Return every answer to a parameter of a rule, in order of rank; raises `DataError`."""
    found = by_key("weaning", "rule").get(rule, {}).get(parameter)
    if found is None:
        raise DataError(f"weaning.csv has no {rule} {parameter}", remedy="restore the row")
    return found


def figure(rule: str, parameter: str, kind: type[V]) -> Fact[V]:
    """Return the first answer to a parameter; raises `DataError` if it is of another kind."""
    return figures(rule, parameter)[0].of_kind(kind)


def cited(rule: str, *parameters: str) -> tuple[Cited, ...]:
    """Return every answer to some parameters of a rule, each with its note."""
    return tuple(
        Cited(one.note or f"{rule}, {parameter}", one)
        for parameter in parameters
        for one in figures(rule, parameter)
    )
