"""A list in which somebody wrote "none" is empty; whatever names something is kept."""

from __future__ import annotations

import pytest

from thecal.care.visit.said import said


@pytest.mark.parametrize("word", ["none", "None", "NONE.", "no", "nil", "keine", "unchanged", "-"])
def test_words_that_say_nothing_are_no_entry(word: str) -> None:
    assert said([word]) == ()


@pytest.mark.parametrize(
    "word", ["morphine 10 mg stopped", "none of them stopped but baclofen halved", "Nilotinib"]
)
def test_what_names_something_is_kept_as_it_was_typed(word: str) -> None:
    assert said([word, "none", ""]) == (word,)
