"""The abbreviations of the source documents (workflow.md 1b S1.10) and the words of the pages."""

from __future__ import annotations

from thecal.care.document import Document, Grid, Section, Text
from thecal.care.information.known import Known
from thecal.care.information.words import names_in, tell

KIND = "glossary"


def glossary_page(known: Known) -> Document:
    """Return every abbreviation, then every word."""
    heading = (tell("glossary-word"), tell("glossary-meaning"))
    return Document(
        kind=KIND,
        title=tell("title-glossary"),
        sections=tuple(
            Section(tell(f"glossary-{part}"), grid=Grid(heading, _rows(part)))
            for part in ("abbreviations", "words")
        ),
        for_patient=True,
    )


def _rows(part: str) -> tuple[tuple[Text, ...], ...]:
    return tuple((tell(f"term-{one}"), tell(f"meaning-{one}")) for one in names_in("topics", part))
