"""The letter to the referrer: verdict, reasons, what is missing, in English and German."""

from __future__ import annotations

import re

import pytest
from selection_cases import PATHWAYS, complete, with_answers

from thecal.care.advice import Weight
from thecal.care.selection import SelectionCase, assess, letter
from thecal.care.selection.case import SYSTEMS
from thecal.care.selection.items import items
from thecal.care.selection.letter import letter_document, letter_listing
from thecal.care.selection.wording import codes, sentence
from thecal.errors import DataError
from thecal.pharmacy import drugs, indications


def sections(case: SelectionCase) -> dict[str, list[str]]:
    return {one.id: [said.en for said in one.sentences] for one in letter(assess(case)).sections}


@pytest.mark.inventory("S1.R28")
@pytest.mark.parametrize("pathway", PATHWAYS)
def test_the_letter_says_verdict_next_step_copies_and_that_it_is_no_advice(pathway: str) -> None:
    found = sections(complete(pathway))
    assert list(found)[:2] == ["subject", "verdict"]
    assert "eligible for the next step" in found["verdict"][0]
    assert found["next"]
    assert "general practitioner" in found["copies"][0]
    assert "no medical advice" in found["note"][0]


@pytest.mark.inventory("S1.R28")
def test_what_is_missing_stands_in_the_letter_word_for_word() -> None:
    case = with_answers("non-cancer", imaging="not-done", psychology=None)
    found = sections(case)
    judgements = assess(case).of(Weight.MISSING)
    assert found["missing"] == [one.said.en for one in judgements]
    assert len(judgements) == 2
    assert "open points: 2." in found["verdict"][0]


def test_a_refusal_says_why_and_when_to_come_back() -> None:
    found = sections(with_answers("spasticity", infection="active"))
    assert "not eligible at present" in found["verdict"][0]
    assert "infection is active" in found["against"][0]
    assert "refer again" in found["next"][0]


@pytest.mark.inventory("S0.24", "S1.R28")
@pytest.mark.parametrize("pathway", PATHWAYS)
def test_every_sentence_stands_in_both_languages(pathway: str) -> None:
    content = letter(assess(SelectionCase(pathway, complete(pathway).indication_id)))
    for section in content.sections:
        for said in (section.heading, *section.sentences):
            assert said.en
            assert said.de
            assert said.en != said.de or section.id in ("note", "system")
    assert "Ergebnis" in content.text("de")
    assert "Was noch fehlt" in content.text("de")
    assert "What is still needed" in content.text("en")


def test_the_listing_holds_both_languages_side_by_side() -> None:
    listing = letter_listing(letter(assess(complete("cancer"))))
    assert listing.columns == ("section", "English", "German")
    assert all(len(row) == 3 and row[1] and row[2] for row in listing.rows)


@pytest.mark.inventory("S1.R28")
@pytest.mark.parametrize("pathway", PATHWAYS)
def test_the_printed_letter_says_what_the_letter_says_with_its_sources_and_is_signed(
    pathway: str,
) -> None:
    assessment = assess(complete(pathway))
    printed = letter_document(assessment)
    told = [one.en for section in printed.sections for one in section.paragraphs]
    assert told == [one.en for section in letter(assessment).sections for one in section.sentences]
    assert [len(one.signatures) for one in printed.sections][-1] == 1
    notes = [one.en for one in printed.footnotes]
    assert notes
    assert all("verified" in one for one in notes)


def test_every_answer_that_does_not_clear_has_its_sentence() -> None:
    for one in items():
        for answer in one.answers:
            for pathway in PATHWAYS:
                if one.effect(answer, pathway).value != "clears":
                    assert one.says(answer).de
    for known in (*drugs(),):
        assert sentence(f"drug.{known.id}").de
    for about in indications():
        assert sentence(f"indication.{about.id}").de
    assert all(sentence(f"system.{one}").de for one in SYSTEMS)


def test_both_languages_have_the_same_places_to_fill() -> None:
    for code in codes():
        both = sentence(code)
        assert set(re.findall(r"{(\w+)}", both.en)) == set(re.findall(r"{(\w+)}", both.de)), code


def test_a_sentence_that_is_not_there_or_not_filled_is_an_error_that_names_it() -> None:
    with pytest.raises(DataError, match="has no nothing"):
        sentence("nothing")
    with pytest.raises(DataError, match="fills"):
        sentence("goals.some", wrong="x")


def test_braces_in_what_people_wrote_are_left_alone() -> None:
    found = sections(complete("cancer", goals=("walk {far}",)))
    assert any("walk {far}" in said for said in found["for"])
