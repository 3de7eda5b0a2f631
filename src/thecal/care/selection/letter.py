"""What the letter to the referrer says, in English and German; printing it is another room's work.

Sentences are assembled from the judgements alone: nothing is written that no rule said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import final

from thecal.care import document
from thecal.care.advice import Listing, Weight
from thecal.care.document import Document, Field, Text
from thecal.care.selection.assess import Assessment
from thecal.care.selection.rules import entries
from thecal.care.selection.wording import Wording, listed, sentence


@final
@dataclass(frozen=True, slots=True)
class Section:
    """One part of the letter: its heading and its sentences."""

    id: str
    heading: Wording
    sentences: tuple[Wording, ...]


@final
@dataclass(frozen=True, slots=True)
class Letter:
    """The content of a letter, section by section."""

    sections: tuple[Section, ...]

    def text(self, language: str) -> str:
        """Return the letter in one language, `en` or `de`, without layout."""
        parts = []
        for section in self.sections:
            lines = [getattr(one, language) for one in (section.heading, *section.sentences)]
            parts.append("\n".join(lines))
        return "\n\n".join(parts)


KIND = "selection-letter"
_SECTIONS = (
    ("against", Weight.AGAINST),
    ("missing", Weight.MISSING),
    ("caution", Weight.CAUTION),
    ("for", Weight.FOR),
)


def letter(assessment: Assessment) -> Letter:
    """Return the letter that tells the referrer verdict, reasons and next step."""
    return Letter(tuple(_sections(assessment)))


def letter_listing(content: Letter) -> Listing:
    """Return the letter as a table with both languages side by side."""
    rows = tuple(
        (section.id, one.en, one.de) for section in content.sections for one in section.sentences
    )
    return Listing("Letter to the referrer", ("section", "English", "German"), rows)


def letter_document(assessment: Assessment) -> Document:
    """Return the letter to be printed and signed, with the sources of what it says."""
    case = assessment.case
    dates = {"referral.demographics": case.birth_date, "letter.assessed-on": case.assessed_on}
    fields = tuple(
        Field(_text(sentence(code)), Text.same(day.isoformat()))
        for code, day in dates.items()
        if day is not None
    )
    content = letter(assessment).sections
    head = document.Section(_text(content[0].heading), _texts(content[0].sentences), fields)
    body = [document.Section(_text(one.heading), _texts(one.sentences)) for one in content[1:]]
    signed = (_text(sentence("letter.signature")),)
    return Document(
        KIND,
        _text(sentence("letter.title")),
        (head, *body[:-1], replace(body[-1], signatures=signed)),
        tuple(_sources(assessment)),
    )


def _sources(assessment: Assessment) -> Iterator[Text]:
    """Yield the source of every judgement that the letter tells, each once."""
    told = [one for _, weight in _SECTIONS for one in assessment.of(weight)]
    lines = [f"{cite.what}: {cite.fact.provenance()}" for one in told for cite in one.figures]
    yield from (Text.same(one) for one in dict.fromkeys(lines))


def _text(said: Wording) -> Text:
    return Text(said.en, said.de)


def _texts(said: tuple[Wording, ...]) -> tuple[Text, ...]:
    return tuple(_text(one) for one in said)


def _sections(assessment: Assessment) -> Iterator[Section]:
    case, verdict = assessment.case, assessment.verdict
    if case.indication_id is not None:
        indication = sentence(f"indication.{case.indication_id}")
        yield _section("subject", sentence("letter.subject", indication=indication))
    missing = len(assessment.of(Weight.MISSING))
    yield _section("verdict", sentence(f"letter.{verdict}", count=str(missing)))
    for id, weight in _SECTIONS:
        said = tuple(one.said for one in assessment.of(weight))
        if said:
            yield _section(id, *said)
    if assessment.system is not None:
        yield _section("system", sentence(f"system.{assessment.system}"))
    yield _section("next", sentence(f"letter.next-{verdict}"))
    copies = entries("selection_pathways", "pathway")[case.pathway]["letter-copies"][0].of_kind(str)
    names = listed(sentence(f"copy.{one}") for one in copies.value.split("; "))
    yield _section("copies", sentence("letter.copies", copies=names))
    yield _section("note", sentence("letter.note"))


def _section(id: str, *sentences: Wording) -> Section:
    return Section(id, sentence(f"section.{id}"), sentences)
