"""A program that was signed, done and read back is the report of its session: typed only once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from clinic_pumps import BrokenLink, chart_of, patient_today
from clinic_world import NOW, PASSWORD
from django.urls import reverse
from programming_desk import Desk, checked, order_of

from thecal.clinic import clock
from thecal.clinic.flows.program_proof import program_proved
from thecal.clinic.ledger.log import write
from thecal.clinic.ledger.registration import stage_draft
from thecal.clinic.models import Role

REFUSED = 422
BY_HAND = {
    "mode": "continuous",
    "primary": "morphine",
    "daily_dose": "0.45",
    "programmed_at": "2026-04-20T10:00",
}


@pytest.fixture
def world(world):
    """A patient in the middle of a change of dose."""
    patient = patient_today(world)
    write(patient, world.author(), (stage_draft("dose-change"),), expected=None)
    return replace(world, patient=patient)


def ordered(world) -> Desk:
    desk = Desk(world)
    desk.signed(desk.drafted(mode="continuous", daily_dose="0.7").content.decode())
    checked(world)
    return desk


def sent(world) -> Desk:
    desk = ordered(world)
    desk.send("send program", {"command": order_of(world).body["command"]})
    return desk


def back(world):
    fields = {"to": "maintenance", "seen": chart_of(world.patient).seq}
    browser = world.browser(Role.PHYSICIAN)
    return browser.post(reverse("pathway step", args=[world.patient.pk]), fields)


def proved(world, since=NOW - timedelta(days=1)) -> bool:
    return program_proved(chart_of(world.patient).entries, since)


def test_a_change_of_dose_ends_with_the_program_itself_and_no_form(world) -> None:
    refused = back(world)
    assert refused.status_code == REFUSED
    assert "form F6 is not signed" in refused.content.decode()
    sent(world)
    assert back(world).status_code == 302


def test_the_list_of_forms_says_that_the_program_counts_as_the_report(world) -> None:
    def report() -> str:
        page = world.browser(Role.NURSE).get(reverse("forms", args=[world.patient.pk]))
        return page.content.decode().partition(">F6: ")[2].partition("</tr>")[0]

    ordered(world)
    assert "not yet" in report()
    command = order_of(world).body["command"]
    Desk(world).send("send program", {"command": command})
    assert "counted from the order of a program" in report()
    assert "not yet" not in report()


def test_an_order_that_was_not_sent_proves_nothing(world) -> None:
    ordered(world)
    assert not proved(world)
    assert back(world).status_code == REFUSED


def test_an_order_of_which_nobody_knows_whether_it_was_done_proves_nothing(
    world, monkeypatch
) -> None:
    desk = ordered(world)
    BrokenLink(monkeypatch, breaks_after_hearing=3, sessions=9, then_deaf=True)
    desk.send("send program", {"command": order_of(world).body["command"]})
    assert not proved(world)


def test_what_was_written_before_the_change_began_proves_nothing(world, monkeypatch) -> None:
    sent(world)
    assert proved(world)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(hours=2))
    for to in ("maintenance", "dose-change"):
        write(world.patient, world.author(), (stage_draft(to),), expected=None)
    assert back(world).status_code == REFUSED


def test_what_was_programmed_by_hand_and_signed_counts_too(world) -> None:
    desk = Desk(world)
    desk.read()
    desk.send("manual programming", BY_HAND | {"sign": "yes", "password": "wrong"})
    assert not proved(world)
    desk.send("manual programming", BY_HAND | {"sign": "yes", "password": PASSWORD})
    assert proved(world)


def test_a_program_that_was_withdrawn_from_the_record_proves_nothing(world) -> None:
    desk = Desk(world)
    desk.read()
    desk.send("manual programming", BY_HAND | {"sign": "yes", "password": PASSWORD})
    (told,) = [
        one.seq
        for one in chart_of(world.patient).entries
        if one.body.get("type") == "program" and one.written >= NOW - timedelta(hours=1)
    ][-1:]
    fields = {"reason": "another patient's", "withdraw": "yes", "step": "write"}
    fields |= {"password": PASSWORD, "seen": chart_of(world.patient).seq}
    browser = world.browser(Role.PHYSICIAN)
    answer = browser.post(reverse("correct an entry", args=[world.patient.pk, told]), fields)
    assert answer.status_code == 302
    assert not proved(world)
