"""A refill through its pages, from the first step to the refill-by date that follows from it."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from clinic_pumps import BrokenLink, chart_of
from refill_room import Room, text_of

from thecal.therapy.events import Fill


@pytest.fixture(autouse=True)
def _no_fsync(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture
def room(world, monkeypatch: pytest.MonkeyPatch) -> Room:
    return Room(world, monkeypatch)


@pytest.mark.inventory("S3.18")
def test_a_routine_refill_goes_from_identity_to_the_new_refill_by_date(room: Room) -> None:
    before = chart_of(room.patient).content["dates"]["refill_by"]
    page = room.up_to("verify")
    assert "Decide the dose" in text_of(page)
    room.post("skip refill step", "decide", reason="dose unchanged")
    assert room.second().status_code == 302
    for key in ("access", "aspirate", "fill", "program", "read_back", "waste"):
        page = room.record(key)
        assert room.blocking == set(), (key, room.blocking)
    assert "min left" in text_of(page)
    room.now += timedelta(minutes=31)
    room.record("observe")
    page = room.record("leave")
    assert "Written to the therapy" in text_of(page)
    assert room.situation.progress.may_close, room.situation.progress
    page = room.close()
    shown = text_of(page)
    assert "The visit is closed and signed" in shown
    assert "38 mL" in shown
    after = chart_of(room.patient).content["dates"]["refill_by"]
    assert after > before
    assert chart_of(room.patient).content["therapy"]["volume"].startswith("38")
    assert room.kinds()[-1] == "signature"
    assert room.running is None


def test_where_nothing_changes_five_pages_do(room: Room) -> None:
    room.begin(path="refill-only")
    pages = []
    for key in ("arrive", "drug", "needle", "fill"):
        page = room.record(key)
        pages.append(page.redirect_chain[-1][0].split("/")[-2])
        room.answer()
        if key == "drug":
            room.second()
    assert pages == ["drug", "needle", "fill", "leave"]
    room.now += timedelta(minutes=31)
    page = room.record("leave")
    assert "closed" not in text_of(page)
    assert room.situation.progress.may_close, room.situation.progress
    assert "closed and signed" in text_of(room.close())


def test_what_the_pump_tells_by_telemetry_stands_in_the_fields(room: Room) -> None:
    room.begin()
    page = room.post("read pump at refill", to="identify")
    assert f'value="{room.therapy.pump.serial}"' in page.content.decode()
    for key in ("identify", "complaints", "vitals"):
        room.record(key)
    shown = room.get("refill step", "interrogate").content.decode()
    assert 'value="bupivacaine 10 mg/mL, morphine 5 mg/mL"' in shown
    assert '<option value="flex" selected>' in shown
    room.record("interrogate")
    assert room.running.beside["interrogate"]["command"]
    assert not any(one.type == "interrogate" for one in room.situation.events)


def test_telemetry_writes_fill_and_program_and_reads_them_back(room: Room) -> None:
    room.up_to("fill")
    page = room.get("refill step", "program").content.decode()
    assert "the pump is written on the next page" in page
    ticks = ["Reservoir volume"]
    room.post(
        "record refill step",
        "program",
        first="38",
        second="38",
        ticked=ticks,
        **{"by telemetry": "yes"},
    )
    assert "Write to the pump and read back" in text_of(room.get("refill step", "read_back"))
    seen = chart_of(room.patient).seq
    page = room.post("write pump at refill", seen=seen)
    assert room.running.visit.read_back is not None, text_of(page)
    assert room.blocking == set(), room.situation.findings
    assert isinstance(chart_of(room.patient).therapy.events[-1], Fill)
    assert room.post("write pump at refill", seen=seen).status_code == 422
    room.record("waste")
    room.now += timedelta(minutes=40)
    room.record("observe")
    room.record("leave")
    shown = text_of(room.close())
    assert "closed and signed" in shown
    assert "drawn, 38 mL of" in shown
    fills = [one for one in chart_of(room.patient).therapy.events if isinstance(one, Fill)]
    assert len(fills) == 2
    assert fills[-1].lot == "L-17"
    assert chart_of(room.patient).content["therapy"]["volume"].startswith("38")


def test_a_pump_that_does_not_answer_is_written_to_later_and_filled_once(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.up_to("fill")
    fields = {"first": "38", "second": "38", "ticked": ["Reservoir volume"]}
    room.post("record refill step", "program", **fields, **{"by telemetry": "yes"})
    with monkeypatch.context() as patch:
        link = BrokenLink(patch, breaks_after_hearing=0, sessions=9)
        page = room.post("write pump at refill")
        assert link.broke
    assert "The pump did not do all of it" in text_of(page)
    assert room.running.visit.read_back is None
    room.post("write pump at refill")
    assert room.running.visit.read_back is not None
    fills = [one for one in chart_of(room.patient).therapy.events if isinstance(one, Fill)]
    assert len(fills) == 2


def test_telemetry_writes_another_solution_with_its_bridge(room: Room) -> None:
    strong = "morphine 10 mg/mL, bupivacaine 20 mg/mL"
    room.up_to("interrogate")
    room.record("verify", order=strong, label=strong, label_again=strong)
    room.record("decide", bridge="planned", reason="fewer refills", bridge_dose="0.7")
    for key in ("access", "aspirate"):
        room.settle()
        room.record(key)
    room.settle()
    room.record("fill")
    lines = room.typed("program")["ticked"]
    fields = {"first": "38", "second": "38", "ticked": lines, "by telemetry": "yes"}
    room.post("record refill step", "program", **fields)
    page = room.post("write pump at refill")
    assert room.running.visit.read_back is not None, room.kinds()[-6:]
    assert room.running.sent == {"fill", "program"}
    assert "U09" not in room.checks
    assert "Account for the drug" in text_of(page)
