"""What was typed and not sent is not lost without a word; a stop and a session's end never wait."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page, Route

import thecal.clinic

SCRIPT = Path(thecal.clinic.__file__).parent / "static" / "clinic" / "unsent.js"
HOST = "http://clinic.example"
PAGE = """<!doctype html><title>x</title><body>
<a id="away" href="/away/">Documents</a> <a id="stop" class="button stop" href="/stop/">Stop</a>
<form method="post" action="/sent/"><input type="hidden" name="seen" value="3">
<input id="volume" name="volume" value="38"><button>Record</button></form>
<form method="post" action="/found/"><input id="search" name="search"></form>
<script src="/unsent.js" defer></script></body>"""


@pytest.fixture
def asked() -> list[str]:
    """The questions that the browser put, by kind."""
    return []


@pytest.fixture
def page(chromium: Browser, asked: list[str]) -> Iterator[Page]:
    """A page of the clinic in a browser whose person stays where the browser asks."""

    def answer(route: Route) -> None:
        if route.request.url == f"{HOST}/unsent.js":
            route.fulfill(body=SCRIPT.read_text(), content_type="text/javascript")
        else:
            route.fulfill(body=PAGE, content_type="text/html")

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    with chromium.new_context() as context:
        page = context.new_page()
        page.route("**/*", answer)
        page.on("dialog", stay)
        page.goto(f"{HOST}/visit/")
        yield page


def leaves(page: Page, by: str) -> bool:
    """Press something that leads away; return whether it led away."""
    before = page.url
    page.locator(by).click(no_wait_after=True)
    page.wait_for_timeout(500)
    return page.url != before


def test_leaving_by_a_link_asks_and_what_was_typed_stays(page: Page, asked: list[str]) -> None:
    page.locator("#volume").press_sequentially("5")
    assert not leaves(page, "#away")
    assert asked == ["beforeunload"]
    assert page.input_value("#volume") == "538"


def test_where_nothing_was_typed_nothing_is_asked(page: Page, asked: list[str]) -> None:
    page.locator("#volume").click()
    assert leaves(page, "#away")
    assert asked == []


def test_what_is_sent_is_not_asked_about(page: Page, asked: list[str]) -> None:
    page.locator("#volume").press_sequentially("5")
    assert leaves(page, "button")
    assert asked == []


def test_a_search_is_not_asked_about(page: Page, asked: list[str]) -> None:
    page.locator("#search").press_sequentially("Ada")
    assert leaves(page, "#away")
    assert asked == []


def test_stopping_is_never_held_up_by_it(page: Page, asked: list[str]) -> None:
    page.locator("#volume").press_sequentially("5")
    assert leaves(page, "#stop")
    assert asked == []


def test_the_end_of_a_session_leaves_nobodys_data_on_the_screen(
    page: Page, asked: list[str]
) -> None:
    page.locator("#volume").press_sequentially("5")
    page.evaluate("document.dispatchEvent(new Event('session-over'))")
    assert leaves(page, "#away")
    assert asked == []
