"""What the list of medicines asks before an order that gives more is signed (K20)."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from clinic_pumps import chart_of, patient_today
from clinic_world import PASSWORD
from finding_words import tells
from programming_desk import Desk, checked, order_of, program_now, text_of

from thecal.clinic import clock
from thecal.pump.state import Activity
from thecal.units import MassRate

LORAZEPAM = {"change.medicine": "lorazepam", "change.dose": "2", "change.dose.unit": "mg/d"}
WHOLE = {"list.asked": "the patient", "list.alcohol": "no"}


@pytest.fixture
def world(world):
    """The patient takes a sedative beside the pump, and the list is of today."""
    world = replace(world, patient=patient_today(world))
    desk = Desk(world)
    desk.send("change medicine", LORAZEPAM)
    desk.send("reconcile medicines", WHOLE)
    return world


@pytest.mark.req("K20")
def test_an_order_that_gives_more_beside_a_sedative_asks_for_a_reason(world) -> None:
    desk = Desk(world)
    confirm = text_of(desk.drafted(mode="continuous", daily_dose="0.7"))
    assert tells(confirm, "Needs a reason", "K20")
    refused = desk.signed(answer_K20="")
    assert refused.status_code == 422
    assert "K20 needs a reason" in text_of(refused)
    signed = text_of(desk.signed(answer_K20="watched for a day on the ward"))
    assert "A signed order, not yet written to the pump" in signed
    assert "Answered: watched for a day on the ward" in signed
    (answer,) = [one for one in order_of(world).body["answers"] if one["check"] == "K20"]
    assert answer["reason"] == "watched for a day on the ward"
    assert "Write it to the pump" in signed
    checked(world)
    command = order_of(world).body["command"]
    desk.send("send program", {"command": command})
    assert program_now(world).daily_dose == MassRate.of("0.7", "mg/d")


@pytest.mark.req("K20")
def test_a_question_that_the_list_has_answered_is_not_asked_again_of_an_order(world) -> None:
    desk = Desk(world)
    reason = {"accept.about": "lorazepam", "accept.reason": "weaned, agreed with the ward"}
    assert desk.send("accept medicine", reason).status_code == 200
    confirm = text_of(desk.drafted(mode="continuous", daily_dose="0.7"))
    assert 'name="answer_K20"' not in confirm
    assert "K20 needs a reason" not in text_of(desk.signed(answer_K20=""))


@pytest.mark.req("K20")
def test_a_lower_dose_and_a_stop_ask_nothing_of_the_list_and_a_restart_does(world) -> None:
    desk = Desk(world)
    confirm = text_of(desk.drafted(daily_dose="0.45"))
    assert "answer_K20" not in confirm
    assert "A signed order" in text_of(desk.signed())
    assert "K20" not in text_of(desk.go("stop pump"))
    desk.send("stop pump")
    assert chart_of(world.patient).simulation(clock.now()).activity is Activity.STOPPED
    page = text_of(desk.go("resume pump"))
    assert "answer_K20" in page
    sent = {f"answer_{one}": "seen" for one in re.findall(r'name="answer_(\w+)"', page)}
    sent |= {"command": re.search(r'name="command" value="(\w+)"', page)[1]}
    sent |= {"sign": "yes", "password": PASSWORD}
    desk.send("resume pump", sent | {"answer_K20": ""})
    assert chart_of(world.patient).therapy.events[-1].type != "resume"
    assert "The pump did it" in text_of(desk.send("resume pump", sent))


@pytest.mark.req("K20")
def test_a_bolus_asks_what_the_list_asks(world) -> None:
    desk = Desk(world)
    looked = text_of(desk.send("give bolus", {"dose": "0.05", "duration": "10"}))
    assert "answer_K20" in looked
