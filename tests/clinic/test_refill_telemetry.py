"""A refill whose pump is read and written by telemetry (issue 6, workflow.md 2.R)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from clinic_pumps import BrokenLink, chart_of
from refill_room import Room, text_of

from thecal.clinic import clock
from thecal.clinic.ledger.tasks import open_tasks
from thecal.clinic.pumps import telemetry, virtual_pump
from thecal.clinic.pumps.pump_log import UNKNOWN_TASK
from thecal.clinic.refill import writing
from thecal.clinic.refill.compared import compared_doses, compared_lines
from thecal.record.fold import EVENT, effective
from thecal.record.reconcile import reconcile
from thecal.therapy.events import Fill, Program
from thecal.units import Volume, parse_quantity

COMMIT = 4
"""Begun, sent, read back, committed: after so many messages the pump has done an order."""


def read(room: Room, name: str = "identify"):
    return room.post("read pump at refill", name)


def to_the_write(room: Room, *, less: bool = False) -> None:
    """Go by telemetry up to step 12, with the same dose or with a tenth less."""
    room.begin(by_hand="")
    read(room)
    for key in ("identify", "complaints", "vitals", "interrogate", "verify"):
        room.record(key)
    if less:
        dose = float(room.situation.program_before.daily_dose.in_unit("mg/d"))
        room.record("decide", daily_dose=f"{dose * 0.9:.4g}", reason="less pain")
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
    assert (
        telemetry.interrogate(
            chart_of(room.patient), telemetry.Order(author=room.world.author())
        ).findings
        == ()
    )


@pytest.mark.req("K1")
def test_a_volume_that_the_syringes_did_not_hold_is_never_ready_to_be_written(room: Room) -> None:
    to_the_write(room)
    page = room.record("program", first="36", second="36")
    assert "the syringes held 38 mL and all of it was injected, but 36 mL" in text_of(page)
    assert "Write to the pump</button>" not in text_of(room.get("refill step", "read_back"))
    assert "may be written to the pump yet" in text_of(send(room))
    assert events(room, Fill) == []
    again = text_of(room.get("refill step", "program"))
    assert 'name="second" value=""' in again
    assert 'value="Reservoir volume" checked' not in again
    room.record("fill", not_injected="2", portions="7 of 5 mL, 1 mL")
    assert room.blocking == set()
    send(room)
    (fill,) = events(room, Fill)
    assert fill.volume == parse_quantity("36 mL", Volume)


def test_the_pumps_own_log_and_the_record_tell_the_same_commands(room: Room) -> None:
    to_the_write(room)
    send(room)
    chart = chart_of(room.patient)
    with virtual_pump.locked(room.patient.pk) as folder:
        pump = virtual_pump.VirtualPump(folder, chart)
        try:
            programmer, transport = pump.session()
            programmer.open()
            told = programmer.log()
            programmer.close("read")
            transport.close()
        finally:
            pump.close()
    compared = reconcile(told, chart.entries)
    assert compared.discrepancies == ()
    assert room.situation.talks.last("fill").command in compared.agreed


def plain(row: dict) -> dict:
    """Return the words of a row as a page shows them, with plain spaces."""
    return {
        name: words.replace("\u00a0", " ") if isinstance(words, str) else words
        for name, words in row.items()
    }


def test_what_was_written_stands_beside_what_the_pump_answers_before_one_goes_on(
    room: Room,
) -> None:
    to_the_write(room, less=True)
    page = send(room)
    assert page.redirect_chain[-1][0] == room.url("refill step", "read_back")
    shown = text_of(page)
    assert "Before, as written and as the pump answers: every line is the same as written" in shown
    lines = compared_lines(room.situation)
    assert {one["name"] for one in lines} >= {"Mode", "Reservoir volume", "Background"}
    for one in map(plain, lines):
        told = f"<strong>{one['told']}</strong>" if one["changed"] else one["told"]
        row = f"<td>{one['old']}</td><td>{told}</td><td>{one['says']}</td>"
        assert f'<th scope="row">{one["name"]}</th>{row}' in shown
    doses = compared_doses(room.situation)
    assert [one["drug"] for one in doses] == ["bupivacaine", "morphine"]
    for one in map(plain, doses):
        assert one["told"] == one["says"] != one["old"]
        row = f"<td>{one['old']}</td><td>{one['told']}</td><td>{one['says']}</td>"
        assert f'<th scope="row">{one["drug"]}</th>{row}<td>{one["change"]}</td>' in shown
        assert one["change"] not in ("", "0 %")
    assert f'href="{room.url("refill step", "waste")}">Go on: Account for the drug</a>' in shown


def test_a_changed_dose_goes_to_the_pump_after_the_fill_and_stands_once(room: Room) -> None:
    to_the_write(room, less=True)
    send(room)
    assert [one.what for one in room.situation.talks.orders if one.event] == [
        *("interrogate", "fill", "program", "interrogate")
    ]
    to_the_end(room)
    (program,) = events(room, Program)
    assert program.program == chart_of(room.patient).simulation(clock.now()).program.program
    assert len(events(room, Fill)) == 1
    assert "programming.manual" not in room.kinds()


def test_another_solution_goes_to_the_pump_with_its_bridge(room: Room) -> None:
    strong = "morphine 10 mg/mL, bupivacaine 20 mg/mL"
    room.begin(by_hand="")
    read(room)
    for key in ("identify", "complaints", "vitals", "interrogate"):
        room.record(key)
    room.record("verify", order=strong, label=strong, label_again=strong)
    room.record("decide", bridge="planned", reason="fewer refills", bridge_dose="0.7")
    for key in ("access", "aspirate"):
        room.settle()
        room.record(key)
    room.settle()
    room.record("fill")
    room.record("program")
    page = send(room)
    assert room.running.visit.read_back is not None, text_of(page)
    assert room.running.sent == {"fill", "program"}
    assert "U09" not in room.checks
    assert "Account for the drug" in text_of(page)


# -- what goes wrong ---------------------------------------------------------------------------


@pytest.mark.req("U07")
def test_the_same_page_sent_twice_writes_once(room: Room) -> None:
    to_the_write(room)
    seen = chart_of(room.patient).seq
    send(room, seen=seen)
    page = send(room, seen=seen)
    assert "already" in text_of(page)
    assert len(events(room, Fill)) == 1


@pytest.mark.parametrize("heard", [1, 3, COMMIT])
def test_a_link_cut_at_the_write_leaves_the_visit_open_and_nothing_hidden(
    room: Room, monkeypatch: pytest.MonkeyPatch, heard: int
) -> None:
    to_the_write(room)
    with monkeypatch.context() as bad:
        BrokenLink(bad, breaks_after_hearing=heard, sessions=1, then_deaf=True)
        page = send(room)
    assert "Nobody knows whether the pump did the fill" in text_of(page)
    assert "NOT KNOWN whether it was done" in text_of(page)
    assert tasks(room) == [UNKNOWN_TASK]
    assert room.running.visit.read_back is None
    assert room.situation.progress.open.key == "read_back"
    assert events(room, Fill) == []
    page = send(room)
    assert "every line is the same" in text_of(page)
    assert tasks(room) == []
    assert len(events(room, Fill)) == 1
    assert "closed and signed" in text_of(to_the_end(room))
    assert len(events(room, Fill)) == 1


def test_a_pump_that_somebody_programmed_meanwhile_refuses_and_the_page_says_so(
    room: Room,
) -> None:
    to_the_write(room)
    with virtual_pump.locked(room.patient.pk) as folder:
        chart = chart_of(room.patient)
        pump = virtual_pump.VirtualPump(folder, chart)
        try:
            programmer, _ = pump.session()
            report = programmer.open()
            program = report.program
            lower = type(program.daily_dose)(program.daily_dose.base * 9 / 10)
            other = replace(program, daily_dose=lower, bridge=None)
            programmer.update(other, report.solution, report.running_hash)
            programmer.close()
        finally:
            pump.close()
    page = send(room)
    assert "The pump did not do the fill" in text_of(page)
    assert "another program" in text_of(page)
    assert events(room, Fill) == []
    assert room.running.visit.read_back is None


@pytest.mark.req("U09")
def test_a_read_back_that_differs_is_shown_and_holds_the_visit(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_the_write(room)
    told = writing.volume_told
    monkeypatch.setattr(writing, "volume_told", lambda one: told(one) - Volume.of(1, "mL"))
    page = send(room)
    assert "The pump says something else than was meant" in text_of(page)
    assert "U09" in room.blocking
    assert "waste" in room.shut
    assert page.redirect_chain[-1][0] == room.url("refill step", "read_back")
    (wrong,) = [plain(one) for one in compared_lines(room.situation) if one["differs"]]
    assert (wrong["name"], wrong["told"], wrong["says"]) == ("Reservoir volume", "38 mL", "37 mL")
    assert "<strong>37 mL: NOT as written</strong>" in text_of(page)
    assert "Go on: " not in text_of(page)


def test_nothing_is_recorded_before_the_pump_was_read_and_by_hand_needs_a_reason(
    room: Room,
) -> None:
    room.begin(by_hand="")
    shown = text_of(room.get("refill step", "identify"))
    assert "Read the pump" in shown
    assert 'name="serial"' not in shown
    assert room.record("identify").status_code == 422
    assert room.post("refill by hand", "identify", reason=" ").status_code == 422
    room.post("refill by hand", "identify", reason="the programmer is broken")
    shown = text_of(room.get("refill step", "identify"))
    assert 'name="serial"' in shown
    assert "the programmer is broken" in shown


def test_what_is_done_by_hand_after_the_fill_was_sent_is_not_filled_again(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_the_write(room)
    send(room)
    room.post("refill by hand", "read_back", reason="the head failed")
    assert "closed and signed" in text_of(to_the_end(room))
    assert len(events(room, Fill)) == 1


def test_a_visit_that_is_left_says_what_the_pump_was_not_told(room: Room) -> None:
    to_the_write(room)
    room.post("leave refill", reason="alarm in the house")
    left = [
        one.what
        for one in open_tasks(effective(chart_of(room.patient).entries))
        if one.kind == "finish-the-visit"
    ]
    assert any("not known to be written to the pump: fill" in one for one in left)
    assert [one.kind for one in chart_of(room.patient).entries if one.kind == EVENT]
