"""The words of the outsiders' pages in both languages, and how much they may hold."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from thecal.care.document import Text
from thecal.care.figures import Figures
from thecal.data import cached, rows
from thecal.errors import DataError
from thecal.units import Duration

RULES = Figures("enquiry_rules", key="rule")


@cached
def all_words() -> Mapping[str, Text]:
    """Return every word by its name, from `enquiry_words.csv`."""
    found: dict[str, dict[str, str]] = {}
    for row in rows("enquiry_words"):
        found.setdefault(row["parameter"], {})[row["language"]] = row["value"]
    return MappingProxyType({name: Text(one["en"], one["de"]) for name, one in found.items()})


def said(name: str, **filled: str) -> Text:
    """Return a text, its places filled; raises `DataError` where it is missing."""
    text = all_words().get(name)
    if text is None:
        raise DataError(f"enquiry_words.csv has no {name}", remedy="restore its two rows")
    return Text(text.en.format(**filled), text.de.format(**filled)) if filled else text


def limit(rule: str, parameter: str) -> int:
    """Return a figure of `enquiry_rules.csv`; raises `DataError` where it is missing."""
    return int(RULES.get(rule, parameter, Fraction).value)


def within(rule: str) -> Duration:
    """Return the time over which messages are counted."""
    return RULES.get(rule, "within", Duration).value
