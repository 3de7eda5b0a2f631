"""Days of refills and appointments stand on the pages of staff with their day of the week."""

from __future__ import annotations

import os
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from refill_room import Room, text_of

from thecal.clinic import clock
from thecal.clinic.patient.overview import outlook
from thecal.clinic.templatetags.show import from_now, full_day, full_moment, weekday


@pytest.fixture(autouse=True)
def _no_fsync(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture
def room(world, monkeypatch: pytest.MonkeyPatch) -> Room:
    return Room(world, monkeypatch)


def test_a_day_is_named_in_the_zone_of_the_clinic() -> None:
    late = datetime(2026, 5, 31, 22, 30, tzinfo=UTC)
    assert full_day(late, "Europe/Berlin") == "Monday, 1 June 2026"
    assert full_moment(late, "UTC") == "Sunday, 31 May 2026, 22:30"
    assert full_day("2026-05-31", "Europe/Berlin") == "Sunday, 31 May 2026"
    assert full_day(date(2026, 5, 31)) == "Sunday, 31 May 2026"
    assert (full_day(None), full_moment(""), full_day("soon")) == ("", "", "soon")
    assert (weekday("2026-06-01T10:00"), weekday("2026-13-01"), weekday("")) == ("Monday", "", "")


def test_dates_of_refills_are_shown_with_their_day_of_the_week(room: Room) -> None:
    page = text_of(room.up_to("observe"))
    assert "Sunday, 31 May 2026" in page
    refused = text_of(room.book("2026-09-30"))
    assert re.search(r'value="2026-09-30"[^>]*> <span class="hint">Wednesday<', refused)


def test_the_time_of_the_next_refill_stands_wherever_its_day_does(room: Room) -> None:
    room.up_to("observe")
    told = "<strong>Wednesday, 1 July 2026, 09:30</strong>"
    assert f"Next refill recorded: {told}" in text_of(room.book("2026-07-01", visit_at="09:30"))
    room.record("leave", visit_at="09:30")
    assert f"Next refill booked: {told}" in text_of(room.get("close refill"))
    assert f"Next refill booked: {told}" in text_of(room.close())
    assert f"Next refill booked: {told}" in text_of(room.nurse.get(room.url("patient")))


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        ("2027-02-02T07:00:00+01:00", "in 73 days"),
        ("2026-11-23T09:00:00+01:00", "in 2 days"),
        ("2026-11-23T23:00:00+01:00", "in 2 days"),
        ("2026-11-18T23:00:00+01:00", "3 days ago"),
        ("2026-11-22T08:00:00+01:00", "in 23 hours"),
    ],
)
def test_days_from_now_are_those_of_the_calendar(
    ahead: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """21 November 2026, 09:00: to 2 February are 9 + 31 + 31 + 2 = 73 days."""
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 21, 8, tzinfo=UTC))
    assert from_now(ahead, "Europe/Berlin").replace("\u00a0", " ") == words


def test_days_from_now_are_those_of_the_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 20, 23, 30, tzinfo=UTC))
    ahead = "2026-11-30T12:00:00+01:00"
    assert from_now(ahead, "Europe/Berlin").startswith("in 9")
    assert from_now(ahead, "UTC").startswith("in 10")


def test_the_dates_of_the_overview_count_the_days_of_the_calendar(room: Room) -> None:
    room.begin()
    folded = room.situation.chart.folded
    for hours in (0, 7, 13, 23):
        now = room.now + timedelta(hours=hours)
        found = outlook(folded, now)
        assert found is not None
        for row in (found.refill_by, *found.dates):
            if row.moment is not None and row.moment > found.at:
                assert row.days == (row.moment.date() - found.at.date()).days
