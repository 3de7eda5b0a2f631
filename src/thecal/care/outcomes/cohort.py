"""A clinic's patients as CSV, for the four figures that the vendor's page left blank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.care.selection.items import PATHWAYS
from thecal.care.table_csv import read_csv
from thecal.errors import BadFileError, EntryError
from thecal.units import MassRate, parse_quantity

COLUMNS = (
    "patient",
    "pathway",
    "would_recommend",
    "opioid_before",
    "opioid_after",
    "would_choose_again",
    "satisfied",
)
_ANSWERS = {"yes": True, "no": False, "": None}


@final
@dataclass(frozen=True, slots=True)
class CohortPatient:
    """One patient; None where nobody asked. Opioids are systemic, as morphine equivalent."""

    patient: str
    pathway: str
    would_recommend: bool | None
    opioid_before: MassRate | None
    opioid_after: MassRate | None
    would_choose_again: bool | None
    satisfied: bool | None


def read_cohort(data: bytes, name: str) -> tuple[CohortPatient, ...]:
    """Return the patients of a CSV file with the columns of `COLUMNS`; an empty cell is unasked.

    Raises
    ------
    BadFileError
        If the file is no such table, a patient stands twice, or a cell cannot be read.
    """
    found: dict[str, CohortPatient] = {}
    for line, row in read_csv(data, name, COLUMNS):
        place = f"{name} line {line}"
        patient, pathway = row["patient"], row["pathway"]
        if not patient or patient in found:
            raise BadFileError(f'patient "{patient}" is empty or stands twice', place=place)
        if pathway not in PATHWAYS:
            raise BadFileError(
                f'"{pathway[:30]}" is no pathway', remedy=", ".join(PATHWAYS), place=place
            )
        found[patient] = CohortPatient(
            patient,
            pathway,
            _answer(row["would_recommend"], place),
            _opioid(row["opioid_before"], place),
            _opioid(row["opioid_after"], place),
            _answer(row["would_choose_again"], place),
            _answer(row["satisfied"], place),
        )
    return tuple(found.values())


def _answer(text: str, place: str) -> bool | None:
    if text not in _ANSWERS:
        raise BadFileError(f'"{text[:20]}" is no answer', remedy="yes, no or empty", place=place)
    return _ANSWERS[text]


def _opioid(text: str, place: str) -> MassRate | None:
    if not text:
        return None
    try:
        return parse_quantity(text, MassRate, zero_allowed=True)
    except EntryError as error:
        raise BadFileError(error.what, why=error.why, remedy=error.remedy, place=place) from None
