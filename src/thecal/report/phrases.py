"""Phrases for people in their language, from a table with `parameter` and `language`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from thecal.care.document import Language
from thecal.data import cached, fact_of, rows
from thecal.errors import DataError


@cached
def _phrases(table: str) -> Mapping[tuple[str, str], str]:
    return MappingProxyType(
        {
            (row["parameter"], row["language"]): fact_of(row).of_kind(str).value
            for row in rows(table)
        }
    )


def has_phrase(table: str, name: str, language: Language) -> bool:
    """Return whether a table has a phrase in a language."""
    return (name, language) in _phrases(table)


def phrase(table: str, name: str, language: Language, /, **values: object) -> str:
    """Return a phrase with its values filled in; raises `DataError` where there is none."""
    found = _phrases(table).get((name, language))
    if found is None:
        raise DataError(f'{table}.csv has no "{name}" in "{language}"', remedy="restore the row")
    try:
        return found.format(**values)
    except (KeyError, IndexError, ValueError) as error:
        raise DataError(
            f'"{name}" in "{language}" asks for a value that it does not get',
            why=str(error),
            remedy="use " + ", ".join(f"{{{key}}}" for key in values),
        ) from error


def spelled_date(day: int, month: int, year: int, language: Language) -> str:
    """Return a date with the month spelled out in a language."""
    name = phrase("controller_words", "months", language).split("; ")[month - 1]
    return phrase("controller_words", "date", language, day=day, month=name, year=year)
