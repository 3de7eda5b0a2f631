"""The pump beside spinal cord stimulation, both sides and no ranking (workflow.md 1d S3.21)."""

from __future__ import annotations

from thecal.care.comparison.options import statements
from thecal.care.document import Document, Grid, Section, Text
from thecal.care.information.known import Known
from thecal.care.information.words import names_in, remembered, source_note, tell

KIND = "comparison"
COMPARED = ("intrathecal", "spinal-cord-stimulation")
_ALWAYS = "any"


def comparison_page(known: Known) -> Document:
    """Return what always holds of both; what depends on a person is spoken about in the clinic."""
    aspects = names_in("topics", "compared")
    rows = tuple(
        (tell(f"compare-{aspect}"), *(_statement(option, aspect) for option in COMPARED))
        for aspect in aspects
    )
    columns = (tell("compare-question"), *(tell(f"compare-{option}") for option in COMPARED))
    return Document(
        kind=KIND,
        title=tell("title-comparison"),
        sections=(
            Section(
                tell("title-comparison"),
                paragraphs=(tell("compare-lead"),),
                grid=Grid(columns, rows),
            ),
        ),
        footnotes=tuple(
            source_note(tell(f"compare-{one.option}"), one.fact)
            for one in statements()
            if one.option in COMPARED and one.aspect in aspects and one.when == _ALWAYS
        ),
        for_patient=True,
    )


def _statement(option: str, aspect: str) -> Text:
    """Return a statement: its English is that of the table of options."""
    found = next(
        one.fact
        for one in statements()
        if (one.option, one.aspect, one.when) == (option, aspect, _ALWAYS)
    )
    text = Text(found.value, tell(f"compare-{option}-{aspect}").de)
    return remembered(text, found)
