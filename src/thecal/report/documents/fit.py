"""Whether a document that has to fit on one page does, by counting its lines.

A browser that prints it is the judge, and a test holds the two together; the rule decides where
there is no browser, and is on the careful side.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import ceil
from typing import final

from thecal.care.document import Document, Field, Grid, Language, Section
from thecal.report.documents.localised import localised

_PAGE = 268.0
"""Millimetres. There are 261 between the margins; the lines are counted a tenth too high."""
_WIDTH, _LABEL, _GAP = 180.0, 45.0, 6.0
_CHARACTER = 0.58
"""Mean width of a character as a part of its size, in the widest font that is usual."""
_POINT = 25.4 / 72.0
_HEADINGS, _PARAGRAPH, _CELL, _ROW = 1.4, 1.4, 3.0, 1.1
_BANNER, _TITLE, _NOTES_HEAD, _FOOTER, _SIGNATURE = 15.0, 10.0, 8.0, 13.0, 15.0
_SMALL = 7.5 * _POINT


@final
class Fit(Enum):
    """How a document fits on its page."""

    FITS = "fits"
    DENSE = "in small print"
    TOO_LONG = "too long"


@dataclass(frozen=True, slots=True)
class _Print:
    """One size of print: a character, a line, what is above a heading and between rows, in mm."""

    size: float
    line: float
    above: float
    between: float

    def lines(self, text: str, width: float) -> int:
        most = max(1.0, width / (self.size * _CHARACTER))
        return sum(max(1, ceil(len(one) / most)) for one in text.split("\n"))

    def height(self, text: str, width: float) -> float:
        return self.lines(text, width) * self.line


_NORMAL = _Print(9.5 * _POINT, 9.5 * 1.3 * _POINT, 3.0, 1.1)
_DENSE = _Print(8 * _POINT, 8 * 1.2 * _POINT, 2.2, 0.4)
_NOTES = _Print(_SMALL, _SMALL * 1.25, 0.0, 0.0)


def fit_of(document: Document, language: Language) -> Fit:
    """Return how a document fits on one A4 page; one that need not be on one page always does."""
    if not document.one_page or _height(document, language, _NORMAL) <= _PAGE:
        return Fit.FITS
    return Fit.DENSE if _height(document, language, _DENSE) <= _PAGE else Fit.TOO_LONG


def _height(document: Document, language: Language, size: _Print) -> float:
    total = _BANNER + _NOTES_HEAD + _FOOTER
    total += 0.0 if document.names_patient and document.whose is None else 2 * size.line
    total += _TITLE * size.lines(localised(document.title, language), _WIDTH / 2)
    total += sum(_section(one, language, size) for one in document.sections)
    return total + sum(
        _NOTES.height(localised(one, language), _WIDTH - _GAP) for one in document.footnotes
    )


def _section(section: Section, language: Language, size: _Print) -> float:
    heading = size.lines(localised(section.heading, language), _WIDTH * 0.7)
    total = heading * size.line * _HEADINGS + size.above
    for one in section.paragraphs:
        total += size.height(localised(one, language), _WIDTH) + _PARAGRAPH
    total += sum(_field(one, language, size) for one in section.fields)
    if section.grid is not None:
        total += _grid(section.grid, language, size)
    return total + _SIGNATURE * len(section.signatures)


def _field(field: Field, language: Language, size: _Print) -> float:
    label = size.height(localised(field.label, language), _LABEL)
    value = size.height(localised(field.value, language), _WIDTH - _LABEL - _GAP)
    return max(label, value) + size.between


def _grid(grid: Grid, language: Language, size: _Print) -> float:
    table = [[localised(one, language) for one in row] for row in (grid.columns, *grid.rows)]
    longest = [max(3, *(len(row[place]) for row in table)) for place in range(len(grid.columns))]
    # A browser gives each column its share by its longest text.
    widths = [_WIDTH * one / sum(longest) - _CELL for one in longest]
    return sum(_row(row, size, widths) for row in table) + 2 * _PARAGRAPH


def _row(row: list[str], size: _Print, widths: list[float]) -> float:
    by_hand = 2 * size.line if any(not one.strip(" _") for one in row) else 0.0
    cells = (size.height(one, width) for one, width in zip(row, widths, strict=True))
    return max(by_hand, *cells) + _ROW
