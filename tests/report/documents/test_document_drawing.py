"""A drawing in a document: the same on page and paper, in words too, and never markup."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from document_builder import DRAWING, everything
from page_reading import Tag, read_page
from pdf_reading import read_pdf, squeezed

from thecal.care.document import LANGUAGES, Band, Course, Language, Line, Section, Text
from thecal.report.documents import document_page, document_pdf
from thecal.report.documents.drawn import drawn

COURSE = Course(
    lines=(
        Line(((Fraction(0), Fraction(0)), (Fraction(1), Fraction(1))), is_dashed=True),
        Line(((Fraction(0), Fraction(1, 2)), (Fraction(1), Fraction(1, 2)))),
    ),
    bands=(Band(Fraction(1, 4), Fraction(1), Fraction(1, 4), Fraction(1, 2)),),
    mark=Fraction(1, 4),
    top=Text.same("4 mg"),
    bottom=Text.same("0"),
    start=Text("before", "vorher"),
    at_mark=Text("begin", "Beginn"),
    end=Text("after", "danach"),
    alt=Text("the table says the same", "die Tabelle sagt dasselbe"),
)
WHEN = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("language", LANGUAGES)
def test_paper_and_page_say_at_each_piece_what_it_is(language: Language) -> None:
    found = read_pdf(document_pdf(everything(), language, made_at=WHEN))
    page = squeezed(read_page(document_page(everything(), language)).shown)
    texts = [*DRAWING.start, *DRAWING.end, DRAWING.below, *(one.words for one in DRAWING.pieces)]
    for text in texts:
        assert found.says(text.get(language)), text
        assert squeezed(text.get(language)) in page, text
    assert f'aria-label="{DRAWING.alt.get(language)}"' in document_page(everything(), language)
    assert b"/S/Figure" in found.raw


def test_a_piece_is_as_long_as_its_share() -> None:
    first, second = (one for one in tags_of(drawn(DRAWING, "en")) if one.name == "rect")
    assert number(first, "width") == pytest.approx(3 * number(second, "width"), abs=0.3)
    assert number(first, "x") + number(first, "width") == pytest.approx(number(second, "x"))


def test_what_was_typed_is_text_and_nothing_else() -> None:
    name = '"/><script>alert(1)</script>&\u202e'
    hostile = replace(DRAWING, end=(Text.same(name),), alt=Text.same(name), below=Text.same(name))
    tags = tags_of(drawn(hostile, "en"))
    assert {one.name for one in tags} == {"svg", "rect", "text"}
    assert tags[0].attributes["aria-label"] == name.replace("\u202e", "\ufffd")


@pytest.mark.parametrize("language", LANGUAGES)
def test_lines_over_time_stand_on_page_and_paper_with_their_words(language: Language) -> None:
    section = Section(Text("Course", "Verlauf"), drawing=COURSE)
    document = replace(everything(), sections=(section,))
    found = read_pdf(document_pdf(document, language, made_at=WHEN))
    page = document_page(document, language)
    for text in (COURSE.top, COURSE.start, COURSE.at_mark, COURSE.end):
        assert found.says(text.get(language)), text
        assert squeezed(text.get(language)) in squeezed(read_page(page).shown)
    assert f'aria-label="{COURSE.alt.get(language)}"' in page
    assert b"/S/Figure" in found.raw


def test_a_dashed_line_stands_over_the_plain_one_and_height_is_to_scale() -> None:
    tags = tags_of(drawn(COURSE, "en"))
    plain, dashed = (one.attributes for one in tags if one.name == "polyline")
    assert "stroke-dasharray" in dashed
    assert "stroke-dasharray" not in plain
    (_, low), (_, high) = points(dashed["points"])
    heights = {y for _, y in points(plain["points"])}
    assert heights == {(low + high) / 2}
    (band,) = (one for one in tags if one.name == "rect")
    assert number(band, "y") in heights
    assert number(band, "height") == (low - high) / 4


def points(text: str | None) -> list[tuple[float, float]]:
    pairs = (one.split(",") for one in (text or "").split())
    return [(float(x), float(y)) for x, y in pairs]


def tags_of(svg: str) -> list[Tag]:
    reading = read_page(svg)
    assert reading.faults == []
    return reading.tags


def number(tag: Tag, name: str) -> float:
    return float(tag.attributes[name] or "")
