"""What the tables of the pharmacy have in common: lists in a cell, and ids that are not there."""

from __future__ import annotations

from collections.abc import Iterable

from thecal.data import Fact, FactValue, cached, fact_of, rows
from thecal.errors import UnknownIdError

Answers = dict[str, tuple[Fact[FactValue], ...]]


@cached
def by_key(table: str, key: str) -> dict[str, Answers]:
    """Return key to parameter to answers, in order of rank, of a table with those columns."""
    found: dict[str, Answers] = {}
    for row in sorted(rows(table), key=lambda row: int(row["rank"])):
        answers = found.setdefault(row[key], {})
        answers[row["parameter"]] = (*answers.get(row["parameter"], ()), fact_of(row))
    return found


def listed(fact: Fact[FactValue]) -> tuple[str, ...]:
    """Return the words of a cell that holds a list; the word `none` is an empty one."""
    words = fact.of_kind(str).value
    return () if words == "none" else tuple(words.split("; "))


def unknown(what: str, id: str, known: Iterable[str]) -> UnknownIdError:
    """Return the error for an id that is not there, with the nearest ones as the remedy."""
    import difflib  # slow to import, and only an error needs it

    ids = tuple(known)
    near = difflib.get_close_matches(id.lower(), ids, n=3) or ids
    return UnknownIdError(f'"{id}" is no {what}', remedy="did you mean " + ", ".join(near))
