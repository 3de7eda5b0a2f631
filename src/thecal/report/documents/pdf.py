"""A document as a PDF: A4, tagged, and the same bytes for the same document and time.

Its content goes to the template as data, so nothing in it can be markup. Why Typst:
`docs/decisions/0006-pdf.md`.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from thecal import __version__
from thecal.care.document import (
    Course,
    Document,
    Drawing,
    Field,
    Language,
    Picture,
    Section,
    Text,
)
from thecal.errors import DataError, EntryError
from thecal.report.documents.drawn import drawn
from thecal.report.documents.fit import Fit
from thecal.report.documents.localised import localised
from thecal.report.documents.scanned import square
from thecal.report.documents.typeface import FOLDER, printable
from thecal.report.phrases import has_phrase, phrase
from thecal.report.svg import NAMESPACE
from thecal.report.words import clean

if TYPE_CHECKING:
    import typst

_BLANK = " _"


def document_pdf(
    document: Document,
    language: Language,
    *,
    made_at: datetime,
    open_checks: tuple[str, ...] = (),
) -> bytes:
    """Return a document as one PDF file.

    One that has to fit on one page is set in smaller print until it does, and goes on to a second
    page rather than losing a word; `pdf_fit` says which.

    Parameters
    ----------
    document
        What it says.
    language
        Of the file.
    made_at
        Time of its making, with its offset: stands in the file's own data.
    open_checks
        Ids of the checks that asked a question nobody has answered; the page then says that it is
        a draft.

    Raises
    ------
    EntryError
        If `made_at` has no offset from UTC.
    DataError
        If the template cannot set the document.
    """
    if made_at.tzinfo is None:
        raise EntryError("the time of making has no offset from UTC", remedy="add one, as +01:00")
    import typst

    compiler = _compiler(document, language, open_checks)
    try:
        made = compiler.compile(
            format="pdf", timestamp=int(made_at.timestamp()), pdf_standards=["ua-1"]
        )
    except typst.TypstError as error:
        raise DataError(
            f"the PDF of {document.kind} cannot be made",
            why=error.message,
            remedy="print its HTML page instead",
        ) from error
    assert isinstance(made, bytes)
    return made


def pdf_fit(
    document: Document, language: Language, *, open_checks: tuple[str, ...] = ()
) -> tuple[Fit, int]:
    """Return how a document fits on its page as PDF, and how many pages it takes."""
    laid_out = _compiler(document, language, open_checks).query("<layout>", field="value", one=True)
    found = json.loads(laid_out)
    pages = int(found["pages"])
    if not document.one_page:
        return Fit.FITS, pages
    if pages > 1:
        return Fit.TOO_LONG, pages
    return (Fit.DENSE if found["smaller"] else Fit.FITS), pages


def _compiler(
    document: Document, language: Language, open_checks: tuple[str, ...]
) -> typst.Compiler:
    # Imported here: only a PDF needs it, and it is the largest library of all.
    import typst

    content = _content(document, language, open_checks)
    return typst.Compiler(
        (FOLDER / "document.typ").read_bytes(),
        font_paths=_fonts(),
        sys_inputs={"document": json.dumps(content, ensure_ascii=False)},
    )


@cache
def _fonts() -> typst.Fonts:
    """Return the fonts of this package alone: a page must not depend on what is installed."""
    import typst

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FOLDER)]
    )


def _content(
    document: Document, language: Language, open_checks: tuple[str, ...]
) -> dict[str, object]:
    def say(text: Text) -> str:
        return _plain(localised(text, language))

    def word(name: str, **values: object) -> str:
        return _plain(phrase("document_words", name, language, **values))

    notes = [*(say(one) for one in document.footnotes), word("unverified")]
    if has_phrase("document_words", "translation", language):
        notes.append(word("translation"))
    checks = ", ".join(dict.fromkeys(open_checks))
    names = ("whose", "foot", "page-number-before", "page-number-between", "date-of-signature")
    return {
        "kind": document.kind,
        "language": language,
        "title": say(document.title),
        "one_page": document.one_page,
        "names_patient": document.names_patient,
        "whose": None if document.whose is None else say(document.whose),
        "information": word("information") if document.for_patient else None,
        "draft": word("open", checks=checks) if checks else None,
        "sections": [_section(one, document.title, language) for one in document.sections],
        "notes": notes,
        "words": {
            **{name: word(name) for name in (*names, "notes")},
            "banner": phrase("controller_words", "not-for-care", language),
            "made-by": word("made-by", version=__version__),
        },
    }


def _section(section: Section, title: Text, language: Language) -> dict[str, object]:
    def say(text: Text) -> str:
        return _plain(localised(text, language))

    def value(text: Text) -> str | None:
        return say(text) if text.get(language).strip(_BLANK) else None

    def line(field: Field) -> dict[str, object]:
        return {
            "label": say(field.label),
            "value": value(field.value),
            "first": field.emphasis,
        }

    grid = section.grid
    return {
        "heading": None if section.heading == title else say(section.heading),
        "paragraphs": [say(one) for one in section.paragraphs],
        "fields": [line(one) for one in section.fields],
        "columns": [] if grid is None else [say(one) for one in grid.columns],
        "rows": [] if grid is None else [[value(one) for one in row] for row in grid.rows],
        "signatures": [say(one) for one in section.signatures],
        "drawing": _drawing(section.drawing, language),
        "code": {"text": section.code, "square": square(section.code)} if section.code else None,
    }


def _drawing(
    drawing: Drawing | Course | Picture | None, language: Language
) -> dict[str, object] | None:
    if drawing is None:
        return None
    svg = drawn(drawing, language)
    if not isinstance(drawing, Picture):
        svg = svg.replace("<svg ", f'<svg xmlns="{NAMESPACE}" ', 1)
    alt = _plain(localised(drawing.alt, language))
    return {"svg": svg, "alt": alt, "wide": not isinstance(drawing, Drawing)}


def _plain(text: str) -> str:
    """Return a text without what would not print or would turn the reading direction."""
    return printable(str(clean(text)))
