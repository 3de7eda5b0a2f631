"""The pump clock: exact seconds at a fixed offset, with no hour lost or counted twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.program.clock import (
    SECONDS_PER_DAY,
    SECONDS_PER_WEEK,
    instant_of,
    moment_of,
    second_of_week,
    start_of_week,
)

offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timedelta(minutes=minutes))
plain = st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2300, 1, 1))  # noqa: DTZ001


@pytest.mark.req("C01")
@given(moment=plain, offset=offsets)
def test_a_time_without_offset_is_on_the_pump_clock_and_comes_back_as_it_was(
    moment: datetime, offset: timedelta
) -> None:
    back = moment_of(instant_of(moment, offset), offset)
    assert back.replace(tzinfo=None) == moment
    assert back.utcoffset() == offset


@pytest.mark.req("C01")
@given(moment=plain, own=offsets, offset=offsets)
def test_a_time_with_offset_is_the_same_moment_everywhere(
    moment: datetime, own: timedelta, offset: timedelta
) -> None:
    aware = moment.replace(tzinfo=timezone(own))
    instant = instant_of(aware, offset)
    assert instant == instant_of(aware.astimezone(UTC), offset)
    assert moment_of(instant, offset) == aware


@given(first=plain, second=plain, offset=offsets)
def test_differences_are_elapsed_time(first: datetime, second: datetime, offset: timedelta) -> None:
    elapsed = instant_of(second, offset) - instant_of(first, offset)
    assert elapsed == Fraction((second - first) // timedelta(microseconds=1), 10**6)


@given(moment=plain)
def test_the_second_of_the_week_counts_from_monday_midnight(moment: datetime) -> None:
    instant = instant_of(moment, timedelta(0))
    since = timedelta(
        days=moment.weekday(),
        hours=moment.hour,
        minutes=moment.minute,
        seconds=moment.second,
        microseconds=moment.microsecond,
    )
    assert second_of_week(instant) == Fraction(since // timedelta(microseconds=1), 10**6)
    monday = start_of_week(instant)
    assert second_of_week(monday) == 0
    assert 0 <= instant - monday < SECONDS_PER_WEEK


@pytest.mark.req("C01")
def test_no_hour_is_missing_or_doubled_on_the_days_that_clocks_on_the_wall_change() -> None:
    offset = timedelta(hours=1)
    for day in (datetime(2026, 3, 29), datetime(2026, 10, 25), datetime(2028, 2, 29)):  # noqa: DTZ001
        length = instant_of(day + timedelta(days=1), offset) - instant_of(day, offset)
        assert length == SECONDS_PER_DAY


def test_an_instant_between_microseconds_is_shown_to_the_nearest() -> None:
    instant = instant_of(datetime(2026, 3, 2, 10), timedelta(0)) + Fraction(1, 3)  # noqa: DTZ001
    assert moment_of(instant, timedelta(0)).microsecond == 333333
