"""A session ends in the middle of a visit: nothing that was recorded is lost, and it goes on."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from browser.people import come_in
from browser.refill_desk import Visit, put
from browser.serve_later import LATER
from browser.served import Login, Served

PAULA = "Paula Pause"
_FORGET = """
from django_otp.plugins.otp_totp.models import TOTPDevice
TOTPDevice.objects.filter(user__username={username!r}).update(
    last_t=-1, throttling_failure_timestamp=None, throttling_failure_count=0
)
"""


def code_works_again(clinic: Served, login: Login) -> None:
    """Forget which code somebody used last: each works once, and a test does not wait for another.

    Whoever logged in just before this test, or does so just after it, would otherwise meet the
    code of the same half minute.
    """
    clinic.made_by(_FORGET.format(username=login.username))


def come_in_again(page: Page, login: Login) -> None:
    """Log in once more, where the session was over."""
    page.get_by_label("User name").fill(login.username)
    page.get_by_label("Password").fill(login.password)
    page.get_by_role("button", name="Log in").click()
    page.get_by_label("Code").fill(login.code)
    page.get_by_role("button", name="Go on").click()


def test_a_session_that_ends_in_a_visit_loses_nothing_that_was_recorded(
    person, chromium: Browser
) -> None:
    visit = Visit(person, PAULA)
    clinic = visit.nurse.clinic
    login = clinic.logins["dr.demo"]
    with chromium.new_context() as context:
        page = context.new_page()
        code_works_again(clinic, login)
        come_in(page, clinic, login)
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
        code_works_again(clinic, login)
        come_in_again(page, login)
        visit.stands_at("vitals")
        expect(page.locator('[name="heart_rate"]')).to_have_value("")
        visit.looked_at(page)
        visit.record("vitals")
        visit.stands_at("interrogate")
        code_works_again(clinic, login)
