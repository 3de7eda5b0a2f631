"""The portions of a fill, written as they were given, read one by one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from visit_cases import ml

from thecal.care.visit.portions import read_portions, sum_of, write_portions
from thecal.errors import EntryError


@pytest.mark.parametrize(
    ("text", "volumes"),
    [
        ("5, 5, 5 and 3 mL", ["5", "5", "5", "3"]),
        ("5,5,5,3", ["5", "5", "5", "3"]),
        ("5 mL, 5 mL; 2.5 mL", ["5", "5", "2.5"]),
        ("4 of 5 mL", ["5"] * 4),
        ("3 x 5, 3 mL", ["5", "5", "5", "3"]),
        ("18 mL", ["18"]),
        ("1 of 18", ["18"]),
    ],
)
def test_portions_are_read_as_they_were_given(text: str, volumes: list[str]) -> None:
    assert read_portions(text) == tuple(ml(one) for one in volumes)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("4", "may be how many or how much"),
        ("", "no portion"),
        ("5 5 5", "no portion"),
        ("0 of 5 mL", "no portion"),
        ("5, five", "not a number"),
        ("5.0, 3", "ends with a zero"),
        ("5, 0", "zero"),
        ("-5, 3", "not a number"),
    ],
)
def test_what_may_be_read_in_two_ways_is_refused(text: str, says: str) -> None:
    with pytest.raises(EntryError, match=says):
        read_portions(text)


@given(st.lists(st.integers(1, 400), min_size=1, max_size=20))
def test_portions_are_read_again_as_they_were_written(tenths: list[int]) -> None:
    portions = tuple(ml(f"{one / 10:g}") for one in tenths)
    assert read_portions(write_portions(portions)) == portions
    assert sum_of(portions) == ml(f"{sum(tenths) / 10:g}")
