"""Sentences of the selection rules in English and German, from `selection_sentences.csv`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import final

from thecal.data import cached, rows
from thecal.errors import DataError

ENGLISH, GERMAN = "en", "de"


@final
@dataclass(frozen=True, slots=True)
class Wording:
    """One sentence or term in both languages."""

    en: str
    de: str

    def joined(self, other: Wording) -> Wording:
        """Return this sentence followed by another one."""
        return Wording(f"{self.en} {other.en}", f"{self.de} {other.de}")


@cached
def _templates() -> Mapping[str, Wording]:
    found: dict[str, dict[str, str]] = {}
    for row in rows("selection_sentences"):
        found.setdefault(row["sentence"], {})[row["language"]] = row["value"]
    for code, languages in found.items():
        if set(languages) != {ENGLISH, GERMAN}:
            raise DataError(f"selection_sentences.csv needs {code} in en and de, and no other")
    return MappingProxyType(
        {code: Wording(both[ENGLISH], both[GERMAN]) for code, both in found.items()}
    )


def codes() -> tuple[str, ...]:
    """Return the codes of every sentence and term."""
    return tuple(_templates())


def sentence(code: str, **values: Wording | str) -> Wording:
    """Return the sentence with this code, its places filled.

    Raises
    ------
    DataError
        If there is no such sentence, or a place of it is not filled.
    """
    template = _templates().get(code)
    if template is None:
        raise DataError(f"selection_sentences.csv has no {code}", remedy="restore its two rows")
    if not values:
        return template
    english = {k: v.en if isinstance(v, Wording) else v for k, v in values.items()}
    german = {k: v.de if isinstance(v, Wording) else v for k, v in values.items()}
    try:
        return Wording(template.en.format(**english), template.de.format(**german))
    except KeyError as error:
        raise DataError(
            f"nothing fills {error} of {code}", remedy="restore the row of selection_sentences.csv"
        ) from None


def listed(terms: Iterable[Wording]) -> Wording:
    """Return terms as one list, parted by commas."""
    all_terms = tuple(terms)
    return Wording(", ".join(t.en for t in all_terms), ", ".join(t.de for t in all_terms))
