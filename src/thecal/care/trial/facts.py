"""The figures and sentences of a trial, from `trial.csv`."""

from __future__ import annotations

from typing import TypeVar

from thecal.care.advice import Cited
from thecal.data import Fact, FactValue
from thecal.errors import DataError
from thecal.pharmacy.lookup import Answers, by_key

V = TypeVar("V", bound=FactValue)


def subject(name: str) -> Answers:
    """Return every row of a subject by parameter; nothing where the table is silent."""
    return by_key("trial", "subject").get(name, {})


def figure(name: str, parameter: str, kind: type[V]) -> Fact[V]:
    """Return the default of a parameter; raises `DataError` if it is missing or no `kind`."""
    found = subject(name).get(parameter)
    if found is None:
        raise DataError(f"trial.csv has no {name} {parameter}", remedy="restore the row")
    return found[0].of_kind(kind)


def cited(name: str, parameter: str) -> tuple[Cited, ...]:
    """Return every answer to a parameter, the default first, named by its note."""
    answers = subject(name).get(parameter, ())
    return tuple(Cited(one.note or f"{name}: {parameter}", one) for one in answers)
