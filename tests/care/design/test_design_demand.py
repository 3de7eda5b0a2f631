"""The diary by the hour: what it tells apart from noise, and what it leaves open."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from design_cases import FIRST_DAY, NIGHT, diary
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.design.case import Score
from thecal.care.design.demand import demand_of, weekend_differs


def at(hour: int, score: int, day: date = FIRST_DAY) -> Score:
    """Return a score in the middle of an hour."""
    return Score(day, hour * 3600 + 1800, Fraction(score))


def test_a_score_speaks_for_hours_up_to_90_minutes_away_and_round_midnight() -> None:
    demand = demand_of([at(23, 6)])
    assert [one.hour for one in demand.hours if one.mean is not None] == [0, 22, 23]


@pytest.mark.inventory("S1.R27")
def test_repeated_days_give_mean_and_standard_error_of_an_hour() -> None:
    demand = demand_of(
        [at(8, score, FIRST_DAY + timedelta(days=i)) for i, score in enumerate((4, 6, 8))]
    )
    hour = demand.hours[8]
    assert (hour.mean, hour.days) == (6, 3)
    assert hour.variance == Fraction(4, 3)  # 2 squared over 3 days


def test_two_scores_of_one_day_near_an_hour_count_as_one_day() -> None:
    demand = demand_of([at(8, 4), at(9, 6)])
    assert demand.hours[8].days == 1
    assert demand.hours[8].mean == 5
    assert demand.hours[8].variance is None


@pytest.mark.parametrize(("days", "told_apart"), [(2, False), (3, True)])
def test_an_hour_differs_only_after_three_days(days: int, told_apart: bool) -> None:
    demand = demand_of(diary(NIGHT, days, scatter=(0,)))
    assert (demand.shape[3] > 0) is told_apart
    assert any(demand.shape) is told_apart


def test_an_hour_within_two_standard_errors_of_the_mean_is_left_at_the_mean() -> None:
    far, near = (6, 6, 4), (7, 5, 3)
    for values, expected in ((far, True), (near, False)):
        days = [FIRST_DAY + timedelta(days=i) for i in range(3)]
        scores = [at(12, value, day) for value, day in zip(values, days, strict=True)]
        scores += [at(0, 2, day) for day in days]
        hour = demand_of(scores).hours[12]
        assert hour.variance is not None
        mean = demand_of(scores).mean
        assert hour.mean is not None
        beyond = (hour.mean - mean) ** 2 > 4 * hour.variance
        assert (hour.difference > 0) is beyond is expected


def test_hours_without_a_score_ask_for_nothing() -> None:
    demand = demand_of(diary({2: 8, 14: 2}))
    assert demand.hours[8].mean is None
    assert demand.shape[8] == 0
    assert demand.shape[2] > 0 > demand.shape[14]


def test_the_predictable_share_is_whole_without_scatter_and_none_without_shape() -> None:
    assert demand_of(diary(scatter=(0,))).predictable == 1
    assert demand_of(diary(dict.fromkeys(range(24), 4), scatter=(0, 2))).predictable == 0
    assert demand_of([at(8, 4)]).predictable is None


def test_a_weekend_that_differs_is_noticed_and_one_that_does_not_is_not() -> None:
    days = [FIRST_DAY + timedelta(days=i) for i in range(21)]
    differing = [at(8, 6 if day.weekday() >= 5 else 2, day) for day in days]
    assert 8 in weekend_differs(differing)
    assert weekend_differs([at(8, 4, day) for day in days]) == ()


@given(st.lists(st.tuples(st.integers(0, 23), st.integers(0, 10), st.integers(0, 6)), min_size=1))
def test_no_hour_differs_by_more_than_its_mean_does(entries: list[tuple[int, int, int]]) -> None:
    demand = demand_of([at(h, s, FIRST_DAY + timedelta(days=d)) for h, s, d in entries])
    for one in demand.hours:
        if one.difference:
            assert one.mean is not None
            assert one.difference == one.mean - demand.mean
            assert one.days >= 3
