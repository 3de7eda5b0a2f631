"""Days of refills and appointments stand on the pages of staff with their day of the week."""

from __future__ import annotations

import os
import re
from datetime import UTC, date, datetime

import pytest
from refill_room import Room, text_of

from thecal.clinic.templatetags.show import full_day, full_moment, weekday


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
