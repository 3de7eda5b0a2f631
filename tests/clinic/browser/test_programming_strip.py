"""Steps of a program moved by pointer, verdicts while one types, a stop by keyboard at 400 px."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from browser.hands import page_of, record_of
from browser.people import Person
from browser.sight import NARROW

SVEN = "Sven Streifen"


def read(person: Person) -> Page:
    """Return the draft of a program upon a fresh reading."""
    page = page_of(person, SVEN, "Programming")
    page.get_by_role("button", name="Read the pump").click()
    expect(page.get_by_role("heading", name="New program")).to_be_visible()
    return page


@pytest.mark.req("K8")
def test_the_verdict_follows_the_dose_as_it_is_typed(person) -> None:
    page = read(person("dr.demo"))
    verdict, dose = page.locator("#verdict"), page.get_by_label("Background of morphine")
    dose.fill("50")
    expect(verdict).to_contain_text("This program is refused")
    dose.fill("1.6")
    expect(verdict).not_to_contain_text("This program is refused")


def test_a_step_is_moved_by_its_edge_and_the_fields_follow(person) -> None:
    page = read(person("dr.demo"))
    lasts = page.get_by_label("Lasts of step 1")
    assert lasts.input_value() == "60"
    edge = page.locator('#strip-draft .edge[data-step="0"][data-edge="end"]')
    edge.scroll_into_view_if_needed()
    box = edge.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 80, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    moved = lasts.input_value()
    assert int(moved) > 60
    assert int(moved) % 15 == 0
    expect(page.locator("#verdict")).to_contain_text(f"for {moved}\u00a0min")
    lasts.fill("90")
    expect(page.locator("#verdict")).to_contain_text("for 90\u00a0min")


def test_the_pump_is_stopped_by_the_keyboard_alone_from_a_narrow_page(person) -> None:
    page = read(person("nurse"))
    page.set_viewport_size(NARROW)
    page.get_by_role("link", name="Stop the pump").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Stop now").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Why was it stopped")).to_be_visible()
    assert "gives no therapy" in record_of(person("nurse"), SVEN)
