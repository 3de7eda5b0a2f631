"""Kaplan-Meier against a printed example, cumulative incidence against another way to it."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.survival import Curve, DeviceLife, End, survival
from thecal.care.survival.tables import daily, yearly

START = date(2020, 1, 1)
FREIREICH = (6, 6, 6, 7, 10, 13, 16, 22, 23)
CENSORED = (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)
"""Weeks in remission under 6-mercaptopurine (Freireich 1963), the example of many textbooks."""


def life(days: int, end: End, from_implant: bool = True) -> DeviceLife:
    until = START + timedelta(days)
    return DeviceLife("pump", "m", START, from_implant, until, until, end)


def curve_of(*ends: tuple[int, End]) -> Curve:
    return survival([life(days, end) for days, end in ends])


LIVES = st.lists(
    st.tuples(st.integers(min_value=0, max_value=12), st.sampled_from(list(End))),
    min_size=1,
    max_size=25,
)


@pytest.mark.inventory("S3.19")
def test_the_curve_of_a_printed_example_with_its_log_log_interval() -> None:
    failed = [(weeks, End.FAILURE) for weeks in FREIREICH]
    curve = curve_of(*failed, *((weeks, End.RUNNING) for weeks in CENSORED))
    printed = {
        6: (0.857, 0.620, 0.952),
        7: (0.807, 0.563, 0.923),
        10: (0.753, 0.503, 0.889),
        13: (0.690, 0.432, 0.849),
        16: (0.627, 0.368, 0.805),
        22: (0.538, 0.268, 0.747),
        23: (0.448, 0.188, 0.680),
    }
    for week, expected in printed.items():
        step = curve.at(week)
        assert step is not None
        assert step.low is not None
        assert step.high is not None
        found = (step.survival, step.low, step.high)
        assert tuple(round(float(one), 3) for one in found) == expected
    assert [curve.at_risk(week) for week in (0, 6, 7, 10, 23, 35)] == [21, 21, 17, 15, 6, 1]
    assert curve.at(5) is None


def test_without_competitors_the_incidence_is_one_minus_the_curve() -> None:
    curve = curve_of((3, End.FAILURE), (4, End.RUNNING), (5, End.FAILURE), (9, End.RUNNING))
    for step in curve.steps:
        assert float(step.incidence) == pytest.approx(float(1 - step.survival))
        assert step.competed == 0


def test_where_all_others_die_first_one_minus_the_curve_says_too_much() -> None:
    curve = curve_of((1, End.DEATH), (2, End.REMOVED), (3, End.FAILURE))
    last = curve.steps[-1]
    assert (last.survival, last.incidence, last.competed) == (0, Fraction(1, 3), Fraction(2, 3))


@given(LIVES)
def test_the_curve_is_the_product_of_what_each_day_left(ends) -> None:
    curve, product = curve_of(*ends), Fraction(1)
    for step in curve.steps:
        at_risk = sum(days >= step.day for days, _ in ends)
        failed = ends.count((step.day, End.FAILURE))
        product *= Fraction(at_risk - failed, at_risk)
        assert step.at_risk == at_risk
        assert float(step.survival) == pytest.approx(float(product), abs=1e-12)
        for bound in (step.low, step.high):
            assert bound is None or 0 <= bound <= 1
        if step.low is not None and step.high is not None:
            assert float(step.low) - 1e-12 <= float(product) <= float(step.high) + 1e-12


def censoring_free(ends, day: int) -> Fraction:
    """Return the part not yet censored just before a day, by the curve of the censorings."""
    free = Fraction(1)
    for when in sorted({one for one, _ in ends if one < day}):
        at_risk = sum(days > when for days, _ in ends) + sum(
            days == when and not (end is End.FAILURE or end.competes) for days, end in ends
        )
        gone = sum(days == when and not (end is End.FAILURE or end.competes) for days, end in ends)
        free *= Fraction(at_risk - gone, at_risk) if at_risk else 1
    return free


@given(LIVES)
def test_the_incidence_is_that_of_failures_weighted_for_those_lost_to_sight(ends) -> None:
    """Each failure counts for itself and for its like that were censored before: another way."""
    curve = curve_of(*ends)
    for step in curve.steps:
        weighted = sum(
            (
                1 / censoring_free(ends, days)
                for days, end in ends
                if end is End.FAILURE and days <= step.day
            ),
            Fraction(0),
        )
        assert step.incidence == weighted / len(ends)


@given(LIVES)
def test_failed_competed_and_free_are_all_there_is(ends) -> None:
    for step in curve_of(*ends).steps:
        assert 0 <= step.incidence + step.competed <= 1
        assert float(step.incidence) <= float(1 - step.survival) + 1e-12


def test_a_failure_on_the_day_of_another_end_comes_first() -> None:
    last = curve_of((5, End.FAILURE), (5, End.RUNNING)).steps[-1]
    assert (last.at_risk, last.survival) == (2, Fraction(1, 2))


def test_who_was_not_seen_from_the_implant_is_left_out_and_counted() -> None:
    curve = survival([life(10, End.RUNNING), life(99, End.FAILURE, from_implant=False)])
    assert (curve.number, curve.late, curve.longest) == (1, 1, 10)
    assert survival([]).steps == ()


def test_the_tables_say_what_the_curve_says() -> None:
    ends = [(400, End.FAILURE), (800, End.RUNNING), (800, End.RUNNING), (30, End.DEATH)]
    curve = curve_of(*ends)
    rows = yearly(curve).rows
    assert [row[:2] for row in rows] == [("0", "4 (few)"), ("1", "3 (few)"), ("2", "2 (few)")]
    assert rows[2][2].startswith("66.7")
    assert rows[1][3] == "none: no failure yet"
    assert [row[0] for row in daily(curve).rows] == ["30", "400", "800"]
    gone = curve_of((5, End.FAILURE))
    assert daily(gone).rows[0][8 - 1] == "none: nobody is left"
