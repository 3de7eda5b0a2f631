"""The page of a document in one language; it needs nothing but itself, and holds no script."""

from __future__ import annotations

from functools import partial

from thecal import __version__
from thecal.care.document import Document, Language, Text
from thecal.report.documents.drawn import drawn
from thecal.report.documents.fit import Fit, fit_of
from thecal.report.documents.localised import localised
from thecal.report.page import render
from thecal.report.phrases import phrase

_BLANK = " _"


def document_page(
    document: Document, language: Language, *, open_checks: tuple[str, ...] = ()
) -> str:
    """Return a document as one HTML page; the same document gives the same bytes.

    Parameters
    ----------
    document
        What it says.
    language
        Of the page.
    open_checks
        Ids of the checks that asked a question nobody has answered; the page then says that it is
        a draft.
    """
    return render(
        "document.html",
        document=document,
        language=language,
        version=__version__,
        banner=phrase("controller_words", "not-for-care", language),
        open_checks=", ".join(dict.fromkeys(open_checks)),
        dense=fit_of(document, language) is not Fit.FITS,
        say=partial(localised, language=language),
        is_blank=_is_blank,
        word=partial(_word, language),
        style_text=_style_text,
        drawn=drawn,
    )


def _word(language: Language, name: str, **values: object) -> str:
    return phrase("document_words", name, language, **values)


def _is_blank(text: Text, language: Language) -> bool:
    """Return whether somebody has to write here by hand."""
    return not text.get(language).strip(_BLANK)


def _style_text(text: str) -> str:
    """Return a text as it may stand between the quotes of a style sheet."""
    return "".join(one if one.isalnum() or one == " " else f"\\{ord(one):x} " for one in text)
