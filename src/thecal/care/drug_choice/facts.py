"""The figures and sentences of the choice of drugs, from `drug_choice.csv`."""

from __future__ import annotations

from thecal.care.advice import Cited
from thecal.care.figures import Figures
from thecal.data import Fact, FactValue
from thecal.pharmacy.lookup import Answers

TABLE = Figures("drug_choice")


def subject(name: str) -> Answers:
    """Return every row of a subject by parameter; nothing where the table is silent."""
    return TABLE.answers(name)


def figure(name: str, parameter: str) -> Fact[FactValue]:
    """Return the default of a parameter; raises `DataError` if the row is missing."""
    return TABLE.every(name, parameter)[0]


def cited(name: str, *parameters: str) -> tuple[Cited, ...]:
    """Return every answer to the parameters of a subject, named by the parameter."""
    return tuple(
        Cited(f"{name}: {parameter}", one)
        for parameter in parameters
        for one in subject(name).get(parameter, ())
    )
