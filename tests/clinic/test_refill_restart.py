"""A pump that stands stopped is started again inside the visit, or its standing is signed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from clinic_pumps import chart_of
from clinic_world import EXAMPLES
from refill_room import AT, Room, text_of

from thecal.clinic.refill.entries import CLOSED
from thecal.program.program import Mode
from thecal.pump.state import Activity
from thecal.therapy.events import Program, Stop
from thecal.therapy.file_reader import read_therapy_file


@pytest.fixture
def room(world: Any, monkeypatch: pytest.MonkeyPatch) -> Room:
    """A patient whose pump was stopped an hour before the visit."""
    therapy = read_therapy_file(EXAMPLES / "pain_two_drugs.toml")
    events = tuple(one for one in therapy.events if one.time <= AT)
    stop = Stop(time=AT - timedelta(hours=1), reason="a scan")
    return Room(world, monkeypatch, therapy=replace(therapy, events=(*events, stop)))


def activity(room: Room) -> Activity:
    return chart_of(room.patient).simulation(room.now).activity


def to_the_decision(room: Room) -> None:
    for key in ("identify", "complaints", "vitals", "interrogate", "verify"):
        room.record(key)


def to_the_end(room: Room) -> None:
    room.record("waste")
    room.now += timedelta(minutes=40)
    until = (room.now + timedelta(hours=25)).strftime("%Y-%m-%dT%H:%M")
    room.record("observe", watched_until=until)
    room.record("leave")
    room.answer()


@pytest.mark.req("K13")
@pytest.mark.req("K29")
def test_by_hand_the_same_program_starts_a_stopped_pump_again(room: Room) -> None:
    assert activity(room) is Activity.STOPPED
    room.begin()
    to_the_decision(room)
    refused = room.post("skip refill step", "decide", reason="dose unchanged")
    assert "has to be recorded" in text_of(refused)
    room.record("decide", reason="the scan is over", restart_reviewed_by="physician-1")
    assert room.running.program is not None
    room.settle()
    for key in ("access", "aspirate"):
        room.record(key)
        room.settle()
    room.record("fill")
    page = text_of(room.get("refill step", "program"))
    assert "Mode: from stopped to" in page
    program = room.situation.ordered
    dose = program.daily_dose.in_unit("mg/d")
    typed = {
        "typed_mixture": room.typed("verify")["label"],
        "typed_mode": program.mode.value,
        "typed_background": f"{float(dose):g}",
        "left": "",
    }
    room.record("program", **typed)
    room.record("read_back", read_mode=program.mode.value)
    assert room.blocking == set()
    to_the_end(room)
    page = text_of(room.get("close refill"))
    assert "The pump is left" not in page
    assert "closed and signed" in text_of(room.close())
    assert activity(room) is Activity.RUNNING
    written = chart_of(room.patient).therapy.events[-1]
    assert isinstance(written, Program)
    assert written.program == program


@pytest.mark.req("K13")
def test_by_telemetry_the_same_program_starts_it_again_and_is_read_back(room: Room) -> None:
    room.begin(by_hand="")
    room.post("read pump at refill", "identify")
    to_the_decision(room)
    assert room.running.visit.interrogate.mode is Mode.STOPPED
    room.record("decide", reason="the scan is over", restart_reviewed_by="physician-1")
    room.settle()
    for key in ("access", "aspirate"):
        room.record(key)
        room.settle()
    room.record("fill")
    room.record("program")
    page = room.post("write pump at refill")
    assert "every line is the same" in text_of(page)
    assert room.running.visit.read_back.mode is not Mode.STOPPED
    assert activity(room) is Activity.RUNNING
    to_the_end(room)
    assert "closed and signed" in text_of(room.close())


@pytest.mark.req("K13")
def test_a_pump_left_stopped_is_said_and_signed_or_the_visit_does_not_close(room: Room) -> None:
    room.begin()
    to_the_decision(room)
    room.post("record refill step", "decide", mode="stopped", primary="morphine", reason="to rest")
    room.settle()
    for key in ("access", "aspirate"):
        room.record(key)
        room.settle()
    room.record("fill")
    solution = room.typed("verify")["label"]
    room.record("program", typed_mixture=solution, typed_mode="stopped", left="")
    room.record("read_back", read_mode="stopped")
    room.settle()
    to_the_end(room)
    page = text_of(room.get("close refill"))
    assert "The pump is left stopped" in page
    refused = room.close()
    assert refused.status_code == 422
    assert "nobody says why" in text_of(refused)
    assert CLOSED not in room.kinds()
    page = room.close(why_standing="the catheter is to be revised tomorrow")
    assert "closed and signed" in text_of(page)
    assert "The pump was left stopped" in text_of(page)
    closed = next(one for one in chart_of(room.patient).entries if one.kind == CLOSED)
    assert closed.body["left_standing"]["reason"] == "the catheter is to be revised tomorrow"


def test_the_end_shows_the_fill_the_program_old_beside_new_and_the_booking(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room(world, monkeypatch)
    room.up_to("leave")
    for page in (text_of(room.get("close refill")), text_of(room.close())):
        assert "What was filled" in page
        assert "38 mL" in page
        assert "L-17" in page
        assert "The program, old beside new" in page
        assert "Next refill booked: <strong>Wednesday, 1 July 2026" in page
    overview = text_of(room.nurse.get(room.url("patient")))
    assert "Next refill booked" in overview
    assert "1 July 2026" in overview


@pytest.mark.req("K12")
def test_after_a_long_stop_the_same_dose_is_held_against_the_rule_of_restarts(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    therapy = read_therapy_file(EXAMPLES / "pain_two_drugs.toml")
    events = tuple(one for one in therapy.events if one.time <= AT)
    stop = Stop(time=AT - timedelta(days=14), reason="a scan")
    room = Room(world, monkeypatch, therapy=replace(therapy, events=(*events, stop)))
    room.begin()
    to_the_decision(room)
    room.record("decide", reason="again", restart_reviewed_by="physician-1")
    assert "K12" in room.blocking
    told = [one.message for one in room.situation.findings if one.check == "K12"]
    assert any("after 336 h stopped" in one.replace("\u00a0", " ") for one in told)
    assert room.url("refill step", "decide") in room.get("refill").content.decode()
