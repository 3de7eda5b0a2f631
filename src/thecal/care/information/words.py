"""The texts of the pages of information in English and German, from `information_words.csv`."""

from __future__ import annotations

from collections.abc import Iterable

from thecal.care.document import Section, Text
from thecal.care.figures import Figures
from thecal.care.papers.words import filled, item, say
from thecal.data import Fact, FactValue

RULES = Figures("information_rules")


def tell(name: str, /, **values: Text | str) -> Text:
    """Return a text by name with its places filled in both languages.

    Raises
    ------
    DataError
        If there is no such text, or a place of it is not filled.
    """
    return filled("information_words", name, values)


def listed(heading: Text, texts: Iterable[Text]) -> Section:
    """Return a section that is a list."""
    return Section(heading, paragraphs=tuple(item(one) for one in texts))


def remembered(text: Text, fact: Fact[FactValue] | Fact[str]) -> Text:
    """Return a text, marked where its source is nobody's page but a memory."""
    return tell("from-memory", text=text) if fact.recalled else text


def names_in(subject: str, parameter: str) -> tuple[str, ...]:
    """Return a list of the rules, as the abbreviations of the glossary; raises `DataError`."""
    return tuple(RULES.text(subject, parameter).split("; "))


def source_note(what: Text, fact: Fact[FactValue]) -> Text:
    """Return the line that says where a figure comes from."""
    return say("source-line", what=what, source=fact.provenance())
