"""The watch after a fill: the account does not wait for it, and one comes back to it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse
from refill_room import Room, text_of

from thecal.clinic.models import Role


@pytest.fixture
def watched(room: Room) -> Room:
    """A refill on the few pages, its account recorded, the watch begun."""
    room.begin(path="refill-only")
    for key in ("arrive", "drug", "needle", "fill"):
        room.record(key)
        room.answer()
        if key == "drug":
            room.second()
    return room


def test_the_account_is_recorded_at_once_and_the_watch_goes_on(watched: Room) -> None:
    page = watched.record("account")
    assert watched.running.visit.waste is not None
    assert page.redirect_chain[-1][0] == watched.url("refill step", "watch")
    assert "30 min left" in text_of(page)
    assert "The patient goes before the watch is over" in text_of(page)
    assert watched.get("refill step", "leave").status_code == 422


def test_when_the_watch_is_over_its_page_offers_the_release_and_then_the_booking(
    watched: Room,
) -> None:
    watched.record("account")
    watched.now += timedelta(minutes=31)
    page = text_of(watched.get("refill step", "watch"))
    assert "The watch is over" in page
    assert "Watch after the fill is over: release</a>" in page
    assert "Watch after the fill runs until" not in page
    assert "goes before the watch is over" not in page
    assert 'name="next_visit"' not in page
    assert 'name="next_visit"' in text_of(watched.record("watch"))
    watched.record("leave")
    assert "closed and signed" in text_of(watched.close())


def test_a_session_that_ends_during_the_watch_loses_nothing_and_leads_back(
    watched: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "SESSION_IDLE", timedelta(minutes=15))
    watched.record("account")
    browser, address = watched.nurse, watched.url("refill step", "watch")
    page = text_of(browser.get(address))
    assert "ends after 15 min" in page
    assert "Without a click your session ends before the watch does" in page
    watched.now += timedelta(minutes=16)
    over = browser.get(address)
    assert over.status_code == 302
    assert over["Location"] == f"{reverse('login')}?next={address}"
    again = watched.world.browser(Role.NURSE)
    today = text_of(again.get(reverse("today")))
    assert "watch after the fill runs until" in today
    assert f'href="{watched.url("refill")}"' in today
    shown = text_of(again.get(reverse("patient", args=[watched.patient.pk])))
    assert f'<a href="{watched.url("watch of refill")}">Watch after the fill' in shown
    page = text_of(again.get(address))
    assert "14 min left" in page
    assert watched.running.visit.waste is not None


@pytest.mark.req("K11")
def test_a_release_before_the_time_asks_another_person(watched: Room) -> None:
    watched.record("account")
    watched.now += timedelta(minutes=10)
    watched.record("watch")
    assert "K11" in watched.blocking
    watched.record("leave")
    assert not watched.situation.progress.may_close
    watched.answer()
    assert watched.situation.progress.may_close


def test_the_countdown_is_told_the_seconds_left_and_never_a_time_of_day(watched: Room) -> None:
    watched.record("account")
    watched.now += timedelta(minutes=10, seconds=5)
    page = text_of(watched.get("refill step", "watch"))
    assert 'data-left="1195"' in page
    script = Path(str(finders.find("clinic/countdown.js"))).read_text()
    assert "Date." not in script, "the clock of this computer may be wrong"


def test_leaving_a_step_out_stands_below_its_fields(room: Room) -> None:
    page = text_of(room.up_to("read_back"))
    assert page.index("Record and go on") < page.index("Leave this step out")
    assert "Break off the visit" in page
