"""What the pages of a visit say of themselves: which way is for whom, and what they wait for."""

from __future__ import annotations

import os
import re
from datetime import timedelta

import pytest
from refill_room import Room, text_of


@pytest.fixture(autouse=True)
def _no_fsync(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture
def room(world, monkeypatch: pytest.MonkeyPatch) -> Room:
    return Room(world, monkeypatch)


def test_what_should_be_left_is_told_after_the_drawn_volume_was_typed(room: Room) -> None:
    room.up_to("access")
    expected = f"Expected now: <strong>{float(room.expected().in_unit('mL')):.4g}"
    page = text_of(room.get("refill step", "aspirate"))
    assert "Expected now" not in page
    assert "read the syringe, not the screen" in page
    assert "Where another volume is drawn than expected, step 9" in page
    room.settle()
    room.record("aspirate")
    again = text_of(room.get("refill step", "aspirate"))
    assert expected in again
    assert "another volume is drawn" not in again


def test_the_dose_page_says_which_of_its_two_ways_is_for_whom(room: Room) -> None:
    page = text_of(room.up_to("verify"))
    assert "Dose and mode stay: press “Nothing changes”" in page
    assert "Something changes: type it here, then press “Record and go on”" in page
    assert "To settle in this step" not in page, "a check that is still to come holds nothing yet"


def test_the_record_beside_a_reading_is_of_the_minute_of_the_reading(room: Room) -> None:
    room.begin(by_hand="")
    waits = text_of(room.get("refill step", "identify"))
    assert "This page waits for the reading" in waits
    room.post("read pump at refill", "identify")
    for key in ("identify", "complaints", "vitals"):
        room.record(key)
    first = _reservoir(room)
    assert "press “Record and go on”" in text_of(room.get("refill step", "interrogate"))
    room.now += timedelta(hours=1, minutes=30)
    assert _reservoir(room) == first


def _reservoir(room: Room) -> str:
    page = text_of(room.get("refill step", "interrogate"))
    return re.search(r'row">Reservoir volume</th><td>[^<]*</td><td>([^<]+)<', page)[1]


def test_what_holds_the_visit_is_linked_with_the_step_that_mends_it(room: Room) -> None:
    room.up_to("verify")
    room.post("skip refill step", "decide", reason="dose unchanged")
    page = text_of(room.record("verify", intact="no"))
    page = text_of(room.get("refill step", "verify"))
    link = re.search(r'To settle in this step: correct order or label.*?href="#(hold-\d)"', page)
    assert f'id="{link[1]}"' in page
    assert '<a href="#h-verify">' in page


def test_fills_that_were_imported_are_no_visits_and_are_told_all_the_same(room: Room) -> None:
    page = text_of(room.get("refill"))
    assert "None; the pump was filled before all the same" in page
    assert "made without these pages: imported or registered (1)" in page
    assert "Monday, 2 March 2026, 10:00" in page
    assert "bupivacaine 10 mg/mL" in page.partition("made without these pages")[2]
    room.up_to("leave")
    room.settle()
    room.close()
    after = text_of(room.get("refill"))
    assert "made without these pages: imported or registered (1)" in after
    assert "None; the pump" not in after
