"""Before an order goes to a pump: who is this (U03), and is a second order meant (U07)?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from clinic_pumps import chart_of, kinds, patient_today
from clinic_world import NOW, PASSWORD
from programming_desk import Desk, checked, order_of, text_of

from thecal.care.programming.rules import within
from thecal.clinic import clock
from thecal.clinic.access.sessions import DEVICE
from thecal.clinic.models import Role
from thecal.clinic.programs.before_sending import IDENTIFIED, identified
from thecal.clinic.pumps import telemetry
from thecal.clinic.pumps.pump_log import ORDER
from thecal.link.messages import new_command

NOBODY = {"identified_by": [], "identity_matches": ""}


@pytest.fixture
def world(world):
    """The patient's newest event lies before now."""
    return replace(world, patient=patient_today(world))


def ordered(world) -> list[str]:
    """Return what was ordered of the pump, readings left out."""
    entries = chart_of(world.patient).entries
    orders = [one.body["what"] for one in entries if one.kind == ORDER]
    return [one for one in orders if one != "interrogate"]


def bolus(**more: object) -> dict[str, object]:
    answers = {f"answer_{check}": "meant" for check in ("K3", "K4", "K5", "K14", "K15", "K16")}
    sent = {"dose": "0.05", "duration": "10", "sign": "yes", "password": PASSWORD}
    return sent | answers | {"command": new_command()} | more


@pytest.fixture
def desk(world) -> Desk:
    desk = Desk(world)
    desk.drafted(daily_dose="0.45")
    desk.signed()
    return desk


# -- U03: who is this ------------------------------------------------------------------------------


@pytest.mark.req("U03")
@pytest.mark.parametrize(
    "matched",
    [
        NOBODY,
        {"identified_by": ["name"], "identity_matches": "yes"},
        {"identified_by": ["name", "name"], "identity_matches": "yes"},
        {"identified_by": ["name", "shoe-size"], "identity_matches": "yes"},
        {"identified_by": ["name", "birth-date"], "identity_matches": ""},
    ],
)
def test_nothing_is_sent_to_the_pump_of_somebody_who_was_not_matched(
    world, desk: Desk, matched: dict[str, object]
) -> None:
    page = desk.send("send program", {"command": order_of(world).body["command"]} | matched)
    assert page.status_code == 422
    assert "match the patient with this record first" in text_of(page)
    assert ordered(world) == []
    assert IDENTIFIED not in kinds(world.patient)
    assert desk.send("give bolus", bolus() | matched).status_code == 422
    assert ordered(world) == []


@pytest.mark.req("U03")
def test_the_page_names_who_the_record_is_of_and_asks_once_in_a_session(world, desk: Desk) -> None:
    asked = text_of(desk.go("program order"))
    assert "The record is that of Bea Today, born 12 April 1961, number TODAY-1" in asked
    assert "Who is this?" in asked
    desk.send("send program", {"command": order_of(world).body["command"]})
    assert ordered(world) == ["program"]
    assert kinds(world.patient).count(IDENTIFIED) == 1
    given = desk.send("give bolus", bolus(**NOBODY))
    assert given.status_code == 200
    assert ordered(world) == ["program", "bolus"]


@pytest.mark.req("U03")
def test_another_session_and_a_new_one_at_the_pump_match_the_patient_again(
    world, desk: Desk
) -> None:
    desk.send("give bolus", bolus())
    entries = chart_of(world.patient).entries
    (device,) = {one.device for one in entries if one.kind == IDENTIFIED}
    sent = {"command": order_of(world).body["command"]} | NOBODY
    other = Desk(world)
    session = other.client.session
    session[DEVICE] = "another session"
    session.save()
    assert other.send("send program", sent).status_code == 422
    assert ordered(world) == ["bolus"]
    assert identified(entries, device)
    assert not identified(entries, "another session")
    desk.send("close programming", {"reason": "the visit is over"})
    assert not identified(chart_of(world.patient).entries, device)


# -- U07: is a second one meant --------------------------------------------------------------------


@pytest.mark.req("U07")
def test_a_second_order_within_the_time_asks_and_names_the_first(
    world, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.send("give bolus", bolus())
    moment = NOW + within("U07", "asks-again-within") - timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: moment)
    sent = {"command": order_of(world).body["command"], "again": ""}
    asked = desk.send("send program", sent)
    assert asked.status_code == 422
    assert "an order a moment ago (bolus)" in text_of(asked)
    assert "Send this one as well" in text_of(asked)
    assert ordered(world) == ["bolus"]
    assert desk.send("send program", sent | {"again": "999999"}).status_code == 422
    first = [one.seq for one in chart_of(world.patient).entries if one.kind == ORDER][-1]
    desk.send("send program", sent | {"again": first})
    assert ordered(world) == ["bolus", "program"]


@pytest.mark.req("U07")
def test_a_second_order_after_the_time_does_not_ask(
    world, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.send("give bolus", bolus())
    moment = NOW + within("U07", "asks-again-within") + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: moment)
    sent = {"command": order_of(world).body["command"], "again": ""}
    assert "a moment ago" not in text_of(desk.send("send program", sent))
    assert ordered(world) == ["bolus", "program"]


@pytest.mark.req("U07")
def test_what_was_refused_and_what_was_only_read_asks_nothing(world, desk: Desk) -> None:
    desk.read()
    refused = desk.send("give bolus", bolus(dose="0.05", again=""))
    assert "a moment ago" not in text_of(refused)
    assert ordered(world) == ["bolus"]


@pytest.mark.req("U03")
@pytest.mark.req("U07")
def test_a_stop_asks_neither_who_nor_again(world, desk: Desk) -> None:
    desk.send("give bolus", bolus())
    other = Desk(world, Role.NURSE)
    other.client.post(f"/patients/{world.patient.pk}/programming/stop/", {"stop": "yes"})
    assert ordered(world) == ["bolus", "stop"]
    outcome = telemetry.interrogate(chart_of(world.patient), telemetry.Order(author=world.author()))
    assert not outcome.reading["gives_therapy"]


def test_the_second_person_and_the_match_are_asked_of_different_people(world) -> None:
    """Whoever sends the order matches the patient: who signed or checked it need not be there."""
    doctor, nurse = Desk(world), Desk(world, Role.NURSE)
    doctor.drafted(mode="continuous", daily_dose="0.7")
    doctor.signed()
    checked(world, Role.PHARMACIST)
    nurse.send("send program", {"command": order_of(world).body["command"]})
    assert ordered(world) == ["program"]
    (told,) = [one for one in chart_of(world.patient).entries if one.kind == IDENTIFIED]
    assert told.role == Role.NURSE
