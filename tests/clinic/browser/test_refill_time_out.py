"""A session ends in the middle of a visit: nothing that was recorded is lost, and it goes on."""

from __future__ import annotations

import time

from playwright.sync_api import Browser, Page, expect

from browser.people import come_in
from browser.refill_desk import Visit, put
from browser.serve_later import LATER
from browser.served import Login
from thecal.clinic.access import second_factor

PAULA = "Paula Pause"
_NEXT_CODE = 30
"""Seconds after which an authenticator shows another code: each works once."""


def come_in_again(page: Page, login: Login, monkeypatch) -> None:
    """Log in once more, with the code that the authenticator shows next."""
    page.get_by_label("User name").fill(login.username)
    page.get_by_label("Password").fill(login.password)
    page.get_by_role("button", name="Log in").click()
    now = time.time()
    monkeypatch.setattr(second_factor.time, "time", lambda: now + _NEXT_CODE)
    page.get_by_label("Code").fill(login.code)
    monkeypatch.undo()
    page.get_by_role("button", name="Go on").click()


def test_a_session_that_ends_in_a_visit_loses_nothing_that_was_recorded(
    person, chromium: Browser, monkeypatch
) -> None:
    visit = Visit(person, PAULA)
    login = visit.nurse.clinic.logins["dr.demo"]
    with chromium.new_context() as context:
        page = context.new_page()
        come_in(page, visit.nurse.clinic, login)
        page.goto(visit.page.url)
        visit.page = page
        visit.begin()
        visit.to("vitals")
        put(page, **visit.typed("vitals"))
        page.set_extra_http_headers({LATER: "20"})
        visit.press("Record and go on")
        expect(page.get_by_text("What you sent last was not carried out.")).to_be_visible()
        visit.looked_at(page)
        page.set_extra_http_headers({})
        come_in_again(page, login, monkeypatch)
        visit.stands_at("vitals")
        expect(page.locator('[name="heart_rate"]')).to_have_value("")
        visit.looked_at(page)
        visit.record("vitals")
        visit.stands_at("interrogate")
