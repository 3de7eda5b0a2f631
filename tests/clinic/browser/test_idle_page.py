"""What a page does by itself in the browser while nobody touches it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

import thecal.clinic

SCRIPT = Path(thecal.clinic.__file__).parent / "static" / "clinic" / "idle.js"
HOST = "http://clinic.example"
PAGE = """<!doctype html><title>x</title>
<body data-idle-reminder="300" data-idle-drafts="600" data-idle-end="900"
 data-still-here="/still-here/" data-start="/start/"{draft}>
<form class="who"><input type="hidden" name="csrfmiddlewaretoken" value="token"></form>
<main id="main"><form><input id="dose" value=""></form></main>
<script src="/idle.js" defer></script></body>"""


@pytest.fixture
def sent() -> list[tuple[str, str | None]]:
    """What the page asked the server: path and token."""
    return []


@pytest.fixture
def open_page(chromium: Browser, sent) -> Iterator:
    """Opens a page, of a therapy or not, with a clock that the test moves."""
    with chromium.new_context() as context:

        def opened(draft: str) -> Page:
            page = context.new_page()
            page.clock.install()

            def answer(route: Route) -> None:
                path = route.request.url.removeprefix(HOST)
                sent.append((path, route.request.headers.get("x-csrftoken")))
                if path == "/idle.js":
                    route.fulfill(body=SCRIPT.read_text(), content_type="text/javascript")
                else:
                    route.fulfill(body=PAGE.replace("{draft}", draft), content_type="text/html")

            page.route("**/*", answer)
            page.goto(f"{HOST}/page/")
            return page

        yield opened


@pytest.mark.req("U02")
def test_a_page_of_a_therapy_reminds_forgets_and_leaves(open_page, sent) -> None:
    page = open_page(' data-draft="yes"')
    page.fill("#dose", "1.5")
    page.clock.run_for("04:58")
    assert page.locator("[role=alert]").count() == 0
    page.clock.run_for("00:05")
    assert "discarded after 10 minutes" in page.inner_text("[role=alert]")
    assert page.input_value("#dose") == "1.5"
    page.clock.run_for("05:00")
    assert page.input_value("#dose") == ""
    assert "was discarded" in page.inner_text("[role=alert]")
    page.clock.run_for("05:00")
    page.wait_for_url(f"{HOST}/start/")


def test_another_page_keeps_what_was_typed_until_the_session_ends(open_page) -> None:
    page = open_page("")
    page.fill("#dose", "a long report")
    page.clock.run_for("14:00")
    assert page.input_value("#dose") == "a long report"
    assert "the session ends after 15 minutes" in page.inner_text("[role=alert]")


def test_typing_takes_the_reminder_away_and_tells_the_server(open_page, sent) -> None:
    page = open_page("")
    page.clock.run_for("06:00")
    assert page.locator("[role=alert]").count() == 1
    page.press("#dose", "1")
    assert page.locator("[role=alert]").count() == 0
    page.press("#dose", "2")
    page.clock.run_for("00:01")
    assert [one for one in sent if one[0] == "/still-here/"] == [("/still-here/", "token")]
