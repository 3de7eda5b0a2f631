"""A refill whose pump is read and written by telemetry (issue 6, workflow.md 2.R)."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from clinic_pumps import BrokenLink, chart_of
from refill_room import Room, text_of

from thecal.clinic import clock, telemetry, virtual_pump
from thecal.clinic.pump_log import UNKNOWN_TASK
from thecal.clinic.refill import writing
from thecal.clinic.tasks import open_tasks
from thecal.record.fold import EVENT, effective
from thecal.record.reconcile import reconcile
from thecal.therapy.events import Fill, Program

COMMIT = 4
"""Begun, sent, read back, committed: after so many messages the pump has done an order."""


@pytest.fixture(autouse=True)
def _no_fsync(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture
def room(world, monkeypatch: pytest.MonkeyPatch) -> Room:
    return Room(world, monkeypatch)


def read(room: Room, name: str = "identify"):
    return room.post("read pump at refill", name)


def to_the_write(room: Room, **decided: str) -> None:
    """Go by telemetry up to step 12; with a decision where there are figures for one."""
    room.begin(by_hand="")
    read(room)
    for key in ("identify", "complaints", "vitals", "interrogate", "verify"):
        room.record(key)
    if decided:
        room.record("decide", **decided)
    else:
        room.post("skip refill step", "decide", reason="dose unchanged")
    room.settle()
    for key in ("access", "aspirate"):
        room.record(key)
    room.settle()
    room.record("fill")
    room.record("program")


def send(room: Room, **fields):
    return room.post("write pump at refill", **fields)


def events(room: Room, kind: type) -> list:
    begun = room.therapy.events[-1].time
    found = chart_of(room.patient).therapy.events
    return [one for one in found if isinstance(one, kind) and one.time > begun]


def to_the_end(room: Room):
    room.record("waste")
    room.now += timedelta(minutes=31)
    room.record("observe")
    room.record("leave")
    return room.close()


def tasks(room: Room) -> list[str]:
    return [one.kind for one in open_tasks(effective(chart_of(room.patient).entries))]


@pytest.mark.req("U09")
def test_a_refill_by_telemetry_is_read_written_and_read_back_and_stands_once(room: Room) -> None:
    before = chart_of(room.patient).content["dates"]["refill_by"]
    to_the_write(room)
    reading = room.running.visit.interrogate
    assert room.running.visit.identify.serial == room.therapy.pump.serial
    assert reading.mixture == room.situation.pump.last_fill
    assert reading.daily_doses
    page = send(room)
    assert "every line is the same" in text_of(page)
    assert "Account for the drug" in text_of(page)
    back = room.running.visit.read_back
    assert back.intended == back.read
    assert room.blocking == set()
    assert "closed and signed" in text_of(to_the_end(room))
    (fill,) = events(room, Fill)
    assert fill.lot == "L-17"
    assert fill.aspirated is not None
    assert fill.label == fill.mixture == fill.order
    assert fill.beyond_use is not None
    assert "programming.manual" not in room.kinds()
    assert chart_of(room.patient).content["dates"]["refill_by"] > before
    assert telemetry.interrogate(
        chart_of(room.patient), telemetry.Order(author=room.world.author())
    ).findings == ()
