"""Weekdays and times of day: what is read, what is refused, and that writing is the inverse."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.errors import EntryError
from thecal.therapy.days import (
    WEEKDAYS,
    read_days,
    read_time_of_day,
    write_days,
    write_time_of_day,
)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("daily", {0, 1, 2, 3, 4, 5, 6}),
        ("mon", {0}),
        ("sun", {6}),
        ("mon,thu", {0, 3}),
        ("mon, thu", {0, 3}),
        ("thu,mon", {0, 3}),
        ("sat-sun", {5, 6}),
        ("mon-fri", {0, 1, 2, 3, 4}),
        ("mon-mon", {0}),
        ("mon-wed,fri-sun", {0, 1, 2, 4, 5, 6}),
        ("mon-fri,wed-sun", {0, 1, 2, 3, 4, 5, 6}),
    ],
)
def test_days_that_are_read(text: str, days: set[int]) -> None:
    assert read_days(text) == days


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Mon",
        "monday",
        "mon-",
        "-mon",
        "mon,",
        "fri-mon",
        "daily,mon",
        "mon–fri",
        1,
        None,
        ["mon"],
    ],
)
def test_days_that_are_refused(text: object) -> None:
    with pytest.raises(EntryError) as caught:
        read_days(text)
    assert caught.value.remedy


@given(st.frozensets(st.integers(0, 6), min_size=1))
def test_days_written_are_read_back(days: frozenset[int]) -> None:
    assert read_days(write_days(days)) == days


@given(st.text(alphabet="montuewdhfrisa,- ", max_size=12))
def test_days_read_are_real_days(text: str) -> None:
    try:
        days = read_days(text)
    except EntryError:
        return
    assert days
    assert days <= set(range(7))
    names = {part.strip() for piece in text.split(",") for part in piece.split("-")}
    assert names <= set(WEEKDAYS)


@given(st.integers(0, 86399))
def test_times_written_are_read_back(seconds: int) -> None:
    assert read_time_of_day(write_time_of_day(seconds)) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7:00",
        "24:00",
        "23:60",
        "07:00:60",
        " 07:00",
        "07:00\n",
        "07.00",
        "٠7:00",
        7,
        None,
        True,
    ],
)
def test_times_that_are_refused(text: object) -> None:
    with pytest.raises(EntryError) as caught:
        read_time_of_day(text)
    assert "07:00" in caught.value.remedy
