"""Flags on the texts of the source documents: half a range, numbers lost in translation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

from thecal.care.advice import Cited
from thecal.care.evidence.defects import rule_cited
from thecal.data import Fact, cached, fact_of, rows

_HALF_RANGE = re.compile(
    r"[0-9]\s*(?:-|\u2013|\bto\b|\bbis\b)\s*(?![0-9\s])|[0-9]\s*(?:-|\u2013|\bto\b|\bbis\b)\s*$"
)
_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)?")


@final
@dataclass(frozen=True, slots=True)
class Flag:
    """A doubt about the text of a statement."""

    statement: str
    language: str
    rule: str
    message: str
    figures: tuple[Cited, ...]


@cached
def statements() -> Mapping[str, Mapping[str, Fact[str]]]:
    """Return statement to language to text, from `source_statements.csv`."""
    found: dict[str, dict[str, Fact[str]]] = {}
    for row in rows("source_statements"):
        found.setdefault(row["statement"], {})[row["language"]] = fact_of(row).of_kind(str)
    return found


def half_range(text: str) -> bool:
    """Whether a text holds a range whose second end is missing, as in `1- h`."""
    return _HALF_RANGE.search(text) is not None


def flags() -> tuple[Flag, ...]:
    """Return every doubt about the statements."""
    found = []
    for name, texts in statements().items():
        for language, fact in texts.items():
            if half_range(fact.value):
                message = f'"{fact.value}" lacks the second number of a range'
                figures = (rule_cited("incomplete-range"), Cited(f"{name}, {language}", fact))
                found.append(Flag(name, language, "incomplete-range", message, figures))
        numbers = {tuple(_NUMBER.findall(fact.value)) for fact in texts.values()}
        if len(numbers) > 1:
            message = "the languages do not say the same numbers"
            said = (Cited(f"{name}, {language}", fact) for language, fact in texts.items())
            both = (rule_cited("numbers-differ"), *said)
            found.append(Flag(name, "all", "numbers-differ", message, both))
    return tuple(found)
