"""A page of the visit puts no time of its own where it would be over when the page is sent."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from refill_room import HERE, Room, text_of


def stands(page: Any, name: str) -> str:
    """Return what stands in a field of a time."""
    return re.search(rf'id="f-{name}" name="{name}" value="([^"]*)"', text_of(page))[1]


def test_what_is_handed_over_now_is_handed_over_as_the_page_is_sent(room: Room) -> None:
    room.up_to("observe")
    page = room.book("2026-07-01")
    assert stands(page, "given_at") == ""
    assert "left empty: now, as it is sent" in text_of(page)
    room.now += timedelta(minutes=6)
    room.nurse.post(reverse("document", args=[room.patient.pk, "summary"]), {"language": "en"})
    room.now += timedelta(minutes=2)
    page = room.record("leave", papers_why="", given_at="")
    assert page.status_code == 200, text_of(page)
    assert room.running.visit.leave.given_at == room.now


def test_a_release_without_a_time_is_now_once_the_watch_is_over(room: Room) -> None:
    room.up_to("waste")
    page = room.get("refill step", "observe")
    assert 'name="ended" value="" required' in text_of(page)
    assert room.record("observe", ended="").status_code == 422
    assert room.running.visit.observe is None, "nobody presses on past a patient who is watched"
    room.now += timedelta(minutes=40)
    page = room.get("refill step", "observe")
    assert stands(page, "ended") == ""
    assert room.record("observe", ended="").status_code == 200
    assert room.running.visit.observe.ended == room.now
    assert "K11" not in room.blocking


@pytest.mark.req("K11")
def test_who_types_the_minute_in_which_the_watch_is_over_releases_nobody_early(
    room: Room,
) -> None:
    room.now += timedelta(seconds=40)
    room.up_to("waste")
    ends = room.running.written["fill"].astimezone(HERE) + timedelta(minutes=30)
    assert ends.second == 40
    room.now = ends + timedelta(minutes=1)
    room.record("observe", ended=ends.strftime("%Y-%m-%dT%H:%M"))
    assert "K11" not in room.blocking
    before = ends - timedelta(minutes=1)
    room.record("observe", ended=before.strftime("%Y-%m-%dT%H:%M"))
    assert "K11" in room.blocking


@pytest.mark.parametrize(("before", "step"), [("vitals", "interrogate"), ("program", "read_back")])
def test_a_reading_by_hand_without_a_time_was_read_now(room: Room, before: str, step: str) -> None:
    room.up_to(before)
    assert stands(room.get("refill step", step), "read_at") == ""
    room.now += timedelta(minutes=3)
    assert room.record(step, read_at="").status_code == 200
    assert room.running.visit.record(step).read_at == room.now
