"""Refills, visits and orders on the Today list, by how long is left."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.due import Due, Knowledge, Urgency, due_items, is_working_day, order_by
from thecal.care.due.urgency import TABLE, urgency
from thecal.care.refill_interval.interval import interval
from thecal.data import rows
from thecal.errors import EntryError
from thecal.units import Duration, Volume, VolumeRate, show_date

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)  # a Monday
DAYS = st.integers(-400, 400).map(lambda days: timedelta(days=days))
HOURS = st.integers(-2000, 2000).map(lambda hours: timedelta(hours=hours))


def after(**delta: float) -> datetime:
    return NOW + timedelta(**delta)


def the(rule: str, known: Knowledge, now: datetime = NOW) -> Due:
    found = [one for one in due_items(known, now) if one.rule == rule]
    assert len(found) == 1, due_items(known, now)
    return found[0]


def rules(known: Knowledge, now: datetime = NOW) -> set[str]:
    return {one.rule for one in due_items(known, now)}


def planned(**changes: object) -> Knowledge:
    """Refill in 100 days, visit a week before it: nothing is due."""
    plan = {
        "last_fill": after(days=-20),
        "refill_by": after(days=100),
        "next_visit": date(2026, 6, 3),
    }
    return Knowledge(**{**plan, **changes})


def test_a_patient_with_everything_planned_is_not_on_the_list() -> None:
    assert due_items(planned(), NOW) == ()
    assert due_items(Knowledge(), NOW) == ()


@pytest.mark.req("K12")
@pytest.mark.parametrize(
    ("days", "urgency", "call"),
    [
        (21, Urgency.PLAN, 21),
        (15, Urgency.PLAN, 21),
        (14, Urgency.PLAN, 14),
        (7, Urgency.THIS_WEEK, 7),
        (4, Urgency.THIS_WEEK, 7),
        (3, Urgency.TODAY, 3),
        (0, Urgency.CRITICAL, 0),
        (-5, Urgency.CRITICAL, 0),
    ],
)
def test_a_refill_escalates_at_21_14_7_3_and_0_days(days: int, urgency: Urgency, call: int) -> None:
    found = the("refill", planned(refill_by=after(days=days), next_visit=date(2026, 3, 2)))
    assert (found.urgency, found.escalation) == (urgency, Duration.of(call, "d"))
    assert found.check == "K12"
    assert "unverified (read)" in found.source


def test_a_refill_in_more_than_three_weeks_is_not_yet_due() -> None:
    assert "refill" not in rules(planned(refill_by=after(days=22)))


@pytest.mark.inventory("S0.21")
def test_a_refill_names_every_date_and_what_decides() -> None:
    known = planned(
        refill_by=after(days=2),
        refill_reason="stability",
        low_reservoir_all_boluses=after(days=9),
        low_reservoir=after(days=12),
        empty=after(days=20),
    )
    what = the("refill", known).what
    for one in ("4 March 2026", "stability decides", "11 March", "14 March", "22 Mar"):
        assert one in what


def test_without_a_refill_date_the_alarm_date_stands_for_it_and_the_earlier_one_counts() -> None:
    known = planned(
        refill_by=None, low_reservoir=after(days=30), low_reservoir_all_boluses=after(days=2)
    )
    assert the("alarm-date", known).urgency is Urgency.TODAY
    assert the("alarm-date", known).due == after(days=2)
    assert "alarm-date" not in rules(planned(low_reservoir=after(days=1)))
    assert "alarm-date" in rules(planned(low_reservoir=after(days=-1)))


@pytest.mark.parametrize(
    ("days", "urgency"),
    [(-1, Urgency.CRITICAL), (3, Urgency.CRITICAL), (7, Urgency.THIS_WEEK)],
)
def test_a_pump_that_runs_dry_is_critical(days: int, urgency: Urgency) -> None:
    found = the("empty", planned(empty=after(days=days)))
    assert found.urgency is urgency
    assert ("since" in found.what) is (days < 0)


@pytest.mark.req("K12")
def test_a_visit_after_refill_by_is_moved() -> None:
    late = planned(next_visit=date(2026, 6, 11))
    assert the("late-visit", late).urgency is Urgency.THIS_WEEK
    assert the("late-visit", planned(next_visit=date(2026, 3, 30), refill_by=after(days=10)))
    by = planned().refill_by
    assert by is not None
    assert by.date() == date(2026, 6, 10)
    timed = {"next_visit": by.date(), "visit_at": by - timedelta(minutes=1)}
    assert "late-visit" not in rules(planned(**timed))
    assert "late-visit" not in rules(planned(next_visit=date(2026, 6, 9)))
    assert "has no time" in the("late-visit", planned(next_visit=by.date())).what


@pytest.mark.req("K12")
@pytest.mark.parametrize(
    ("days", "urgency"), [(100, Urgency.PLAN), (21, Urgency.THIS_WEEK), (14, Urgency.TODAY)]
)
def test_a_patient_without_a_visit_is_on_the_list(days: int, urgency: Urgency) -> None:
    known = planned(next_visit=None, refill_by=after(days=days))
    assert the("no-visit", known).urgency is urgency


def test_a_visit_that_passed_without_a_fill_was_missed_and_one_with_a_fill_was_kept() -> None:
    missed = planned(next_visit=date(2026, 3, 1), last_fill=after(days=-90))
    assert the("missed-visit", missed).urgency is Urgency.TODAY
    assert "missed-visit" not in rules(planned(next_visit=date(2026, 3, 2)))
    kept = planned(next_visit=date(2026, 3, 1), last_fill=after(days=-1))
    assert "no-visit" in rules(kept)
    assert "missed-visit" not in rules(kept)


@pytest.mark.inventory("S2.12")
@pytest.mark.parametrize(
    ("interval", "listed"), [(27, True), (28, False), (183, False), (184, True), (200, True)]
)
def test_an_interval_outside_28_to_183_days_is_asked_about(interval: int, listed: bool) -> None:
    fill = after(days=-10)
    visit = (fill + timedelta(days=interval)).date()
    known = planned(drugs=("baclofen",), last_fill=fill, next_visit=visit, refill_by=None)
    assert ("interval" in rules(known)) is listed
    without_visit = planned(
        last_fill=fill, next_visit=None, refill_by=fill + timedelta(days=interval)
    )
    assert ("interval" in rules(without_visit)) is listed


@pytest.mark.parametrize(
    ("refill", "lead", "expected"),
    [
        (date(2026, 3, 30), 10, date(2026, 3, 16)),  # Monday to Monday, two weekends
        (date(2026, 3, 30), 1, date(2026, 3, 27)),
        (date(2026, 3, 29), 1, date(2026, 3, 26)),  # a Sunday: needed on the Friday
        (date(2026, 3, 28), 0, date(2026, 3, 27)),
        (date(2026, 3, 31), 0, date(2026, 3, 31)),
    ],
)
def test_an_order_counts_back_working_days(refill: date, lead: int, expected: date) -> None:
    assert order_by(refill, lead) == expected


def test_a_holiday_moves_the_order_a_day_ahead_and_easter_two() -> None:
    easter = frozenset({date(2026, 4, 3), date(2026, 4, 6)})
    assert order_by(date(2026, 4, 7), 2) == date(2026, 4, 3)
    assert order_by(date(2026, 4, 7), 2, easter) == date(2026, 4, 1)
    assert order_by(date(2026, 4, 6), 0, easter) == date(2026, 4, 2)


def test_no_order_arrives_before_it_is_placed() -> None:
    with pytest.raises(EntryError):
        order_by(date(2026, 4, 6), -1)


@given(
    st.dates(date(2025, 1, 1), date(2027, 12, 31)),
    st.integers(0, 40),
    st.frozensets(st.dates(date(2025, 1, 1), date(2027, 12, 31)), max_size=20),
)
def test_between_order_and_refill_lie_so_many_working_days(
    refill: date, lead: int, holidays: frozenset[date]
) -> None:
    day = order_by(refill, lead, holidays)
    assert is_working_day(day, holidays)
    between = [day + timedelta(days=n) for n in range(1, (refill - day).days + 1)]
    assert sum(is_working_day(one, holidays) for one in between) == lead
    assert order_by(refill, lead + 1, holidays) < day
    assert order_by(refill, lead, holidays | {day}) < day


def test_an_order_is_due_ten_working_days_ahead_and_one_that_is_placed_is_not() -> None:
    refill = datetime(2026, 3, 30, 9, 0, tzinfo=UTC)
    known = planned(refill_by=refill, next_visit=date(2026, 3, 30), order_needed=True)
    found = the("order", known)
    assert found.due.date() == date(2026, 3, 16)
    assert "order the solution by 16 March 2026" in found.what
    assert found.urgency is Urgency.PLAN
    assert the("order", known, after(days=8)).urgency is Urgency.THIS_WEEK
    assert the("order", known, after(days=13)).urgency is Urgency.TODAY
    assert the("order", known, after(days=20)).urgency is Urgency.TODAY
    placed = planned(refill_by=refill, next_visit=date(2026, 3, 27))
    assert "order" not in rules(placed)
    shorter = planned(
        refill_by=refill, next_visit=date(2026, 3, 27), order_needed=True, order_lead=2
    )
    assert "order" not in rules(shorter)


def test_an_order_serves_the_visit_that_is_planned_before_refill_by() -> None:
    refill = datetime(2026, 3, 30, 9, 0, tzinfo=UTC)
    known = planned(refill_by=refill, next_visit=date(2026, 3, 27), order_needed=True)
    assert the("order", known).due.date() == date(2026, 3, 13)
    assert "before the refill on 27 March 2026" in the("order", known).what
    over = planned(
        refill_by=refill,
        next_visit=date(2026, 1, 5),
        last_fill=datetime(2026, 1, 5, 9, 0, tzinfo=UTC),
        order_needed=True,
    )
    assert the("order", over).due.date() == date(2026, 3, 16)


@pytest.mark.req("K12")
def test_a_solution_that_arrives_after_the_refill_date_is_hurried() -> None:
    refill = after(days=10)
    late = planned(refill_by=refill, order_arrives=date(2026, 3, 13), next_visit=date(2026, 3, 9))
    assert the("late-order", late).urgency is Urgency.TODAY
    in_time = planned(refill_by=refill, order_arrives=date(2026, 3, 12))
    assert "late-order" not in rules(in_time)


@pytest.mark.parametrize(
    ("filled", "daily", "alarm", "wanted"),
    [("20", "0.15", 120, 113), ("40", "0.15", 253, 180), ("20", "0.24", 75, 68)],
)
def test_worked_vectors_of_section_5_reach_the_list_in_time(
    filled: str, daily: str, alarm: int, wanted: int
) -> None:
    """20 mL at 0.15 mL/d: 120 d to the alarm; 40 mL: 253 d, capped; with every bolus: 75 d."""
    found = interval(
        Volume.of(filled, "mL"),
        Volume.of(2, "mL"),
        VolumeRate.of(daily, "mL/d"),
        Duration.of(7, "d"),
        longest=Duration.of(180, "d"),
    )
    assert int(found.to_alarm.in_unit("d")) == alarm
    assert found.wanted == Duration.of(wanted, "d")
    by = NOW + timedelta(days=wanted)
    known = planned(last_fill=NOW, refill_by=by, next_visit=by.date())
    assert "refill" not in rules(known, by - timedelta(days=22))
    assert show_date(by) in the("refill", known, by - timedelta(days=21)).what


@given(DAYS, DAYS, HOURS)
def test_an_earlier_refill_date_never_ranks_lower(
    one: timedelta, other: timedelta, shift: timedelta
) -> None:
    first, second = sorted((NOW + one + shift, NOW + other + shift))
    early, late = (
        [item.key for item in due_items(planned(refill_by=by), NOW) if item.rule == "refill"]
        for by in (first, second)
    )
    if late:
        assert early
        assert early[0][:2] <= late[0][:2]


def test_every_rule_of_the_table_has_a_place_and_known_levels() -> None:
    for rule in {row["subject"] for row in rows("due")}:
        assert TABLE.has(rule, "order")
        for parameter in TABLE.answers(rule):
            if parameter.startswith("within-"):
                Urgency(parameter.removeprefix("within-"))


def test_what_is_overdue_is_for_today_whatever_the_windows_of_its_rule() -> None:
    assert urgency("interval", timedelta(seconds=1)) is not None
    for rule in {row["subject"] for row in rows("due")}:
        found = urgency(rule, timedelta())
        assert found is not None
        assert found[0] in (Urgency.CRITICAL, Urgency.TODAY)
