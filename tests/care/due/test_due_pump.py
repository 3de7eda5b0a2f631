"""Alarms, scans, a standing pump, its end, tasks, watches and drafts on the Today list."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.due import (
    Draft,
    Due,
    HeardAlarm,
    Knowledge,
    Reading,
    Scan,
    Standing,
    Task,
    Urgency,
    Watch,
    due_items,
)
from thecal.errors import EntryError

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def ago(**delta: float) -> datetime:
    return NOW - timedelta(**delta)


def only(known: Knowledge, now: datetime = NOW) -> Due:
    found = due_items(known, now)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("critical", "urgency"), [(True, Urgency.CRITICAL), (False, Urgency.TODAY)]
)
def test_an_alarm_that_nobody_read_is_on_the_list_until_somebody_has(
    critical: bool, urgency: Urgency
) -> None:
    alarm = HeardAlarm("motor-stall", ago(days=2), critical=critical, sounding=False)
    assert only(Knowledge(alarms=(alarm,))).urgency is urgency
    read = HeardAlarm("motor-stall", ago(days=2), critical, sounding=False, acknowledged=True)
    assert due_items(Knowledge(alarms=(read,)), NOW) == ()


def test_a_critical_alarm_that_goes_on_stays_although_it_was_read() -> None:
    going = HeardAlarm("motor-stall", ago(days=2), True, sounding=True, acknowledged=True)
    assert only(Knowledge(alarms=(going,))).rule == "alarm-sounding"
    low = HeardAlarm("low-reservoir", ago(days=2), False, sounding=True, acknowledged=True)
    assert due_items(Knowledge(alarms=(low,)), NOW) == ()


@pytest.mark.req("K16")
@pytest.mark.inventory("W12")
@pytest.mark.parametrize(
    ("hours", "urgency"),
    [(0, Urgency.TODAY), (1.9, Urgency.TODAY), (2, Urgency.CRITICAL), (24, Urgency.CRITICAL)],
)
def test_a_pump_is_read_within_two_hours_of_a_scan(hours: float, urgency: Urgency) -> None:
    found = only(Knowledge(scans=(Scan(ago(hours=hours)),)))
    assert found.rule == "scan-reading"
    assert found.check == "K16"
    assert found.urgency is urgency
    assert ("are over" in found.what) is (hours >= 24)


@pytest.mark.req("K16")
def test_a_reading_after_the_scan_that_found_the_pump_running_ends_it() -> None:
    ended = ago(hours=3)
    before = Reading(ended - timedelta(minutes=1), running=True)
    after = Reading(ended + timedelta(minutes=20), running=True)
    assert only(Knowledge(scans=(Scan(ended, (before,)),))).rule == "scan-reading"
    assert due_items(Knowledge(scans=(Scan(ended, (before, after)),)), NOW) == ()


@pytest.mark.req("K16")
def test_a_pump_found_standing_after_a_scan_is_read_a_second_time() -> None:
    ended = ago(hours=3)
    first = Reading(ended + timedelta(minutes=20), running=False)
    found = only(Knowledge(scans=(Scan(ended, (first,)),)))
    assert (found.rule, found.urgency) == ("stall-recovery", Urgency.CRITICAL)
    second = Reading(ended + timedelta(hours=1), running=True)
    assert due_items(Knowledge(scans=(Scan(ended, (first, second)),)), NOW) == ()


@pytest.mark.req("K13")
@pytest.mark.parametrize("how", ["stopped", "at its minimum rate"])
def test_a_pump_left_standing_with_a_reason_is_decided_on_within_48_hours(how: str) -> None:
    def at(hours: float) -> Due:
        return only(Knowledge(standing=Standing(how, ago(hours=hours), "surgery")))

    assert at(1).urgency is Urgency.TODAY
    assert at(47).urgency is Urgency.TODAY
    assert at(48).urgency is Urgency.CRITICAL
    assert at(1).due == ago(hours=1) + timedelta(hours=48)
    assert how in at(1).what


@pytest.mark.req("K13")
def test_without_a_reason_or_with_a_hazard_a_standing_pump_is_critical_at_once() -> None:
    unexplained = Knowledge(standing=Standing("stopped", ago(hours=1)))
    assert only(unexplained).urgency is Urgency.CRITICAL
    hazard = Knowledge(standing=Standing("stopped", ago(hours=1), "surgery", "baclofen: seizures"))
    assert only(hazard).urgency is Urgency.CRITICAL
    assert "seizures" in only(hazard).what


@pytest.mark.inventory("W25")
@pytest.mark.parametrize(
    ("days", "urgency"),
    [
        (274, None),
        (273, Urgency.PLAN),
        (91, Urgency.PLAN),
        (90, Urgency.CRITICAL),
        (-1, Urgency.CRITICAL),
    ],
)
def test_a_replacement_is_planned_six_months_ahead_and_critical_at_90_days(
    days: int, urgency: Urgency | None
) -> None:
    end = NOW + timedelta(days=days)
    known = Knowledge(
        end_of_service=end,
        replacement_indicator=end - timedelta(days=90),
        replacement_decided_by="age",
    )
    found = due_items(known, NOW)
    assert [one.urgency for one in found] == ([] if urgency is None else [urgency])
    assert all("age decides" in one.what for one in found)


def test_the_makers_date_for_planning_counts_too() -> None:
    end = NOW + timedelta(days=400)
    known = Knowledge(end_of_service=end, plan_replacement_from=NOW)
    assert only(known).urgency is Urgency.PLAN


@pytest.mark.parametrize(
    ("hours", "urgency"),
    [
        (-14 * 24, Urgency.PLAN),
        (-7 * 24, Urgency.THIS_WEEK),
        (0, Urgency.TODAY),
        (23, Urgency.TODAY),
        (24, Urgency.CRITICAL),
    ],
)
def test_a_task_rises_as_its_date_comes_and_goes(hours: float, urgency: Urgency) -> None:
    known = Knowledge(tasks=(Task("call", "call the patient", ago(hours=hours)),))
    assert only(known).urgency is urgency


def test_a_task_of_next_month_waits() -> None:
    assert due_items(Knowledge(tasks=(Task("call", "call", ago(days=-15)),)), NOW) == ()


@pytest.mark.req("K11")
def test_an_observation_is_on_the_list_until_it_is_released() -> None:
    running = Watch("observation", NOW + timedelta(minutes=18))
    assert "runs until" in only(Knowledge(watches=(running,))).what
    over = Watch("observation", ago(minutes=1))
    assert "release" in only(Knowledge(watches=(over,))).what
    assert only(Knowledge(watches=(over,))).check == "K11"


@pytest.mark.req("K29")
def test_the_24_hour_watch_is_on_the_list_and_critical_a_day_after_its_end() -> None:
    running = Knowledge(watches=(Watch("watch", NOW + timedelta(hours=5)),))
    assert only(running).urgency is Urgency.TODAY
    forgotten = Knowledge(watches=(Watch("watch", ago(hours=24)),))
    assert only(forgotten).urgency is Urgency.CRITICAL
    assert only(forgotten).check == "K29"


@pytest.mark.req("K8")
def test_a_draft_waits_for_its_second_person() -> None:
    known = Knowledge(drafts=(Draft("program of 2 March", ago(hours=1), "a second physician"),))
    assert only(known).urgency is Urgency.TODAY
    assert "waits for a second physician" in only(known).what


@pytest.mark.inventory("W26")
def test_where_reminders_are_closed_only_tasks_remain() -> None:
    known = Knowledge(
        closed=True,
        refill_by=ago(days=3),
        empty=ago(days=1),
        end_of_service=ago(days=1),
        standing=Standing("stopped", ago(days=3)),
        alarms=(HeardAlarm("empty", ago(days=1), True, True),),
        scans=(Scan(ago(days=1)),),
        watches=(Watch("watch", ago(days=1)),),
        tasks=(Task("deceased cremation", "ask about cremation", ago(hours=1)),),
    )
    assert only(known).rule == "task"


def test_a_time_without_its_offset_is_refused() -> None:
    with pytest.raises(EntryError):
        due_items(Knowledge(), NOW.replace(tzinfo=None))


MOMENTS = st.integers(-5000, 5000).map(lambda hours: NOW + timedelta(hours=hours))
MAYBE = st.none() | MOMENTS


@given(MAYBE, MAYBE, MAYBE, MAYBE, st.lists(MOMENTS, max_size=4), MAYBE, MAYBE, st.booleans())
def test_nothing_overdue_is_ever_missing_and_the_list_is_in_order(
    refill: datetime | None,
    empty: datetime | None,
    low: datetime | None,
    end: datetime | None,
    tasks: list[datetime],
    scan: datetime | None,
    stopped: datetime | None,
    order: bool,
) -> None:
    known = Knowledge(
        refill_by=refill,
        empty=empty,
        low_reservoir=low,
        end_of_service=end,
        tasks=tuple(Task(str(n), str(n), due) for n, due in enumerate(tasks)),
        scans=() if scan is None else (Scan(scan),),
        standing=None if stopped is None else Standing("stopped", stopped, "a reason"),
        order_needed=order,
        next_visit=date(2026, 3, 1),
    )
    found = due_items(known, NOW)
    assert list(found) == sorted(found, key=lambda one: one.key)
    urgent = {one.rule for one in found if one.urgency in (Urgency.CRITICAL, Urgency.TODAY)}
    for rule, due in (
        ("refill", refill),
        ("empty", empty),
        ("alarm-date", low),
        ("replacement", end),
        ("scan-reading", scan),
        ("pump-standing", stopped),
    ):
        if due is not None and due <= NOW:
            assert rule in urgent
    late = [one for one in tasks if one <= NOW]
    listed = [one for one in found if one.rule == "task" and one.urgency.place <= 1]
    assert len(listed) == len(late)
    if order and refill is not None and refill <= NOW:
        assert "order" in urgent
