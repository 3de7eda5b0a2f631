"""Each form prints in English and German, with what was typed and what the record knows."""

from __future__ import annotations

from decimal import Decimal

import pytest
from form_examples import complete, facts_of, filled
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.document import LANGUAGES, Document, Grid, Text
from thecal.care.forms import Form, Kind, form, form_document, forms
from thecal.report.documents import Fit, document_page, fit_of


def shown(document: Document) -> dict[str, Text]:
    return {one.label.en: one.value for section in document.sections for one in section.fields}


@pytest.mark.inventory("S0.24", "W32")
@pytest.mark.parametrize("known", forms(), ids=lambda one: one.id)
def test_each_form_prints_every_label_in_both_languages(known: Form) -> None:
    document = form_document(filled(known.id), facts_of(known))
    for language in LANGUAGES:
        page = document_page(document, language).replace("&#39;", "'").replace("&quot;", '"')
        for section in known.sections:
            assert section.title.get(language) in page
            for one in section.fields:
                assert one.label.get(language) in page, one.id
    assert document.names_patient == ("patient" in known.facts())
    assert document.for_patient == known.for_patient


@pytest.mark.inventory("S3.29")
def test_a_form_for_the_patient_says_that_it_is_information() -> None:
    document = form_document(filled("F7"), facts_of(form("F7")))
    assert "Information, not advice" in document_page(document, "en")


@pytest.mark.parametrize("known", forms(), ids=lambda one: one.id)
def test_every_answer_and_every_fact_stands_on_the_page(known: Form) -> None:
    facts = facts_of(known)
    document = form_document(filled(known.id), facts)
    grids = [section.grid for section in document.sections if section.grid is not None]
    cells = [cell.de for grid in grids for row in grid.rows for cell in row]
    told = [*cells, *(one.de for one in shown(document).values())]
    printed = [one for one in facts.values() if one.de in told]
    derived = [one for section in known.sections for one in section.fields if one.derived]
    assert len(printed) >= len({one.detail for one in derived})
    assert len(grids) == len(list(known.repeated_sections()))
    assert "–" not in told


def test_who_signs_stands_below_the_last_section() -> None:
    for known in forms():
        document = form_document(filled(known.id), {})
        *before, last = document.sections
        assert len(last.signatures) == len(known.signs)
        assert not any(section.signatures for section in before)


def test_cards_letters_and_the_emergency_sheet_fit_on_one_page() -> None:
    one_page = [known for known in forms() if known.one_page]
    assert [known.id for known in one_page] == ["F3", "F7", "F8", "F9", "F13"]
    for known in one_page:
        document = form_document(filled(known.id), facts_of(known))
        assert document.one_page
        for language in LANGUAGES:
            assert fit_of(document, language) is not Fit.TOO_LONG, known.id


def test_a_fact_that_the_record_does_not_know_is_marked() -> None:
    document = form_document(filled("F13"), {"mixture": Text.same("morphine 10 mg/mL")})
    fields = {one.label.en: one for one in document.sections[0].fields}
    assert not fields["Drug and concentration"].emphasis
    unknown = fields["Dose a day, programmed"].value
    assert unknown.en == (
        "not known: write a program to the pump, or record one that was programmed by hand"
    )
    assert unknown.de.startswith("nicht bekannt: ein Programm")
    assert fields["Dose a day, programmed"].emphasis
    assert not document.names_patient


def test_a_fact_that_is_a_table_gets_a_section_of_its_own() -> None:
    grid = Grid(
        (Text.same("line"), Text("before", "vorher")), ((Text.same("mode"), Text.same("")),)
    )
    document = form_document(filled("F6"), {"program-compared": grid})
    (section,) = [one for one in document.sections if one.grid is not None]
    assert section.heading.de == "Alt und neu"
    assert section.grid == grid
    assert "Old and new" not in shown(document)


@pytest.mark.inventory("W33")
def test_doses_and_concentrations_stand_in_milligram_and_microgram() -> None:
    document = form_document(filled("F2", dose="50 mcg", concentration="500 ug/mL"), {})
    values = {label: one.en.replace("\u00a0", " ") for label, one in shown(document).items()}
    assert values["Dose of the bolus"] == "50 mcg (0.05 mg)"
    assert values["Concentration"] == "500 mcg/mL (0.5 mg/mL)"
    order = form_document(filled("F5"), {})
    mixture = shown(order)["Solution by the label"]
    assert mixture.de.replace("\u00a0", " ") == "Morphin 10 mg/mL (10,000 mcg/mL)"


@given(st.decimals("0.000001", 9_999_999, places=6))
def test_not_a_digit_of_what_was_typed_is_rounded_away(number: Decimal) -> None:
    other = {"fill_volume": f"{number} mL", "calibration_label": str(number)}
    told = shown(form_document(filled("F4", **other), {}))
    printed, unit = told["Volume filled"].en.replace(",", "").split("\u00a0")
    assert (Decimal(printed), unit) == (number, "mL")
    label = told["Calibration constant on the label"].en
    assert Decimal(label.replace(",", "")) == number


def test_answers_are_printed_in_words() -> None:
    document = form_document(
        filled("F5", template_fit=False, gait="does-not-walk", colour=None, attempts="2"), {}
    )
    told = shown(document)
    assert told["Template fits"] == Text("no", "nein")
    assert told["Gait"].de in ("geht nicht", "wie gewohnt")
    assert told["Colour"] == Text.same("–")
    assert told["Attempts"] == Text.same("2")
    assert told["Heart rate"] == Text.same("3 /min")
    assert told["Use before"] == Text.same("2026-03-02")
    assert told["Read at"] == Text.same("2026-03-02T10:00 (UTC+01:00)")
    page = document_page(document, "de")
    assert "2. März 2026" in page


def test_what_follows_the_place_west_of_greenwich_is_spelled_out_too() -> None:
    document = form_document(filled("F5", read_at="2026-03-02T10:00-05:00"), {})
    assert "2 March 2026, 10:00 (UTC-05:00)" in document_page(document, "en")


def test_a_statement_is_printed_and_a_complete_form_has_no_line_left() -> None:
    document = form_document(filled("F7"), facts_of(form("F7")))
    statements = [one for one in form("F7").plain_fields() if one.kind is Kind.STATEMENT]
    paragraphs = [one for section in document.sections for one in section.paragraphs]
    assert paragraphs == [one.label for one in statements]
    assert len(complete(form("F7"))) == 3
