"""The patient's pages in a real browser: plots, what htmx fetches, a correction by hand."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect, sync_playwright

from thecal.clinic.models import Role

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture
def opened(live_server, committed, world, monkeypatch) -> Iterator[tuple[Page, list[str]]]:
    """A page of a logged-in physician, and what its console complained of."""
    # Playwright's own loop runs in this thread; Django would refuse to touch the database.
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    key = world.browser(Role.PHYSICIAN).cookies["sessionid"].value
    complaints: list[str] = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(
            base_url=live_server.url, viewport={"width": 400, "height": 800}
        )
        context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda one: complaints.append(one.text) if one.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        yield page, complaints
        browser.close()


def test_plots_are_drawn_under_the_strict_policy_and_nothing_is_wider_than_a_telephone(
    opened, world
) -> None:
    page, complaints = opened
    page.goto(reverse("charts", args=[world.patient.pk]))
    expect(page.locator(".plot canvas")).to_have_count(page.locator(".plot").count())
    assert page.locator(".plot").count() >= 3
    for name in ("patient", "charts", "record", "program now", "exports", "body"):
        page.goto(reverse(name, args=[world.patient.pk]))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    assert complaints == []


def test_the_overview_fetches_the_findings_that_were_not_made_yet(opened, world) -> None:
    page, complaints = opened
    page.goto(reverse("patient", args=[world.patient.pk]))
    expect(page.get_by_role("heading", name="On what is in the pump now")).to_be_visible()
    assert complaints == []


def test_a_correction_as_a_person_makes_it(opened, world) -> None:
    page, complaints = opened
    page.goto(reverse("record", args=[world.patient.pk]) + "?sort=therapy.event:fill")
    page.get_by_role("link", name="correct entry").first.click()
    page.get_by_label("volume", exact=True).fill("37 mL")
    page.get_by_label("Why was it wrong").fill("misread the syringe")
    page.get_by_role("button", name="Show what would follow").click()
    expect(page.get_by_role("heading", name="What would follow")).to_be_visible()
    page.get_by_role("button", name="Write the correction").click()
    expect(page.get_by_role("heading", name="Record")).to_be_visible()
    expect(page.get_by_text("Why: misread the syringe")).to_be_visible()
    page.get_by_role("link", name="The entry that it corrects").click()
    assert page.locator("del").count() == 2
    assert complaints == []
