"""When outcomes are asked: the calendar of the visits."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.outcomes.domains import graver, outcome_set, side_effects
from thecal.care.outcomes.instrument import instruments
from thecal.care.outcomes.schedule import add_months, open_visits, schedule, visit_names

START = date(2026, 1, 31)


@pytest.mark.inventory("S0.R1")
def test_visits_are_at_2_to_6_weeks_3_6_12_18_24_36_months_then_yearly() -> None:
    assert visit_names() == (
        *("baseline", "week-2-6", "month-3", "month-6", "month-12"),
        *("month-18", "month-24", "month-36"),
    )
    found = {one.visit: one for one in schedule(START, date(2030, 6, 1))}
    assert (found["week-2-6"].opens, found["week-2-6"].due) == (
        date(2026, 2, 14),
        date(2026, 3, 14),
    )
    assert found["month-3"].due == date(2026, 4, 30)
    assert found["month-12"].due == date(2027, 1, 31)
    assert found["month-36"].due == date(2029, 1, 31)
    assert found["year-4"].due == date(2030, 1, 31)
    assert list(found)[-1] == "year-5"


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 4000))
def test_visits_follow_each_other_and_one_is_always_to_come(start: date, days: int) -> None:
    on = start + timedelta(days=days)
    found = schedule(start, on)
    assert [one.due for one in found] == sorted(one.due for one in found)
    assert found[-1].due > on
    assert all(one.opens <= one.due for one in found)


def test_a_visit_is_overdue_the_day_after_its_window() -> None:
    visits = schedule(START, START)
    on_time = open_visits(visits, {"baseline": START}, date(2026, 3, 14))
    assert on_time == ()
    late = open_visits(visits, {"baseline": START}, date(2026, 3, 15))
    assert [one.visit for one in late] == ["week-2-6"]


def test_a_month_without_that_day_takes_its_last() -> None:
    assert add_months(date(2027, 11, 30), 3) == date(2028, 2, 29)
    assert add_months(date(2026, 12, 31), 12) == date(2027, 12, 31)


@pytest.mark.inventory("S0.7")
def test_spasticity_is_followed_by_tone_spasms_goals_and_quality_of_life() -> None:
    wanted = outcome_set("spasticity")
    assert wanted["tone"] == ("ashworth",)
    assert wanted["spasms"] == ("penn",)
    assert wanted["goals"] == ("gas",)
    assert wanted["quality-of-life"] == ("eq-5d",)
    assert "pain" not in wanted


@pytest.mark.inventory("S3.9")
def test_pain_is_followed_by_mobility_sleep_daily_function_and_systemic_opioid() -> None:
    wanted = outcome_set("non-cancer")
    for domain in ("mobility", "sleep", "daily-function", "systemic-opioid", "quality-of-life"):
        assert wanted[domain], domain
    known = {one.id for one in instruments()}
    assert {name for names in wanted.values() for name in names} <= known


@pytest.mark.inventory("S3.11")
def test_the_checklist_asks_for_nausea_drowsiness_and_dependency() -> None:
    assert {"nausea", "drowsiness", "dependency"} <= set(side_effects())
    assert graver("none", "severe") == 3
    assert graver("moderate", "none") == -2
