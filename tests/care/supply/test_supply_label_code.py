"""The code of a label: a slip of the fingers never names another label."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.supply.label_code import (
    ALPHABET,
    LENGTH,
    PRINTED,
    read_code,
    shown_code,
    with_check,
)
from thecal.errors import EntryError

BODIES = st.text(PRINTED, min_size=LENGTH, max_size=LENGTH)


@given(BODIES)
def test_a_code_reads_back_however_it_is_written(body: str) -> None:
    code = with_check(body)
    assert read_code(code) == code
    assert read_code(f" {shown_code(code).lower()} ") == code
    assert code.startswith(body)


@given(BODIES, st.integers(0, LENGTH + 1), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_found(body: str, place: int, sign: str) -> None:
    code = with_check(body)
    other = code[:place] + sign + code[place + 1 :]
    if other != code:
        with pytest.raises(EntryError, match="check characters"):
            read_code(other)


@given(BODIES, st.integers(0, LENGTH))
def test_two_swapped_characters_are_always_found(body: str, place: int) -> None:
    code = with_check(body)
    other = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if other != code:
        with pytest.raises(EntryError, match="check characters"):
            read_code(other)


@given(st.text(max_size=30))
def test_nothing_else_is_a_code_but_by_its_check_characters(text: str) -> None:
    try:
        code = read_code(text)
    except EntryError:
        return
    assert code == with_check(code[:LENGTH])


def test_a_code_has_no_signs_that_are_read_for_each_other() -> None:
    assert not set("01IO") & set(PRINTED)
    with pytest.raises(EntryError):
        with_check("SHORT")
