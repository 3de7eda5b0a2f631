"""When a patient calls at once: the signs are those of the drugs in the pump, in both languages."""

from __future__ import annotations

import pytest
from paper_cases import record, said, therapy

from thecal.care.papers import patient_summary
from thecal.care.papers.summary import call_signs
from thecal.pharmacy import drugs


def test_baclofen_that_is_missing_is_known_by_stiffness_and_not_by_pain() -> None:
    page = said(patient_summary(record(therapy("baclofen", "500 ug/mL", "100 ug/d"))))
    assert "signs of too little baclofen: much more stiffness or spasms than usual" in page
    assert "signs of too much baclofen: extreme sleepiness, dizziness, limp legs" in page
    assert "more pain" not in page
    assert "hallucinations" not in page


def test_morphine_that_is_missing_is_known_by_pain_and_not_by_spasms() -> None:
    page = said(patient_summary(record(therapy())))
    assert "signs of too little morphine: much more pain than usual; sweating" in page
    assert "signs of too much morphine: slow or shallow breathing" in page
    assert "spasms" not in page
    assert "hallucinations" not in page


def test_ziconotide_has_no_withdrawal_and_shows_in_the_mind() -> None:
    much, little = call_signs(("ziconotide",))
    assert "confusion, hallucinations" in much.en
    assert little.en == "signs of too little ziconotide: much more pain than usual"


def test_drugs_of_one_class_share_their_line_and_others_have_their_own() -> None:
    found = [one.en for one in call_signs(("bupivacaine", "fentanyl", "morphine"))]
    assert len(found) == 4
    assert any(one.startswith("signs of too much fentanyl, morphine: ") for one in found)
    assert any(one.startswith("signs of too much bupivacaine: numbness") for one in found)
    assert call_signs(()) == ()


@pytest.mark.parametrize("one", [one.id for one in drugs()])
def test_every_drug_has_its_signs_in_both_languages(one: str) -> None:
    much, little = call_signs((one,))
    for text in (much, little):
        assert text.en != text.de
    assert much.de.startswith("Zeichen von zu viel ")
    assert little.de.startswith("Zeichen von zu wenig ")
