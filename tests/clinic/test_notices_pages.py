"""Notices about software and devices: put up, read and signed for; until then K21 warns (E1)."""

from __future__ import annotations

import html
import re
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from clinic_pumps import patient_today
from clinic_world import PASSWORD
from django.urls import reverse
from finding_words import tells
from programming_desk import Desk, order_of
from refill_room import Room, text_of

from thecal.care.notices import Notice
from thecal.clinic.flows.notices import CONFIRMED, ENTERED, enter, posted
from thecal.clinic.ledger.log import read_entries
from thecal.clinic.ledger.signatures import unfitting
from thecal.clinic.models import Role, Stream
from thecal.clinic.pumps.telemetry import COMMAND

TITLE = "The flex mode counts by the hour"
TYPED = {
    "title": TITLE,
    "day": "2026-04-02",
    "models": ["synchromed-ii-20", "synchromed-ii-40"],
    "programmer_versions": "2.1; 2.2",
    "action": "Read the total of the day\nbefore you sign.",
    "source": "an invented maker",
}


def put_up(world, *models: str) -> Notice:
    notice = Notice(
        id=str(uuid.uuid4()),
        title=TITLE,
        day=date(2026, 4, 2),
        models=models,
        programmer_versions=("2.1",),
        action="read the total of the day",
        source="an invented maker",
    )
    enter(world.clinic, world.author(), notice)
    return notice


def sign(world, role: Role, notice: Notice, password: str = PASSWORD):
    address = reverse("confirm notice", args=[notice.id])
    return world.browser(role).post(address, {"password": password}, follow=True)


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.PHYSICIAN])
def test_an_administrator_or_a_physician_puts_up_a_notice(world, role: Role) -> None:
    page = world.browser(role).post(reverse("new notice"), TYPED, follow=True)
    assert TITLE in text_of(page)
    (one,) = posted(world.clinic)
    assert one.notice.models == ("synchromed-ii-20", "synchromed-ii-40")
    assert one.notice.programmer_versions == ("2.1", "2.2")
    assert one.notice.action == "Read the total of the day before you sign."
    assert one.read == {}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title": ""}, "Title: this is needed"),
        ({"day": "yesterday"}, "no date"),
        ({"models": ["a pump of ours"]}, "no pump model known here"),
        ({"action": "x" * 1001}, "at most 1000 characters"),
    ],
)
def test_a_notice_that_is_refused_keeps_what_was_typed(world, wrong, words) -> None:
    page = world.browser(Role.ADMINISTRATOR).post(reverse("new notice"), TYPED | wrong)
    assert page.status_code == 422
    assert words in text_of(page)
    assert "an invented maker" in text_of(page)
    assert posted(world.clinic) == ()


@pytest.mark.req("K21")
@pytest.mark.inventory("E1")
def test_today_shows_a_notice_until_one_has_signed_for_it(world) -> None:
    notice = put_up(world)
    nurse = world.browser(Role.NURSE)
    assert "You have not read 1 notice" in text_of(nurse.get(reverse("today")))
    assert sign(world, Role.NURSE, notice, "not mine").status_code == 422
    assert "You have not read" in text_of(nurse.get(reverse("today")))
    assert sign(world, Role.NURSE, notice).status_code == 200
    assert "You have not read" not in text_of(nurse.get(reverse("today")))
    # It is read by each for themselves.
    others = world.browser(Role.PHYSICIAN).get(reverse("today"))
    assert "You have not read 1 notice" in text_of(others)
    shown = text_of(world.browser(Role.ADMINISTRATOR).get(reverse("notices")))
    assert "Physician of Example Clinic" in shown
    assert "Nurse of Example Clinic" not in shown


