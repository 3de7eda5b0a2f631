"""The next refill that a visit books is asked what the page of the appointment asks."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from clinic_pumps import chart_of
from refill_room import Room, text_of

from thecal.care.appointments.opening import Opening
from thecal.clinic.appointments.settings_log import opening_for
from thecal.clinic.refill import booking
from thecal.units import show_date

CLOSED, OPEN = "2026-06-28", "2026-06-24"
"""A Sunday and a Wednesday, both before the last day."""


@pytest.fixture
def room(world: Any, monkeypatch: pytest.MonkeyPatch) -> Room:
    visited = Room(world, monkeypatch)
    visited.up_to("observe")
    return visited


def asked(room: Room, day: str, **more: str) -> str:
    """Return why a booking is not taken; empty where it is."""
    page = room.book(day, **more)
    return text_of(page) if page.status_code != 200 else ""


def test_a_day_on_which_the_clinic_is_closed_asks_for_a_reason_and_keeps_it(room: Room) -> None:
    page = asked(room, CLOSED)
    assert f"Next refill: the clinic is closed on {show_date(date.fromisoformat(CLOSED))}" in (
        page.replace("\u00a0", " ").replace("&nbsp;", " ")
    )
    assert f'value="{CLOSED}"' in page, "what was typed is still there"
    assert room.running.visit.leave is None
    assert asked(room, CLOSED, booking_why="the team comes in for her") == ""
    assert room.running.beside["leave"]["booking_why"] == "the team comes in for her"


def test_an_open_day_with_room_asks_nothing(room: Room) -> None:
    assert asked(room, OPEN) == ""


def test_a_full_day_asks_for_a_reason(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Opening, "capacity", lambda _self, _day: 0)
    assert "is full: 0 appointments, 0 places" in asked(room, OPEN)


def test_a_time_at_which_no_appointment_begins_asks_for_a_reason(room: Room) -> None:
    assert "no appointment begins at 23:07" in asked(room, OPEN, visit_at="23:07")
    assert asked(room, OPEN, visit_at="09:00") == ""


def test_a_patient_who_is_visited_at_home_is_not_asked_about_the_clinics_days(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(booking, "place_of", lambda _: booking.HOME)
    assert asked(room, CLOSED) == ""


@pytest.mark.req("K12")
def test_no_reason_books_a_day_after_the_last_one(room: Room) -> None:
    by = room.situation.knowledge.refill_by
    assert by is not None
    late = by.date().replace(year=by.year + 1).isoformat()
    assert "after the refill-by date" in asked(room, late, booking_why="the team comes in")
    assert room.running.visit.leave is None


def test_the_days_are_those_of_the_clinic(room: Room) -> None:
    opening = opening_for(room.world.clinic)
    assert not opening.is_open(date.fromisoformat(CLOSED))
    assert opening.is_open(date.fromisoformat(OPEN))
    assert chart_of(room.patient).content["visit_open"]
