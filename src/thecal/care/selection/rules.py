"""The figures of the selection rules, from `selection_rules.csv`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from thecal.care.advice import Cited, Disagreement
from thecal.care.figures import Figures
from thecal.data import Fact, FactValue
from thecal.pharmacy.lookup import Answers, by_key

TABLE = Figures("selection_rules", "rule")
V = TypeVar("V", bound=FactValue)


def entries(table: str, key: str) -> Mapping[str, Answers]:
    """Return the rows of a table of this package: key to parameter to answers by rank."""
    return by_key(table, key)


def figures(rule: str, parameter: str) -> tuple[Fact[FactValue], ...]:
    """Return every answer to a parameter of a rule, the default first; raises `DataError`."""
    return TABLE.every(rule, parameter)


def figure(rule: str, parameter: str, kind: type[V]) -> Fact[V]:
    """Return the default of a parameter of a rule; raises `DataError` if it is of another kind."""
    return TABLE.get(rule, parameter, kind)


def cited(rule: str, *parameters: str) -> tuple[Cited, ...]:
    """Return the defaults of parameters of a rule, each with its note as what it stands for."""
    return tuple(
        Cited(one.note or f"{rule}: {parameter}", one)
        for parameter in parameters
        for one in figures(rule, parameter)[:1]
    )


def disagreement(question: str, rule: str, parameter: str, *, used: bool = True) -> Disagreement:
    """Return all answers to a parameter of a rule as a disagreement of the sources."""
    answers = tuple(Cited(one.note or parameter, one) for one in figures(rule, parameter))
    return Disagreement(question, answers, used)
