"""Every paper on every pump, in both languages: whole, on its page, and the same each time."""

from __future__ import annotations

import re

import pytest
from paper_cases import record, said, therapy

from thecal.care.document import LANGUAGES
from thecal.care.papers import PAPERS, ClinicContact, PaperDetails, record_at
from thecal.care.papers.words import say, series
from thecal.data import rows
from thecal.errors import DataError
from thecal.report.documents import Fit, document_page, document_pdf, fit_of, pdf_fit
from thecal.therapy.table import Table

MIXTURE = 'morphine = "10 mg/mL", bupivacaine = "20 mg/mL", clonidine = "200 ug/mL"'
PUMPS = ("synchromed-ii-20", "prometra-ii-20", "medstream-20", "codman-3000-30", "isomed-20-10")


@pytest.mark.parametrize("pump", PUMPS)
@pytest.mark.parametrize("kind", PAPERS)
def test_a_paper_has_no_unfilled_place_on_any_pump(kind: str, pump: str) -> None:
    paper = PAPERS[kind].make(record(therapy(mixture=MIXTURE, pump=pump)), PaperDetails())
    assert all("{" not in said(paper, language) for language in LANGUAGES)


@pytest.mark.parametrize("kind", PAPERS)
def test_a_paper_fits_on_its_page_with_three_drugs(kind: str) -> None:
    found = record(therapy(mixture=MIXTURE))
    fit, pages = pdf_fit(PAPERS[kind].make(found, PaperDetails()), "de")
    assert fit is not Fit.TOO_LONG, pages


@pytest.mark.parametrize("kind", PAPERS)
def test_the_same_record_gives_the_same_bytes(kind: str) -> None:
    made = []
    for _ in range(2):
        found = record(therapy())
        paper = PAPERS[kind].make(found, PaperDetails())
        made.append(document_pdf(paper, "de", made_at=found.status.at))
        made.append(document_page(paper, "de").encode())
    assert made[:2] == made[2:]


@pytest.mark.parametrize("kind", PAPERS)
def test_no_paper_says_never_stop_and_none_shows_a_micro_sign(kind: str) -> None:
    paper = PAPERS[kind].make(record(therapy(mixture=MIXTURE)), PaperDetails())
    for language in LANGUAGES:
        text = said(paper, language)
        assert not re.search("[\u00b5\u03bc]", text)
        assert not re.search(r"(?i)do not stop|nicht stoppen", text)


@pytest.mark.parametrize("kind", PAPERS)
def test_the_html_page_holds_the_same_paper(kind: str) -> None:
    paper = PAPERS[kind].make(record(therapy()), PaperDetails())
    assert "<h1" in document_page(paper, "de")
    assert fit_of(paper, "de") in Fit


def test_every_text_stands_in_both_languages() -> None:
    found: dict[str, set[str]] = {}
    for row in rows("paper_words"):
        found.setdefault(row["parameter"], set()).add(row["language"])
        assert row["status"] == "recalled" or row["language"] == "en"
    assert all(languages == set(LANGUAGES) for languages in found.values())


def test_the_places_of_a_text_are_the_same_in_both_languages() -> None:
    places: dict[str, dict[str, list[str]]] = {}
    for row in rows("paper_words"):
        names = sorted(re.findall(r"{(\w+)}", row["value"]))
        places.setdefault(row["parameter"], {})[row["language"]] = names
    assert [name for name, one in places.items() if one["en"] != one["de"]] == []


def test_a_text_that_is_missing_or_not_filled_is_an_error() -> None:
    with pytest.raises(DataError, match="no nonsense"):
        say("nonsense")
    with pytest.raises(DataError, match="born"):
        say("whose", id="P")
    with pytest.raises(DataError):
        series("nonsense")


def test_a_contact_survives_a_round_trip() -> None:
    contact = ClinicContact(clinic="North", telephone_always="999")
    assert ClinicContact.read(Table(contact.to_json(), "contact")) == contact
    assert ClinicContact.read(Table({}, "contact")) == ClinicContact()


def test_the_fold_at_a_time_is_that_of_a_record_that_ends_there() -> None:
    one = therapy()
    found = record_at(one, one.instant(one.events[0].time))
    assert found.drugs == ("morphine",)
    assert not found.gives
