"""The body of a run on paper: the courses of each drug at the levels, each with its table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from thecal.care.document import Grid, Picture, Section, Text
from thecal.report.svg import on_paper

_COURSES = "figure-body-courses-"
_MODEL = (
    "Model, not measurement, and an invented patient. No dose may be chosen by these figures."
    " Heat maps, plasma and effects stand on the page “What happened in the body”."
)


def body_sections(answer: Mapping[str, Any] | None) -> tuple[Section, ...]:
    """Return what a computed body says; nothing where none was computed or it could not be."""
    if answer is None or "error" in answer:
        return ()
    head = (_MODEL, answer["band"], *answer["lacking"])
    return (
        Section(_same("What happened in the body"), tuple(_same(one) for one in head)),
        *(
            one
            for drug in answer["drugs"]
            for figure in drug["figures"]
            if figure["name"].startswith(_COURSES)
            for one in _sections(figure)
        ),
    )


def _sections(figure: Mapping[str, Any]) -> Iterator[Section]:
    title = _same(figure["title"])
    picture: Picture | None = Picture(on_paper(figure["svg"]), title)
    for table in figure["tables"]:
        rows = (*table["rows"], *table["foot"])
        grid = Grid(
            tuple(_same(one) for one in table["head"]),
            tuple(tuple(_same(cell) for cell in row) for row in rows),
        )
        yield Section(title, (_same(table["caption"]),), grid=grid, drawing=picture)
        title, picture = _same(table["caption"]), None


def _same(text: str) -> Text:
    return Text.same(text)
