"""The 24-hour watch on its page: seen on Today and on the head, closed in time and signed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from clinic_world import NOW, PASSWORD
from django.urls import reverse
from flow_desk import FlowDesk, local, text_of

from thecal.clinic import clock
from thecal.clinic.ledger.due import WATCH_BEGUN, WATCH_RELEASED
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.models import Role

BERLIN = "Europe/Berlin"


@pytest.fixture
def desk(world) -> FlowDesk:
    ends = {"kind": "watch", "ends": (NOW + timedelta(hours=24)).isoformat()}
    write(world.patient, world.author(), (Draft(WATCH_BEGUN, ends),), expected=None)
    return FlowDesk(world, Role.NURSE)


def at(monkeypatch: pytest.MonkeyPatch, moment) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


def seen(desk: FlowDesk, moment, **other: str):
    fields = {"sedation": "awake", "breaths": "14", "score": "3", "motor": "as-before", **other}
    return desk.send("watch", "look", looked_at=local(moment, BERLIN), **fields)


@pytest.mark.req("K29")
def test_it_cannot_be_closed_early_and_is_signed_in_time(desk, monkeypatch) -> None:
    seen(desk, NOW)
    for hours in (0, 12, 23):
        at(monkeypatch, NOW + timedelta(hours=hours))
        seen(desk, NOW + timedelta(hours=hours))
        early = desk.send("watch", "release", state="as before")
        assert early.status_code == 422
        assert "it cannot be closed before" in text_of(early)
    assert "24-hour watch" not in text_of(desk.go("tasks")).partition("<h1>")[2].partition("due")[0]
    at(monkeypatch, NOW + timedelta(hours=24))
    seen(desk, NOW + timedelta(hours=24))
    unsigned = {"state": "as before", "password_release": "wrong"}
    assert desk.send("watch", "release", **unsigned).status_code == 422
    assert "Written down" in text_of(desk.send("watch", "release", state="as before"))
    assert len(desk.entries(WATCH_RELEASED)) == 1
    assert desk.entries("signature")[-1].body["meaning"] == "released after the watch"
    assert "No 24-hour watch goes on" in text_of(desk.go("watch"))


@pytest.mark.req("K29")
def test_a_longer_stay_and_somebody_who_is_not_well_keep_it_open(desk, monkeypatch) -> None:
    until = NOW + timedelta(hours=36)
    desk.send("watch", "longer", until=local(until, BERLIN), why_longer="sleep apnoea")
    at(monkeypatch, NOW + timedelta(hours=25))
    seen(desk, NOW + timedelta(hours=25))
    assert desk.send("watch", "release", state="as before").status_code == 422
    at(monkeypatch, until)
    page = seen(desk, until, sedation="hard-to-rouse", breaths="7")
    assert "Help now" in text_of(page)
    assert desk.send("watch", "release", state="as before").status_code == 422
    shorter = desk.send("watch", "longer", until=local(NOW, BERLIN), why_longer="x")
    assert shorter.status_code == 422


def test_a_look_is_read_strictly(desk) -> None:
    for wrong in ({"breaths": "fast"}, {"breaths": "800"}, {"score": "11"}):
        assert seen(desk, NOW, **wrong).status_code == 422
    assert seen(desk, NOW + timedelta(hours=1)).status_code == 422


def test_today_and_the_head_lead_to_it_and_a_stop_waits_for_nothing(desk) -> None:
    address = f"/patients/{desk.patient.pk}/watch/"
    client = desk.client
    assert f'href="{address}"' in client.get("/").content.decode()
    assert f'href="{address}"' in text_of(desk.go("notes"))
    stop = client.get(f"/patients/{desk.patient.pk}/programming/stop/", follow=True)
    assert stop.status_code == 200


def test_an_earlier_look_that_is_written_late_hides_no_alarm(desk, monkeypatch) -> None:
    at(monkeypatch, NOW + timedelta(hours=24))
    seen(desk, NOW + timedelta(hours=23), sedation="hard-to-rouse")
    seen(desk, NOW + timedelta(hours=22))
    assert "At the last look: hard to rouse" in text_of(desk.go("watch"))
    assert desk.send("watch", "release", state="as before").status_code == 422


def test_a_look_in_words_of_no_list_is_refused_and_the_page_goes_on(desk) -> None:
    assert seen(desk, NOW, sedation="comatose").status_code == 422
    assert desk.go("watch").status_code == 200


@pytest.mark.req("K29")
def test_its_end_is_not_brought_forward_by_a_correction(desk) -> None:
    (begun,) = desk.entries(WATCH_BEGUN)
    address = reverse("correct an entry", args=[desk.patient.pk, begun.seq])
    sent = {"reason": "home early", "step": "write", "password": PASSWORD, "seen": begun.seq}
    for more in ({"withdraw": ""}, {"value-0": NOW.isoformat(), "value-1": NOW.isoformat()}):
        assert desk.client.post(address, sent | more).status_code == 422
    assert "runs until" in text_of(desk.go("watch"))
