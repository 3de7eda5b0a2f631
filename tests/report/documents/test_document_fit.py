"""A document that has to fit on one page does: by the rule, and by a browser where one is there."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from document_builder import everything
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.document import Document, Field, Grid, Section, Text
from thecal.report.documents import Fit, document_page, fit_of

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
WORDS = "Wirkstoff und Konzentration im Reservoir nach Zählung der Pumpe "
ORDER = [Fit.FITS, Fit.DENSE, Fit.TOO_LONG]


def sheet(fields: int, *, words: int = 1, rows: int = 0, columns: int = 5) -> Document:
    line = Field(Text.same("Feld des Blattes"), Text.same((WORDS * words).strip()))
    cells = tuple(Text.same("5 mg/mL") for _ in range(columns))
    grid = Grid(cells, (cells,) * rows) if rows else None
    sections = (
        Section(Text.same("Angaben"), fields=(line,) * fields),
        Section(Text.same("Dosen"), grid=grid, signatures=(Text.same("Person"),)),
    )
    return Document("sheet", Text.same("Blatt"), sections, one_page=True)


def largest(wanted: Fit, **options: int) -> Document:
    """Return the longest document that the rule puts into a class."""
    fitting = [
        document
        for document in (sheet(fields, **options) for fields in range(1, 120))
        if fit_of(document, "de") is wanted
    ]
    return fitting[-1]


@given(st.integers(1, 80), st.integers(1, 80))
def test_more_lines_never_fit_better(one: int, other: int) -> None:
    fewer, more = sorted((one, other))
    fits = [fit_of(sheet(count), "de") for count in (fewer, more)]
    assert ORDER.index(fits[0]) <= ORDER.index(fits[1])


def test_a_short_sheet_fits_a_long_one_is_printed_small_a_longer_one_does_not_fit() -> None:
    assert fit_of(sheet(5), "en") is Fit.FITS
    assert fit_of(largest(Fit.DENSE), "de") is Fit.DENSE
    assert fit_of(sheet(200), "en") is Fit.TOO_LONG
    assert fit_of(sheet(5, rows=90), "en") is Fit.TOO_LONG


def test_a_document_that_need_not_be_on_one_page_always_fits() -> None:
    assert fit_of(replace(sheet(200), one_page=False), "en") is Fit.FITS


def test_small_print_is_for_what_would_not_fit_otherwise() -> None:
    assert 'class="document sheet"' in document_page(sheet(5), "en")
    assert 'class="document sheet dense"' in document_page(largest(Fit.DENSE), "de")
    assert 'class="document"' in document_page(everything(), "en")


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: the rule alone decides")
@pytest.mark.parametrize(
    "document",
    [
        largest(Fit.FITS),
        largest(Fit.DENSE),
        largest(Fit.DENSE, words=4),
        largest(Fit.DENSE, rows=12, columns=7),
    ],
    ids=["fits", "small print", "long lines", "table"],
)
def test_a_browser_prints_on_one_page_what_the_rule_lets_through(
    document: Document, tmp_path: Path
) -> None:
    assert printed_pages(document_page(document, "de", open_checks=("K4",)), tmp_path) == 1


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: the rule alone decides")
def test_a_browser_needs_more_than_a_page_for_what_is_far_too_long(tmp_path: Path) -> None:
    assert printed_pages(document_page(sheet(120), "de"), tmp_path) > 1


def printed_pages(html: str, folder: Path) -> int:
    page, pdf = folder / "page.html", folder / "page.pdf"
    page.write_text(html)
    subprocess.run(
        [
            str(CHROMIUM),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={folder / 'profile'}",
            f"--print-to-pdf={pdf}",
            page.as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return len(re.findall(rb"/Type\s*/Page\b", pdf.read_bytes()))
