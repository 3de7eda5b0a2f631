"""The content of a document in English and German: what a rule hands over to be rendered.

Rules say what a letter, an order, a label or a sheet contains; `report` decides how it looks.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, final

Language = Literal["en", "de"]
LANGUAGES: tuple[Language, ...] = ("en", "de")


@final
@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages."""

    en: str
    de: str

    def get(self, language: Language) -> str:
        """Return it in one language."""
        return self.en if language == "en" else self.de

    @classmethod
    def same(cls, text: str) -> Text:
        """Return a text that both languages share: a name, a figure, an id."""
        return cls(text, text)


@final
@dataclass(frozen=True, slots=True)
class Field:
    """A labelled line; `emphasis` marks what must be seen first."""

    label: Text
    value: Text
    emphasis: bool = False


@final
@dataclass(frozen=True, slots=True)
class Grid:
    """A table within a document."""

    columns: tuple[Text, ...]
    rows: tuple[tuple[Text, ...], ...]


@final
@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a drawing: what stands at it, and its share of the whole length."""

    words: Text
    share: Fraction


@final
@dataclass(frozen=True, slots=True)
class Drawing:
    """Pieces in one line between two ends; a table or fields beside it say the same.

    Attributes
    ----------
    start, end
        Lines of text at the ends.
    below
        What is to be known of it, as whether it is to scale.
    alt
        All of it in words, for whoever does not see it.
    """

    start: tuple[Text, ...]
    pieces: tuple[Piece, ...]
    end: tuple[Text, ...]
    below: Text
    alt: Text


@final
@dataclass(frozen=True, slots=True)
class Line:
    """A line over time: each of its points as shares of width and height."""

    points: tuple[tuple[Fraction, Fraction], ...]
    is_dashed: bool = False


@final
@dataclass(frozen=True, slots=True)
class Band:
    """What was meant: between which shares of the width, and of the height."""

    begin: Fraction
    end: Fraction
    least: Fraction
    most: Fraction


@final
@dataclass(frozen=True, slots=True)
class Course:
    """Lines over time with what was meant; a table beside it says the same.

    Attributes
    ----------
    mark
        Where an upright line stands, as a share of the width.
    top, bottom
        What the whole height and no height are.
    start, at_mark, end
        What stands under the plot at its ends, and above it at the mark.
    alt
        What it is in words, for whoever does not see it.
    """

    lines: tuple[Line, ...]
    bands: tuple[Band, ...]
    mark: Fraction
    top: Text
    bottom: Text
    start: Text
    at_mark: Text
    end: Text
    alt: Text


@final
@dataclass(frozen=True, slots=True)
class Picture:
    """A figure of a report as it was drawn there, for paper; a table beside it says the same.

    Attributes
    ----------
    svg
        The drawing, which our own code made: every text in it is escaped, its colours are plain.
    alt
        What it is in words, for whoever does not see it.
    """

    svg: str
    alt: Text


@final
@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands below it in order: text, code, fields, drawing, table, signers.

    Attributes
    ----------
    signatures
        Who signs here; an empty line with the date is left for each.
    code
        What a scanner shall read, printed as a square (QR) too; empty: nothing is to be scanned.
    drawing
        What is drawn above its table; None: nothing.
    """

    heading: Text
    paragraphs: tuple[Text, ...] = ()
    fields: tuple[Field, ...] = ()
    grid: Grid | None = None
    signatures: tuple[Text, ...] = ()
    code: str = ""
    drawing: Drawing | Course | Picture | None = None


@final
@dataclass(frozen=True, slots=True)
class Document:
    """What one document says.

    Attributes
    ----------
    kind
        Stable name, as in `selection-letter`.
    title
        As printed.
    sections
        In order.
    footnotes
        Sources and what is unverified.
    one_page
        Whether it has to fit on one page.
    names_patient
        Whether a field names the patient; else there is a line to do so by hand.
    for_patient
        Whether the patient gets it; it then says that it is information and not advice.
    whose
        Patient and date of birth in one line, repeated on every page of a PDF; None: no such line.
    """

    kind: str
    title: Text
    sections: tuple[Section, ...]
    footnotes: tuple[Text, ...] = ()
    one_page: bool = False
    names_patient: bool = False
    for_patient: bool = False
    whose: Text | None = None