def test_a_confirmation_is_signed_and_fits_what_it_signs(world) -> None:
    sign(world, Role.NURSE, put_up(world))
    stream = Stream.objects.get(clinic=world.clinic, kind=Stream.Kind.CLINIC)
    entries = read_entries(stream)
    assert [one.kind for one in entries][-3:] == [ENTERED, CONFIRMED, "signature"]
    assert entries[-1].body["meaning"] == "read and understood"
    assert entries[-1].body["name"] == "Nurse of Example Clinic"
    assert unfitting(entries) == ()


def test_a_notice_that_was_taken_away_asks_nobody_and_stays_in_the_log(world) -> None:
    notice = put_up(world)
    administrator = world.browser(Role.ADMINISTRATOR)
    address = reverse("withdraw notice", args=[notice.id])
    assert administrator.post(address, {"reason": ""}).status_code == 422
    page = administrator.post(address, {"reason": "of another pump"}, follow=True)
    assert "of another pump" in text_of(page)
    assert "You have not read" not in text_of(world.browser(Role.NURSE).get(reverse("today")))


def test_another_clinic_has_its_own_notices(world) -> None:
    notice = put_up(world)
    assert posted(world.elsewhere) == ()
    known = world.browser(Role.NURSE).get(reverse("notice", args=[notice.id]))
    assert known.status_code == 200
    unknown = world.browser(Role.NURSE).get(reverse("notice", args=[uuid.uuid4()]))
    assert unknown.status_code == 404


@pytest.mark.req("K21")
@pytest.mark.inventory("E1")
def test_e1_an_unread_notice_about_this_pump_stands_where_it_is_refilled(
    world, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = Room(world, monkeypatch)
    room.begin()
    assert "K21" not in room.checks
    notice = put_up(world, "synchromed-ii-40", "synchromed-ii-20")
    page = room.record("identify")
    assert "K21" in room.checks
    assert "K21" not in room.blocking
    assert f"not read yet by nurse-1: {TITLE}" in text_of(page)
    sign(world, Role.NURSE, notice)
    assert "K21" not in room.checks
    # Somebody else who goes on with the visit is asked too.
    room.record("complaints", browser=room.physician)
    assert any("physician-1" in one.message for one in room.situation.findings)


@pytest.mark.req("K21")
@pytest.mark.inventory("E1")
def test_a_notice_about_another_pump_is_silent(world, monkeypatch: pytest.MonkeyPatch) -> None:
    put_up(world, "prometra-20")
    room = Room(world, monkeypatch)
    room.begin()
    room.record("identify")
    assert "K21" not in room.checks


@pytest.mark.req("K21")
@pytest.mark.inventory("E1")
def test_e1_an_unread_notice_warns_while_one_programs_and_the_order_keeps_it(world) -> None:
    march = patient_today(world, until=datetime(2026, 4, 1, tzinfo=UTC))
    notice = put_up(world)
    desk = Desk(replace(world, patient=march))
    page = text_of(desk.drafted(daily_dose="0.61"))
    assert tells(page, "Warning", "K21")
    assert desk.signed(page).status_code == 200
    (kept,) = order_of(replace(world, patient=march)).body["notices"]
    assert kept["check"] == "K21"
    assert tells(text_of(desk.go("program order")), "Warning", "K21")
    sign(world, Role.PHYSICIAN, notice)
    assert "K21" not in text_of(desk.go("program order"))


@pytest.mark.req("K21")
def test_no_stop_waits_for_a_notice(world) -> None:
    march = patient_today(world, until=datetime(2026, 4, 1, tzinfo=UTC))
    put_up(world)
    desk = Desk(replace(world, patient=march), Role.NURSE)
    page = desk.go("stop pump")
    assert "K21" not in text_of(page)
    command = re.search(r'name="command" value="([^"]+)"', html.unescape(page.content.decode()))
    assert command is not None
    desk.send("stop pump", {"command": command[1]})
    assert COMMAND in [one.kind for one in _entries(march)]


def _entries(patient):
    from clinic_pumps import chart_of

    return chart_of(patient).entries
