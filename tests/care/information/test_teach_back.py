"""Teach-back: an answer confirms nothing; the clinic confirms, and for a year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.forms import education_items
from thecal.care.information.teaching import (
    Answer,
    Judged,
    learned,
    longest_answer,
    read_answer,
)

ITEMS = education_items()
ITEM = ITEMS[0].id
DAY = date(2026, 4, 10)


def state(answers=(), judged=(), today=DAY) -> str:
    return learned(ITEMS, answers, judged, today)[0].state


@pytest.mark.inventory("S3.8")
def test_an_answer_alone_confirms_nothing_and_the_clinic_does() -> None:
    said = Answer(5, ITEM, "sure", DAY)
    assert state() == "open"
    assert state([said]) == "told"
    assert state([said], [Judged(6, ITEM, "shown", DAY)]) == "confirmed"
    assert state([said], [Judged(6, ITEM, "repeat", DAY)]) == "again"
    later = Answer(7, ITEM, "sure", DAY)
    assert state([later], [Judged(6, ITEM, "repeat", DAY)]) == "told"


def test_whoever_becomes_unsure_is_asked_again() -> None:
    confirmed = [Judged(6, ITEM, "shown", DAY)]
    assert state([Answer(7, ITEM, "explain", DAY)], confirmed) == "told"
    assert state([Answer(7, ITEM, "sure", DAY)], confirmed) == "confirmed"


def test_a_teach_back_of_more_than_a_year_ago_is_missing() -> None:
    old = [Judged(6, ITEM, "shown", DAY - timedelta(days=366))]
    assert state((), old) == "old"
    assert state((), [Judged(6, ITEM, "shown", DAY - timedelta(days=365))]) == "confirmed"


@given(
    st.lists(st.tuples(st.integers(1, 99), st.sampled_from(("sure", "unsure", "explain")))),
    st.integers(1, 99),
)
def test_no_answers_of_a_patient_confirm_what_the_clinic_has_not(answers, last: int) -> None:
    said = [Answer(order, ITEM, sure, DAY) for order, sure in answers]
    assert state(said) in ("open", "told")
    assert state(said, [Judged(last, ITEM, "repeat", DAY)]) in ("again", "told")


@pytest.mark.parametrize(
    ("sure", "words", "why"),
    [
        ("", "it gives a drug", "Choose how sure"),
        ("certain", "it gives a drug", "Choose how sure"),
        ("sure", "", "own words"),
        ("unsure", "x" * (longest_answer() + 1), "longer than"),
    ],
)
def test_an_answer_without_words_or_choice_is_refused_with_why(sure, words, why) -> None:
    refused = read_answer(sure, words)
    assert refused is not None
    assert why in refused.en


def test_to_ask_for_an_explanation_needs_no_words() -> None:
    assert read_answer("explain", "") is None
    assert read_answer("sure", "x" * longest_answer()) is None
