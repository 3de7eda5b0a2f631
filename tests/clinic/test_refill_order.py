"""The order of a visit: left and taken up again, two at once, nothing twice, nothing skipped."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from clinic_pumps import chart_of
from clinic_world import EXAMPLES
from django.urls import reverse
from refill_room import AT, Room, text_of

from thecal.care.visit import Purpose
from thecal.clinic.access.second import requests_open
from thecal.clinic.ledger.signatures import unfitting
from thecal.clinic.models import Role
from thecal.clinic.refill.entries import visits
from thecal.program.program import Mode
from thecal.therapy.events import Empty, Fill, Program, PumpRecord
from thecal.therapy.file_reader import read_therapy_file
from thecal.units import Volume

NOT_MINE = {"password": "somebody else's"}


def test_a_visit_that_somebody_left_goes_on_where_it_stood_in_another_browser(room: Room) -> None:
    room.up_to("vitals")
    room.now += timedelta(minutes=20)
    other = room.world.browser(Role.PHYSICIAN)
    page = text_of(room.get("refill", browser=other))
    assert "Go on: Read the pump" in page
    answer = room.record("interrogate", browser=other)
    assert "Match the drug four ways" in text_of(answer)
    assert room.running.visit.operator == "nurse-1"
    assert room.running.people == {"nurse-1", "physician-1"}


def test_two_people_at_once_the_later_is_told_and_nothing_is_lost(room: Room) -> None:
    room.up_to("complaints")
    seen = chart_of(room.patient).seq
    vitals = room.typed("vitals")
    first = room.post("record refill step", "vitals", seen=seen, **vitals)
    later = room.post(
        "record refill step",
        "vitals",
        seen=seen,
        browser=room.physician,
        **(vitals | {"heart_rate": "99"}),
    )
    assert (first.status_code, later.status_code) == (200, 409)
    assert room.running.visit.vitals.heart_rate == 72


def test_a_form_that_is_sent_twice_is_done_once(room: Room) -> None:
    room.up_to("waste")
    room.now += timedelta(minutes=40)
    room.record("observe")
    room.record("leave")
    seen = chart_of(room.patient).seq
    assert room.close(seen=seen).status_code == 200
    assert room.close(seen=seen).status_code in (409, 422)
    therapy = chart_of(room.patient).therapy
    assert sum(isinstance(one, Fill) and one.time >= AT for one in therapy.events) == 1
    assert room.kinds().count("visit.closed") == 1


def test_a_second_person_who_agrees_meanwhile_makes_no_page_old(room: Room) -> None:
    room.up_to("verify")
    room.post("skip refill step", "decide", reason="dose unchanged")
    room.post("ask second for refill")
    seen = chart_of(room.patient).seq
    assert room.answered().status_code == 302
    assert chart_of(room.patient).seq > seen
    assert room.record("access", seen=seen).status_code == 200
    assert room.running.visit.access is not None


def test_a_second_person_who_types_something_else_meanwhile_is_seen_first(room: Room) -> None:
    room.up_to("verify")
    room.post("skip refill step", "decide", reason="dose unchanged")
    room.post("ask second for refill")
    seen = chart_of(room.patient).seq
    (asked,) = requests_open(chart_of(room.patient))
    room.answered(**{asked.blind[0].key: "1"})
    assert room.record("access", seen=seen).status_code == 409
    assert room.running.visit.access is None


def test_a_witness_who_signs_meanwhile_makes_no_page_old(room: Room) -> None:
    room.up_to("waste", waste={"witness": ""})
    room.now += timedelta(minutes=40)
    seen = chart_of(room.patient).seq
    assert room.witness().status_code == 200
    assert chart_of(room.patient).seq > seen
    assert room.record("observe", seen=seen).status_code == 200
    assert room.running.visit.observe is not None


def test_beginning_twice_begins_one_visit(room: Room) -> None:
    seen = chart_of(room.patient).seq
    room.post("begin refill", seen=seen, purpose="refill", path="full")
    again = room.post("begin refill", seen=seen, purpose="refill", path="full")
    assert again.status_code == 422
    assert len(visits(chart_of(room.patient).entries)) == 1


@pytest.mark.parametrize("key", ["verify", "fill", "program", "leave"])
def test_a_step_that_may_not_be_reached_yet_is_refused_by_its_address(room: Room, key: str) -> None:
    room.up_to("identify")
    before = room.kinds()
    assert room.get("refill step", key).status_code == 422
    fields = {"fill": {"filtered": "yes"}}.get(key, {})
    refused = room.post("record refill step", key, **(room.typed("fill") | fields))
    assert refused.status_code == 422
    assert room.kinds() == before


def test_a_safety_step_cannot_be_skipped(room: Room) -> None:
    room.up_to("identify")
    refused = room.post("skip refill step", "complaints", reason="no time")
    assert refused.status_code == 422
    assert "safety step" in text_of(refused)
    assert room.running.visit.skipped == ()


def test_the_end_is_refused_while_a_step_is_open_and_without_the_password(room: Room) -> None:
    room.up_to("waste")
    assert room.close().status_code == 422
    room.now += timedelta(minutes=40)
    room.record("observe")
    room.record("leave")
    wrong = room.close(**NOT_MINE)
    assert wrong.status_code == 422
    assert "password is not right" in text_of(wrong)
    assert "visit.closed" not in room.kinds()
    room.close()
    assert "visit.closed" in room.kinds()
    assert unfitting(chart_of(room.patient).entries) == ()


def test_a_recorded_step_is_corrected_by_a_new_entry(room: Room) -> None:
    room.up_to("vitals")
    room.record("vitals", heart_rate="88", why="typed the wrong line")
    assert room.running.visit.vitals.heart_rate == 88
    written = [one for one in chart_of(room.patient).entries if one.kind == "visit.step"]
    rates = [one.body["record"]["heart_rate"] for one in written if one.body["step"] == "vitals"]
    assert rates == [72, 88]
    assert written[-1].reason == "typed the wrong line"


def test_what_is_refused_keeps_its_text_and_says_what_is_wrong(room: Room) -> None:
    room.up_to("complaints")
    page = room.record("vitals", heart_rate="72,5", gait="")
    assert page.status_code == 422
    shown = page.content.decode()
    assert 'value="72,5"' in shown
    assert "no whole number" in shown
    assert "Gait: this is needed" in shown
    assert room.running.visit.vitals is None


def test_leaving_for_good_keeps_what_was_filled_and_leaves_a_task(room: Room) -> None:
    room.up_to("fill")
    page = room.post("leave refill", reason="the patient became unwell")
    assert "left" in text_of(page)
    assert room.running is None
    chart = chart_of(room.patient)
    fill = chart.therapy.events[-1]
    assert isinstance(fill, Fill)
    assert any("left unfinished" in one["what"] for one in chart.content["tasks"])


def test_leaving_before_the_fill_writes_no_fill(room: Room) -> None:
    room.up_to("verify")
    room.post("leave refill", reason="the patient goes home")
    events = chart_of(room.patient).therapy.events
    assert not any(isinstance(one, Fill) and one.time >= AT for one in events)


def test_an_emptying_visit_is_never_held(room: Room) -> None:
    room.begin(purpose="emptying")
    assert room.running.visit.purpose is Purpose.EMPTYING
    page = room.record("aspirate", volume_drawn="30", colour="red", appearance="blood")
    assert page.status_code == 200
    assert room.blocking == set()
    assert room.post("record refill step", "fill", **room.typed("fill")).status_code == 404
    assert "closed and signed" in text_of(room.close())
    chart = chart_of(room.patient)
    emptied = chart.therapy.events[-1]
    assert isinstance(emptied, Empty)
    assert emptied.aspirated == Volume.of(30, "mL")
    assert emptied.reason == "the therapy pauses"
    assert chart.simulation(room.now).emptied
    assert "pump-standing" in {one["rule"] for one in chart.content["due"]}


def test_an_emptying_asks_why_and_a_refill_does_not(room: Room) -> None:
    room.begin(purpose="emptying")
    page = room.record("aspirate", why_emptied="")
    assert page.status_code == 422
    assert "Why the pump is emptied and not filled: this is needed" in text_of(page)
    room.record("aspirate")
    page = text_of(room.get("refill step", "aspirate"))
    assert 'value="the therapy pauses"' in page
    assert "nothing filled: the therapy pauses" in text_of(room.get("close refill"))


def test_another_solution_with_its_bridge_to_the_end(room: Room) -> None:
    strong = "morphine 10 mg/mL, bupivacaine 20 mg/mL"
    room.up_to("interrogate")
    room.record("verify", order=strong, label=strong, label_again=strong)
    room.record("decide", bridge="planned", reason="fewer refills")
    assert room.running.visit.decide is None
    room.record("decide", bridge="planned", reason="fewer refills", bridge_dose="0.7")
    assert room.running.visit.decide is not None
    room.settle()
    for key in ("access", "aspirate", "fill"):
        room.record(key)
        room.settle()
    order = room.situation.ordered
    assert order.bridge is not None
    room.record("program", typed_mixture=strong, typed_mode="flex", typed_background="0.5", left="")
    assert room.running.visit.program is not None
    room.record("read_back")
    room.record("waste")
    room.now += timedelta(minutes=40)
    room.record("observe")
    room.record("leave")
    assert room.situation.progress.may_close, room.situation.progress
    room.close()
    chart = chart_of(room.patient)
    program = chart.therapy.events[-1]
    assert isinstance(program, Program)
    assert program.program.mode is Mode.FLEX
    assert program.program.bridge is not None
    assert chart.content["therapy"]["mixture"]["morphine"].startswith("10")


def test_a_line_that_is_not_ticked_and_one_that_reads_back_otherwise_are_refused(
    room: Room,
) -> None:
    room.up_to("fill")
    room.record("program", ticked=[])
    assert "K7" in room.blocking
    room.record("program")
    assert "K7" not in room.blocking
    room.record("read_back", same0="no", says0="morphine 50 mg/mL")
    assert "U09" in room.blocking
    assert "waste" in room.shut


def test_a_pump_of_constant_flow_is_neither_read_nor_written(
    world, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = read_therapy_file(EXAMPLES / "pain_two_drugs.toml")
    pump = PumpRecord(model="codman-3000-30", serial="C-1")
    fill = replace(example.events[0], volume=Volume.of(28, "mL"))
    therapy = replace(example, pump=pump, events=(fill,))
    room = Room(world, monkeypatch, at=AT - timedelta(days=42), therapy=therapy)
    page = text_of(room.begin())
    assert ">Read the pump</button>" not in page
    assert "not needed here: this pump has nothing to read" in page
    for key in ("identify", "complaints", "vitals"):
        room.record(key)
    room.record("verify", volume="28")
    room.post("skip refill step", "decide", reason="dose unchanged")
    room.record("access")
    room.record("aspirate")
    room.settle()
    room.record("fill")
    room.record("program", first="28", second="28", programmed_volume="", left="", ticked=[])
    room.record("waste", received="28", injected="28")
    room.now += timedelta(minutes=40)
    room.record("observe")
    room.record("leave", next_visit="2026-03-20")
    room.answer()
    assert room.situation.progress.may_close, room.situation.progress
    room.close()
    assert chart_of(room.patient).content["therapy"]["volume"].startswith("28")


def test_stop_stands_on_every_page_of_a_visit(room: Room) -> None:
    stop = reverse("stop pump", args=[room.patient.pk])
    room.up_to("identify")
    for name, more in (("refill", ()), ("refill step", ("complaints",)), ("leave refill", ())):
        assert stop in room.get(name, *more).content.decode()


def test_a_trainee_looks_and_writes_nothing(room: Room) -> None:
    room.up_to("identify")
    trainee = room.world.browser(Role.TRAINEE)
    assert room.get("refill", browser=trainee).status_code == 200
    refused = room.record("complaints", browser=trainee)
    assert refused.status_code == 403


def test_a_watch_that_outlasts_its_visit_stays_until_somebody_ends_it(room: Room) -> None:
    room.up_to("fill")
    room.post("leave refill", reason="the patient became unwell")
    page = room.get("refill")
    assert "Watches that nobody has ended" in text_of(page)
    (watch,) = [one for one in chart_of(room.patient).entries if one.kind == "watch.begun"]
    room.post("release watch", watch.seq, reason="awake, walks")
    assert "Watches that nobody has ended" not in text_of(room.get("refill"))


def test_a_visit_for_nothing_is_refused_in_plain_words(room: Room) -> None:
    refused = room.post("begin refill", purpose="both", path="full")
    assert refused.status_code == 422
    assert "is not chosen" in text_of(refused)


def test_who_decides_a_difference_may_still_be_the_second_person(room: Room) -> None:
    room.up_to("verify")
    room.post("skip refill step", "decide", reason="dose unchanged")
    room.record("access", imaging="ultrasound")
    room.record("aspirate", volume_drawn="20")
    room.record("decide", reason="as before")
    room.record("discrepancy", browser=room.physician, category="leak", action="image-the-line")
    assert "K2" not in room.blocking
    room.second()
    assert room.situation.given is not None
    assert "K8" not in room.checks


def test_another_strength_in_a_pump_of_constant_flow_is_decided_without_a_program(
    world, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = read_therapy_file(EXAMPLES / "pain_two_drugs.toml")
    pump = PumpRecord(model="codman-3000-30", serial="C-1")
    fill = replace(example.events[0], volume=Volume.of(28, "mL"))
    therapy = replace(example, pump=pump, events=(fill,))
    room = Room(world, monkeypatch, at=AT - timedelta(days=42), therapy=therapy)
    room.begin()
    for key in ("identify", "complaints", "vitals"):
        room.record(key)
    room.record("verify", volume="28")
    page = room.get("refill step", "decide")
    assert page.status_code == 200
    assert "takes no program" in text_of(page)
    room.post("record refill step", "decide", reason="the dose follows from the solution")
    decided = room.situation.visit.decide
    assert decided is not None
    assert decided.daily_doses
