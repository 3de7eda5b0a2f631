"""Until a list wakes it stays the same, so a clinic may keep it until then."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thecal.care.due import (
    HeardAlarm,
    Knowledge,
    Scan,
    Standing,
    Task,
    Watch,
    days_left,
    due_items,
    wakes,
)

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MOMENTS = st.integers(-3000, 9000).map(lambda hours: NOW + timedelta(hours=hours))
MAYBE = st.none() | MOMENTS
KNOWN = st.builds(
    Knowledge,
    refill_by=MAYBE,
    low_reservoir=MAYBE,
    low_reservoir_all_boluses=MAYBE,
    empty=MAYBE,
    last_fill=MAYBE,
    next_visit=st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 1)),
    end_of_service=MAYBE,
    replacement_indicator=MAYBE,
    plan_replacement_from=MAYBE,
    order_needed=st.booleans(),
    tasks=st.lists(MOMENTS.map(lambda due: Task("a", "a", due)), max_size=2).map(tuple),
    watches=st.lists(MOMENTS.map(lambda end: Watch("watch", end)), max_size=1).map(tuple),
    scans=st.lists(MOMENTS.map(Scan), max_size=1).map(tuple),
    standing=st.none() | MOMENTS.map(lambda since: Standing("stopped", since, "surgery")),
)


@settings(max_examples=300)
@given(KNOWN, st.integers(0, 99))
def test_nothing_changes_before_a_list_wakes(known: Knowledge, percent: int) -> None:
    before = due_items(known, NOW)
    next_time = wakes(known, NOW)
    if next_time is None:
        assert due_items(known, NOW + timedelta(days=4000)) == before
        return
    later = NOW + (next_time - NOW) * float(Fraction(percent, 100))
    assert due_items(known, later) == before


@pytest.mark.parametrize(
    "known", [Knowledge(), Knowledge(alarms=(HeardAlarm("empty", NOW, True, True),))]
)
def test_what_is_open_since_some_time_wakes_nobody(known: Knowledge) -> None:
    assert wakes(known, NOW) is None


def test_a_refill_wakes_its_list_at_the_next_call() -> None:
    known = Knowledge(refill_by=NOW + timedelta(days=15), next_visit=date(2026, 3, 12))
    assert wakes(known, NOW) == NOW + timedelta(days=1)


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (-49, "2 days overdue"),
        (-25, "1 day overdue"),
        (-1, "overdue since today"),
        (0, "overdue since today"),
        (1, "today"),
        (13, "in 1 day"),
        (37, "in 2 days"),
    ],
)
def test_days_are_counted_on_the_calendar(hours: int, words: str) -> None:
    assert days_left(NOW + timedelta(hours=hours), NOW) == words
