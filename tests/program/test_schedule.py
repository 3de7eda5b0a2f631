"""Weekly schedules against a plain reading: the rate of every single minute of a week."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.program.clock import SECONDS_PER_DAY, SECONDS_PER_WEEK
from thecal.program.schedule import WeeklySchedule
from thecal.units import Volume, VolumeRate

MINUTES = 7 * 24 * 60
MONDAY = Fraction(4 * SECONDS_PER_DAY)  # 1970-01-05

Block = tuple[int, int, Fraction]
"""Start and length in minutes of the week, and the rate in microlitres per second."""

rates = st.sampled_from([Fraction(0), Fraction(1), Fraction(1, 3), Fraction(7, 5), Fraction(4)])


@st.composite
def blocks(draw: st.DrawFn) -> list[Block]:
    """Blocks that do not overlap; the last may run over the end of the week."""
    count = draw(st.integers(0, 12))
    edges = sorted(draw(st.sets(st.integers(0, MINUTES - 1), min_size=count, max_size=count)))
    found = []
    for index, start in enumerate(edges):
        after = edges[index + 1] if index + 1 < len(edges) else edges[0] + MINUTES
        room = after - start
        length = draw(st.one_of(st.just(room), st.integers(1, room)))
        found.append((start, length, draw(rates)))
    return found


def build(background: Fraction, rows: list[Block]) -> WeeklySchedule:
    return WeeklySchedule.from_intervals(
        VolumeRate(background),
        [
            (Fraction(start * 60), Fraction((start + length) * 60), VolumeRate(rate))
            for start, length, rate in rows
        ],
    )


def minute_by_minute(background: Fraction, rows: list[Block]) -> list[Fraction]:
    week = [background] * MINUTES
    for start, length, rate in rows:
        for minute in range(start, start + length):
            week[minute % MINUTES] = rate
    return week


def naive_volume(week: list[Fraction], start: Fraction, end: Fraction) -> Fraction:
    """Walk from minute to minute, whatever the schedule does."""
    total, now = Fraction(0), start
    while now < end:
        since = now - MONDAY
        minute = since // 60
        until = min(end, MONDAY + (minute + 1) * 60)
        total += week[int(minute) % MINUTES] * (until - now)
        now = until
    return total


schedules = st.tuples(rates, blocks())
moments = st.one_of(
    st.integers(-2 * MINUTES, 3 * MINUTES).map(lambda minute: MONDAY + minute * 60),
    st.fractions(-SECONDS_PER_WEEK, 2 * SECONDS_PER_WEEK, max_denominator=97).map(
        lambda second: MONDAY + second
    ),
)


@given(spec=schedules, moment=moments)
def test_the_rate_at_a_moment_is_that_of_its_minute(
    spec: tuple[Fraction, list[Block]], moment: Fraction
) -> None:
    week = minute_by_minute(*spec)
    minute = int((moment - MONDAY) // 60) % MINUTES
    assert build(*spec).rate_at(moment).base == week[minute]


@given(spec=schedules)
def test_a_rate_holds_from_its_first_second_to_just_before_the_next(
    spec: tuple[Fraction, list[Block]],
) -> None:
    schedule = build(*spec)
    week = minute_by_minute(*spec)
    for start, length, _ in spec[1]:
        for minute in (start, start + length):
            edge = MONDAY + minute * 60
            assert schedule.rate_at(edge).base == week[minute % MINUTES]
            before = schedule.rate_at(edge - Fraction(1, 1000)).base
            assert before == week[(minute - 1) % MINUTES]


@given(
    spec=schedules,
    start=moments,
    length=st.fractions(0, 3 * SECONDS_PER_DAY, max_denominator=89),
)
def test_volume_is_the_sum_over_the_minutes(
    spec: tuple[Fraction, list[Block]], start: Fraction, length: Fraction
) -> None:
    week = minute_by_minute(*spec)
    given_volume = build(*spec).volume_between(start, start + length)
    assert given_volume.base == naive_volume(week, start, start + length)


@given(spec=schedules, start=moments, cut=st.fractions(0, 1), weeks=st.integers(0, 60))
def test_volume_adds_up_over_any_cut_and_any_number_of_weeks(
    spec: tuple[Fraction, list[Block]], start: Fraction, cut: Fraction, weeks: int
) -> None:
    schedule = build(*spec)
    end = start + weeks * SECONDS_PER_WEEK
    middle = start + (end - start) * cut
    whole = schedule.volume_between(start, end)
    assert whole == schedule.volume_between(start, middle) + schedule.volume_between(middle, end)
    assert whole.base == weeks * 60 * sum(minute_by_minute(*spec))


@given(spec=schedules, start=moments)
def test_the_next_change_is_the_next_minute_with_another_rate(
    spec: tuple[Fraction, list[Block]], start: Fraction
) -> None:
    week = minute_by_minute(*spec)
    change = build(*spec).next_change(start)
    if len(set(week)) == 1:
        assert change is None
        return
    first = int((start - MONDAY) // 60)
    now = week[first % MINUTES]
    after = next(m for m in range(first + 1, first + MINUTES + 1) if week[m % MINUTES] != now)
    assert change == MONDAY + after * 60


@given(spec=schedules, start=moments, length=st.integers(0, 2 * SECONDS_PER_WEEK))
def test_all_changes_lie_inside_and_each_is_one(
    spec: tuple[Fraction, list[Block]], start: Fraction, length: int
) -> None:
    schedule = build(*spec)
    found = list(schedule.changes_between(start, start + length))
    assert found == sorted(set(found))
    assert all(start < moment < start + length for moment in found)
    for moment in found:
        assert schedule.rate_at(moment) != schedule.rate_at(moment - Fraction(1, 10**6))
    if found:
        # A change at the very start or end is none of those between them.
        assert list(schedule.changes_between(found[0], found[-1])) == found[1:-1]


@given(spec=schedules)
def test_the_fullest_day_is_the_largest_of_all_windows(
    spec: tuple[Fraction, list[Block]],
) -> None:
    """All 10,080 windows that begin on a minute; the true maximum is one of them."""
    week = minute_by_minute(*spec)
    running = sum(week[:1440])
    largest = running
    for minute in range(MINUTES):
        running += week[(minute + 1440) % MINUTES] - week[minute]
        largest = max(largest, running)
    assert build(*spec).fullest_day.base == largest * 60


@given(spec=schedules, start=moments)
def test_no_window_is_fuller_than_the_fullest_day(
    spec: tuple[Fraction, list[Block]], start: Fraction
) -> None:
    schedule = build(*spec)
    assert schedule.volume_between(start, start + SECONDS_PER_DAY) <= schedule.fullest_day


def test_a_week_may_be_one_single_block_from_any_minute() -> None:
    schedule = build(Fraction(1), [(600, MINUTES, Fraction(2))])
    assert schedule.is_constant
    assert schedule.rates == (VolumeRate(Fraction(2)),)


@pytest.mark.parametrize("rate", [0, 1])
def test_a_constant_schedule_never_changes(rate: int) -> None:
    schedule = WeeklySchedule.constant(VolumeRate(Fraction(rate)))
    assert schedule.next_change(MONDAY) is None
    assert list(schedule.changes_between(MONDAY, MONDAY + SECONDS_PER_WEEK)) == []
    assert schedule.fullest_day == Volume(Fraction(rate * SECONDS_PER_DAY))
    assert schedule.volume_between(MONDAY, MONDAY + 10).base == 10 * rate


@given(rates, blocks(), st.fractions(0, 2 * SECONDS_PER_WEEK))
def test_running_from_an_instant_names_each_rate_until_its_change(
    background: Fraction, rows: list[Block], instant: Fraction
) -> None:
    schedule = build(background, rows)
    now = instant
    for rate, end in islice(schedule.run_from(instant), 40):
        assert rate == schedule.rate_at(now)
        if end is None:
            assert schedule.is_constant
            break
        assert end > now
        assert schedule.volume_between(now, end) == Volume(rate.base * (end - now))
        now = end


@given(
    rates,
    blocks(),
    st.integers(-10 * SECONDS_PER_WEEK, 10 * SECONDS_PER_WEEK),
    st.fractions(0, 2 * SECONDS_PER_WEEK),
)
def test_a_schedule_on_a_clock_that_is_off_runs_as_much_earlier_or_later(
    background: Fraction, rows: list[Block], fast: int, moment: Fraction
) -> None:
    schedule = build(background, rows)
    shifted = schedule.shifted(Fraction(fast))
    assert shifted.rate_at(moment) == schedule.rate_at(moment + fast)
    assert shifted.fullest_day == schedule.fullest_day
