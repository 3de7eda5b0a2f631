"""A document as a PDF: whole, tagged, on paper of one size, and the same bytes every time."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from document_builder import everything
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_reading import heads, read_pdf, squeezed

from thecal.care.document import LANGUAGES, Document, Field, Grid, Language, Section, Text
from thecal.errors import EntryError
from thecal.report.documents import Fit, document_pdf, pdf_fit
from thecal.report.documents.localised import localised

WHEN = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
HOSTILE = (
    "#panic() *bold* _it_ $x$ <label> @ref // /* ```raw``` \\u{41}",
    "<script>alert(1)</script>",
    "W" * 400,
    "Donaudampfschifffahrtsgesellschaft" * 20,
    "one\ntwo\r\n\n\nthree\ttabbed",
    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
    "Müller-\u202eevil\u0000",
    "a/b " * 60,
    '"}]}, "title": "forged',
)


def text_of(document: Document, language: Language = "en", **options: tuple[str, ...]) -> str:
    return read_pdf(document_pdf(document, language, made_at=WHEN, **options)).text


def rows_of(count: int, **options: bool) -> Document:
    rows = tuple((Text.same(str(n)), Text.same(f"{n}\u00a0mg/day")) for n in range(count))
    grid = Grid((Text("Day", "Tag"), Text("Daily dose", "Tagesdosis")), rows)
    name = Text("Doses", "Dosen")
    return Document("doses", name, (Section(name, grid=grid),), **options)


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_the_document_says_stands_in_it(language: Language) -> None:
    document = everything()
    found = read_pdf(document_pdf(document, language, made_at=WHEN))
    texts = [document.title, *document.footnotes]
    for section in document.sections:
        texts += [section.heading, *section.paragraphs, *section.signatures]
        texts += [one.label for one in section.fields]
        texts += section.grid.columns if section.grid is not None else ()
    for text in texts:
        assert found.says(localised(text, language)), text
    assert len(found.pages) == 1


def test_dates_have_their_month_and_doses_a_german_day() -> None:
    german = squeezed(text_of(everything(), "de"))
    assert squeezed("27. November 2026, 09:00 Uhr") in german
    assert squeezed("2 mg/Tag") in german
    assert squeezed("27 November 2026, 09:00") in squeezed(text_of(everything()))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_document_gives_the_same_bytes(language: Language) -> None:
    first = document_pdf(everything(), language, made_at=WHEN)
    assert document_pdf(everything(), language, made_at=WHEN) == first


def test_the_time_of_making_stands_in_the_file_and_needs_an_offset() -> None:
    assert b"CreationDate(D:20261120093000Z)" in document_pdf(everything(), "en", made_at=WHEN)
    with pytest.raises(EntryError, match="offset"):
        document_pdf(everything(), "en", made_at=WHEN.replace(tzinfo=None))


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_tagged_with_title_and_language_for_who_listens_to_it(language: Language) -> None:
    raw = document_pdf(everything(), language, made_at=WHEN)
    assert b"/StructTreeRoot" in raw
    assert b"/MarkInfo<</Marked true" in raw
    assert f"/Lang({language})".encode() in raw
    assert b"pdfuaid:part" in raw
    assert b"/S/TH" in raw
    assert b"/S/H2" in raw


def test_every_font_is_in_the_file_and_is_the_shipped_one() -> None:
    raw = document_pdf(everything(), "en", made_at=WHEN)
    assert raw.count(b"/Type/Font/Subtype/Type0") == raw.count(b"/FontFile2") == 2
    assert raw.count(b"+DejaVuSansCondensed") >= 2


def test_nothing_in_it_has_a_colour_so_that_it_reads_the_same_in_grey() -> None:
    raw = document_pdf(everything(), "en", made_at=WHEN)
    assert b"DeviceRGB" not in raw
    assert b"DeviceCMYK" not in raw


@pytest.mark.parametrize(
    ("language", "foot"),
    [
        ("en", "Research and training software, not a medical device."),
        ("de", "Software für Forschung und Ausbildung, kein Medizinprodukt."),
    ],
)
def test_every_page_says_what_it_is_and_its_number(language: Language, foot: str) -> None:
    pages = read_pdf(document_pdf(rows_of(200), language, made_at=WHEN)).pages
    word = {"en": "page{}of{}", "de": "Seite{}von{}"}[language]
    assert len(pages) > 2
    for number, page in enumerate(pages, start=1):
        assert squeezed(foot) in squeezed(page)
        assert word.format(number, len(pages)) in squeezed(page)


def test_a_tall_table_goes_on_with_its_head_and_loses_no_row() -> None:
    pages = read_pdf(document_pdf(rows_of(300), "en", made_at=WHEN)).pages
    with_rows = [page for page in pages if "mg/day" in page]
    assert len(with_rows) > 3
    assert all(squeezed("Daily dose") in squeezed(page) for page in with_rows)
    whole = squeezed("".join(pages))
    assert all(f"{n}mg/day" in whole for n in range(300))


def test_the_patient_stands_on_every_page_or_there_is_a_line_on_every_page() -> None:
    named = replace(rows_of(200), whose=Text.same("DEMO-002, 1988-11-30"))
    for page in read_pdf(document_pdf(named, "en", made_at=WHEN)).pages:
        assert squeezed("DEMO-002, 30 November 1988") in squeezed(page)
    for page in read_pdf(document_pdf(rows_of(200), "en", made_at=WHEN)).pages:
        assert squeezed("Patient, date of birth:") in squeezed(page)


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("rest", ["Debrief", "Debrief of case C1: routine refill", "long " * 80])
def test_a_loose_page_shows_the_beginning_of_a_name_however_long(rest: str, named: bool) -> None:
    """A4 is 842 points high: what is drawn above that, or cut off, is on no paper."""
    who = Text.same("TRAINING, no real patient: " + "Mara " * 20 + ", born 14 March 1957")
    long = replace(
        rows_of(200),
        title=Text.same(f"TRAINING, no real patient: {rest}".strip()),
        names_patient=True,
        whose=who if named else None,
    )
    made = document_pdf(long, "en", made_at=WHEN)
    pages, drawn = read_pdf(made).pages[1:], heads(made)[1:]
    assert len(drawn) == len(pages) > 2
    for page, head in zip(pages, drawn, strict=True):
        assert page.startswith("TRAINING, no real patient:")
        assert re.search(r"\bW\*?\s+n\b", head) is None, "cut off"
        origins = re.findall(r"1 0 0 -1 ([\d.]+) ([\d.]+) cm", head)
        assert origins
        assert all(42 < float(x) < 553 and 796 < float(y) < 832 for x, y in origins)


def test_what_a_patient_gets_says_that_it_is_information_and_not_advice() -> None:
    assert "Informationen" not in text_of(everything(), "de")
    told = squeezed("Information, keine Empfehlung")
    assert told in squeezed(text_of(everything(for_patient=True), "de"))
    assert told not in squeezed(text_of(everything(), "de"))


def test_open_questions_make_it_a_draft_that_names_them() -> None:
    said = squeezed("Draft: open questions (K15, H02).")
    assert said in squeezed(text_of(everything(), open_checks=("K15", "H02", "K15")))
    assert "Draft" not in text_of(everything())


def test_a_sheet_for_one_page_is_set_smaller_before_it_takes_a_second_page() -> None:
    small = rows_of(40, one_page=True)
    assert pdf_fit(small, "en") == (Fit.FITS, 1)
    dense = next(
        one
        for one in (rows_of(count, one_page=True) for count in range(40, 90))
        if pdf_fit(one, "en")[0] is not Fit.FITS
    )
    assert pdf_fit(dense, "en") == (Fit.DENSE, 1)
    assert len(read_pdf(document_pdf(dense, "en", made_at=WHEN)).pages) == 1
    assert pdf_fit(replace(dense, one_page=False), "en") == (Fit.FITS, 2)


def test_what_never_fits_on_one_page_goes_on_and_loses_nothing() -> None:
    much = rows_of(150, one_page=True)
    fit, pages = pdf_fit(much, "de")
    assert fit is Fit.TOO_LONG
    found = read_pdf(document_pdf(much, "de", made_at=WHEN))
    assert len(found.pages) == pages > 1
    assert found.says("149 mg/Tag")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_text_is_text_and_nothing_else(name: str, language: Language) -> None:
    heading = Text.same(name)
    document = everything(name)
    extra = Section(heading, (heading,), (Field(heading, heading, True),), signatures=(heading,))
    whole = replace(
        document, title=heading, sections=(*document.sections, extra), whose=Text.same(name)
    )
    found = read_pdf(document_pdf(whole, language, made_at=WHEN))
    if "\u05e9" in name:
        # Set from right to left: the letters stand there in the order of the page.
        assert set(name) - {" "} <= set(found.text) | set("\u0645\u0631\u062d\u0628\u0627")
        return
    wanted = squeezed(
        name.replace("\u202e", "\ufffd").replace("\u0000", "\ufffd").replace("\r", "\ufffd")
    )
    assert squeezed(found.text).count(wanted) >= 6


def test_a_word_wider_than_its_place_is_broken_and_any_other_stays_whole() -> None:
    """A W of the notes is 2.5 mm wide: no more than 72 of them stand in a line of 180 mm."""
    lines = text_of(everything("W" * 400)).replace("\u200b", "").split("\n")
    runs = [len(line) for line in lines if set(line) == {"W"}]
    assert sum(runs) > 2 * 400
    assert max(runs) <= 72
    assert "2\u00a0mg/day" in text_of(everything())


def test_a_letter_that_no_shipped_font_has_is_told_by_its_number() -> None:
    said = squeezed(text_of(everything("漢 😀")))
    assert "[U+6F22][U+1F600]" in said


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=60), st.booleans())
def test_no_text_breaks_it(text: str, one_page: bool) -> None:
    assert document_pdf(everything(text, one_page=one_page), "de", made_at=WHEN)
