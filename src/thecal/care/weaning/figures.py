"""The figures of weaning and of the low-dose protocols, from `weaning.csv`."""

from __future__ import annotations

from typing import TypeVar

from thecal.care.advice import Cited
from thecal.care.figures import Figures
from thecal.data import Fact, FactValue

TABLE = Figures("weaning", "rule")
V = TypeVar("V", bound=FactValue)


def figures(rule: str, parameter: str) -> tuple[Fact[FactValue], ...]:
    """Return every answer to a parameter of a rule, in order of rank; raises `DataError`."""
    return TABLE.every(rule, parameter)


def figure(rule: str, parameter: str, kind: type[V]) -> Fact[V]:
    """Return the first answer to a parameter; raises `DataError` if it is of another kind."""
    return TABLE.get(rule, parameter, kind)


def cited(rule: str, *parameters: str) -> tuple[Cited, ...]:
    """Return every answer to some parameters of a rule, each with its note."""
    return tuple(
        Cited(one.note or f"{rule}, {parameter}", one)
        for parameter in parameters
        for one in figures(rule, parameter)
    )
