"""When a session is over, by a clock that the test moves."""

from __future__ import annotations

import ast
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import include, path, reverse
from logins import give_code, give_password, kinds

from thecal.care.programming.rules import within
from thecal.clinic import clock
from thecal.clinic import settings as settings_module
from thecal.clinic.access import second_factor, sessions
from thecal.clinic.access.guard import page
from thecal.clinic.access_rules import access_time
from thecal.clinic.models import Membership, Role, User
from thecal.clinic.urls import handler403, handler404, handler500
from thecal.data import rows

MINUTE = timedelta(minutes=1)


@page("write to pumps")
def change_therapy(request) -> HttpResponse:
    return HttpResponse("done")


@page("stop therapy")
def stop_therapy(request) -> HttpResponse:
    return HttpResponse("stopped")


urlpatterns = [
    path("change-therapy/", change_therapy),
    path("stop-therapy/", stop_therapy),
    path("", include("thecal.clinic.urls")),
]
__all__ = ["handler403", "handler404", "handler500"]


class Hand:
    """Moves the clock of the clinic."""

    def __init__(self) -> None:
        self.now: datetime = clock.now()

    def on(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Hand:
    moved = Hand()
    monkeypatch.setattr(clock, "now", lambda: moved.now)
    return moved


def is_in(browser: Client) -> bool:
    return browser.get(reverse("own account")).status_code == 200


def test_a_session_ends_after_a_quarter_of_an_hour_without_a_request(world, hand: Hand) -> None:
    browser = world.browser(Role.NURSE)
    for _ in range(4):
        hand.on(14 * MINUTE)
        assert is_in(browser)
    hand.on(15 * MINUTE)
    answer = browser.get(reverse("patients"), follow=True)
    assert answer.redirect_chain[0][0] == f"{reverse('login')}?next={reverse('patients')}"
    assert "Your session is over: nothing was done" in answer.content.decode()
    assert kinds(world.clinic) == ["account.session_over"]


def test_a_session_never_lasts_longer_than_a_working_day(world, hand: Hand) -> None:
    browser = world.browser(Role.NURSE)
    for _ in range(59):
        hand.on(10 * MINUTE)
        assert is_in(browser)
    hand.on(10 * MINUTE)
    assert not is_in(browser)


def test_what_was_sent_after_the_end_is_not_carried_out_and_says_so(world, hand: Hand) -> None:
    browser = world.browser(Role.NURSE)
    hand.on(15 * MINUTE)
    answer = browser.post(reverse("patients"), {"search": "ada"}, follow=True)
    assert "not carried out" in answer.content.decode()
    assert "Ada" not in answer.content.decode()


def test_a_part_of_a_page_leads_the_whole_page_to_the_login(world, hand: Hand) -> None:
    browser = world.browser(Role.NURSE)
    hand.on(15 * MINUTE)
    answer = browser.get(reverse("patients"), headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"].startswith(reverse("login"))


def test_typing_keeps_a_session_alive(world, hand: Hand) -> None:
    browser = world.browser(Role.NURSE)
    for _ in range(30):
        hand.on(MINUTE)
        assert browser.post(reverse("still here")).status_code == 204
    assert is_in(browser)


def test_a_session_that_does_not_say_when_it_began_is_over(world) -> None:
    browser = world.browser(Role.NURSE)
    session = browser.session
    del session[sessions.BEGAN]
    session.save()
    assert not is_in(browser)


@pytest.mark.req("U02")
def test_nothing_done_for_three_minutes_after_login_means_to_log_in_again(world, hand) -> None:
    browser = logged_in_by_both(world)
    hand.on(3 * MINUTE)
    assert not is_in(browser)
    browser = logged_in_by_both(world)
    hand.on(2 * MINUTE)
    assert is_in(browser)
    hand.on(3 * MINUTE)
    assert is_in(browser)


def logged_in_by_both(world) -> Client:
    """Return somebody who has just come to the first page."""
    browser, user = Client(), world.people[Role.NURSE].user
    key = second_factor.enrol(user)
    give_password(browser)
    landed = give_code(browser, second_factor.current_code(key))
    browser.get(landed.url)
    return browser


@pytest.mark.req("U02")
@override_settings(ROOT_URLCONF=__name__)
def test_a_draft_that_lay_for_ten_minutes_is_discarded_and_a_stop_never(world, hand: Hand) -> None:
    browser = world.browser(Role.NURSE)
    session = browser.session
    session[sessions.DRAFT + "program"] = "a draft"
    session.save()
    hand.on(9 * MINUTE)
    assert browser.post("/change-therapy/").status_code == 200
    assert sessions.DRAFT + "program" in browser.session
    hand.on(10 * MINUTE)
    refused = browser.post("/change-therapy/")
    assert refused.status_code == 422
    assert "this draft was discarded" in refused.content.decode()
    assert sessions.DRAFT + "program" not in browser.session
    hand.on(10 * MINUTE)
    assert browser.post("/stop-therapy/").status_code == 200


@pytest.mark.req("U02")
@override_settings(ROOT_URLCONF=__name__)
def test_pages_tell_the_browser_when_to_remind_discard_and_end(world) -> None:
    shown = world.browser(Role.NURSE).get(reverse("own account")).content.decode()
    for attribute in ('idle-reminder="300"', 'idle-drafts="600"', 'idle-end="900"'):
        assert attribute in shown


def test_a_deactivated_account_a_lost_membership_and_a_new_role_count_at_once(world) -> None:
    nurse = world.people[Role.NURSE]
    browser = world.browser(Role.NURSE)
    Membership.objects.filter(pk=nurse.pk).update(role=Role.ADMINISTRATOR)
    assert browser.get(reverse("patients")).status_code == 403
    Membership.objects.filter(pk=nurse.pk).update(active=False)
    assert browser.get(reverse("own account")).url == reverse("choose clinic")
    User.objects.filter(pk=nurse.user.pk).update(is_active=False)
    assert browser.get(reverse("own account")).url.startswith(reverse("login"))


def test_what_an_administrator_takes_away_ends_the_sessions_that_began_before(world, hand) -> None:
    browser = world.browser(Role.NURSE)
    hand.on(MINUTE)
    User.objects.filter(username="nurse-1").update(sessions_from=hand.now)
    assert not is_in(browser)
    assert is_in(world.browser(Role.NURSE))


def test_every_limit_of_the_settings_stands_in_a_table_with_its_source() -> None:
    """No figure of a time or a count of errors is typed into the settings."""
    source = Path(settings_module.__file__).read_text(encoding="utf-8")
    typed = [
        ast.unparse(call)
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) == "timedelta"
        and any(isinstance(word.value, ast.Constant) for word in call.keywords)
    ]
    assert typed == []
    assert {row["rule"] for row in rows("access_rules")} == {
        "session",
        "login",
        "emergency",
        "packet",
        "own-login",
    }
    assert all(row["source"] and row["note"] for row in rows("access_rules"))
    assert access_time("session", "longest") == settings_module.SESSION_LONGEST
    assert within("U02", "draft-kept") == settings_module.SESSION_DRAFTS
