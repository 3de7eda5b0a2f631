"""Calls before a refill that nobody booked: who, what, and when they rest."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from thecal.care.due import Knowledge, Try, Urgency, call_due, due_items, wakes

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def known(days: float, **changes: object) -> Knowledge:
    return Knowledge(refill_by=NOW + timedelta(days=days), **changes)


@pytest.mark.req("K12")
@pytest.mark.parametrize(
    ("left", "step"), [(22, None), (21, 21), (15, 21), (14, 14), (7, 7), (3, 3), (0, 0), (-4, 0)]
)
def test_an_unbooked_refill_is_called_for_at_21_14_7_3_and_0_days(left, step) -> None:
    call = call_due(known(left), NOW)
    assert (None if call is None else call.days) == step


def test_who_calls_rises_with_the_steps() -> None:
    whos = [call.who for left in (21, 14, 7, 3, 0) if (call := call_due(known(left), NOW))]
    assert whos == ["nurse", "nurse", "nurse and physician", "physician", "physician"]


@pytest.mark.parametrize("left", [21, 10, 3])
def test_a_visit_booked_in_time_asks_for_no_call_and_a_late_or_missed_one_does(left) -> None:
    by = NOW + timedelta(days=left)
    booked = by.date() - timedelta(days=1)
    assert call_due(known(left, next_visit=booked), NOW) is None
    assert call_due(known(left, next_visit=by.date() + timedelta(days=1)), NOW) is not None
    assert call_due(known(left, next_visit=NOW.date() - timedelta(days=1)), NOW) is not None
    late = by + timedelta(minutes=1)
    assert call_due(known(left, next_visit=late.date(), visit_at=late), NOW) is not None
    assert call_due(known(left, next_visit=by.date(), visit_at=by), NOW) is None


def test_a_call_that_reached_somebody_rests_until_the_next_step() -> None:
    asked = NOW - timedelta(hours=1)
    tried = known(6, tries=(Try(asked, reached=False),))
    call = call_due(tried, NOW)
    assert call is not None
    assert call.tries == 1
    (line,) = [one for one in due_items(tried, NOW) if one.rule == "contact"]
    assert "tried 1 time" in line.what
    assert line.urgency is Urgency.TODAY
    reached = known(6, tries=(Try(asked, reached=True),))
    assert call_due(reached, NOW) is None
    assert call_due(reached, NOW + timedelta(days=3)) is not None, "the call at 3 days"
    assert wakes(reached, NOW) is not None


def test_after_refill_by_somebody_calls_every_day() -> None:
    called = known(-2, tries=(Try(NOW - timedelta(hours=1), reached=True),))
    assert call_due(called, NOW) is None
    again = call_due(called, NOW + timedelta(hours=23, minutes=1))
    assert again is not None
    assert "see the patient today" in again.do


def test_a_visit_on_the_last_day_at_a_late_hour_is_moved() -> None:
    by = NOW + timedelta(days=30)
    late = Knowledge(refill_by=by, next_visit=by.date(), visit_at=by + timedelta(hours=2))
    assert "late-visit" in {one.rule for one in due_items(late, NOW)}
    early = Knowledge(refill_by=by, next_visit=by.date(), visit_at=by - timedelta(hours=2))
    assert "late-visit" not in {one.rule for one in due_items(early, NOW)}
    assert date(2026, 4, 1) == by.date()
