"""The figures and sentences of a trial, from `trial.csv`."""

from __future__ import annotations

from typing import TypeVar

from thecal.care.advice import Cited
from thecal.care.figures import Figures
from thecal.data import Fact, FactValue
from thecal.pharmacy.lookup import Answers

TABLE = Figures("trial")
V = TypeVar("V", bound=FactValue)


def subject(name: str) -> Answers:
    """Return every row of a subject by parameter; nothing where the table is silent."""
    return TABLE.answers(name)


def figure(name: str, parameter: str, kind: type[V]) -> Fact[V]:
    """Return the default of a parameter; raises `DataError` if it is missing or no `kind`."""
    return TABLE.get(name, parameter, kind)


def cited(name: str, parameter: str) -> tuple[Cited, ...]:
    """Return every answer to a parameter, the default first, named by its note."""
    answers = subject(name).get(parameter, ())
    return tuple(Cited(one.note or f"{name}: {parameter}", one) for one in answers)
