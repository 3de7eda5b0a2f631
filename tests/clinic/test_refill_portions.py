"""The portions of a fill: typed as they were given, held against what was in the syringes."""

from __future__ import annotations

import os

import pytest
from clinic_pumps import chart_of
from refill_room import Room, text_of

from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.refill.entries import STEP


@pytest.fixture(autouse=True)
def _no_fsync(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture
def room(world, monkeypatch: pytest.MonkeyPatch) -> Room:
    room = Room(world, monkeypatch)
    room.up_to("aspirate")
    room.settle()
    return room


def test_portions_of_different_size_are_kept_one_by_one(room: Room) -> None:
    assert room.record("fill", portions="10, 10, 10 and 8 mL").status_code == 200
    filling = room.running.visit.fill
    assert [str(one.in_unit("mL")) for one in filling.given] == ["10", "10", "10", "8"]
    assert filling.portions == 4
    assert 'value="3 of 10 mL, 8 mL"' in text_of(room.get("refill step", "fill"))


def test_portions_that_contradict_the_syringes_are_refused_with_both_sums(room: Room) -> None:
    page = room.record("fill", portions="4 of 5 mL")
    said = text_of(page)
    assert page.status_code == 422
    assert "4 of 5 mL are 20 mL together, but 38 mL in the syringes were to be injected" in said
    assert 'value="4 of 5 mL"' in said
    assert room.running.visit.fill is None
    assert room.record("fill", portions="4 of 5 mL", not_injected="18").status_code == 200


def test_what_is_left_in_the_syringes_counts(room: Room) -> None:
    said = text_of(room.record("fill", not_injected="2"))
    assert "are 38 mL together, but 38 mL in the syringes less 2 mL left in them make 36 mL" in said


def test_one_figure_alone_is_asked_back(room: Room) -> None:
    said = text_of(room.record("fill", portions="8"))
    assert "may be how many or how much" in said


def test_a_record_that_only_counted_its_portions_is_still_shown(room: Room) -> None:
    older = {
        "filtered": True,
        "portions": 8,
        "portion": "5 mL",
        "re_aspirated": True,
        "resistance": False,
        "swelling": False,
    }
    body = {"visit": room.running.number, "step": "fill", "record": older}
    write(
        room.patient, room.world.author(), (Draft(STEP, body),), expected=chart_of(room.patient).seq
    )
    assert 'value="8 of 5 mL"' in text_of(room.get("refill step", "fill"))
    shown = text_of(room.get("refill summary", room.running.number))
    assert "Portions injected, the volume of each" in shown
    assert "8 of 5 mL" in shown
