"""Number fields against slips of the hand: rules N1, N2, N3, N8, N9 and N13 in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

QUIRIN = "Quirin Quelle"
REFUSED = {
    ".5": "a leading zero is needed",
    "1,5": "a comma is not read",
    "1e-3": "powers of ten are refused",
    "5\N{MICRO SIGN}": "digits and one point",
    "5 mcg": "digits and one point",
    "-5": "a minus sign is refused",
    "1.0": 'type "1"',
    "12345678": "too many digits",
    "0.1234567": "too many digits",
    "\N{FULLWIDTH DIGIT FIVE}": "digits and one point",
}


@pytest.fixture
def page(person) -> Iterator[Page]:
    """The draft of a program upon a fresh reading."""
    physician = person("dr.demo")
    page = physician.open(physician.patient(QUIRIN) + "programming/")
    page.get_by_role("button", name="Read the pump").click()
    expect(page.get_by_role("heading", name="New program")).to_be_visible()
    return page


def dose_of(page: Page) -> Locator:
    return page.get_by_label(re.compile("^Background of"))


@pytest.mark.req("U05")
@pytest.mark.req("U06")
def test_what_is_no_number_is_refused_aloud_and_keeps_its_text(page: Page) -> None:
    dose, verdict = dose_of(page), page.locator("#verdict")
    assert verdict.get_attribute("aria-live") == "polite"
    for typed, why in REFUSED.items():
        dose.fill("")
        page.keyboard.insert_text(typed)  # as pasting does
        expect(verdict.locator(".field-error")).to_contain_text(why)
        expect(verdict).to_contain_text("there is no verdict")
        assert dose.input_value() == typed
        expect(dose).to_have_attribute("aria-invalid", "true")
    page.get_by_role("button", name="Go on to the confirmation").click()
    dose = dose_of(page)
    expect(dose).to_have_attribute("aria-invalid", "true")
    assert dose.input_value() == "\N{FULLWIDTH DIGIT FIVE}"
    said = page.locator(f"#{str(dose.get_attribute('aria-describedby')).split()[-1]}")
    expect(said).to_contain_text("is not a number")


@pytest.mark.req("U05")
def test_out_of_range_says_the_limit_and_whose_and_never_changes_the_text(page: Page) -> None:
    dose_of(page).fill("900000")
    verdict = page.locator("#verdict")
    expect(verdict).to_contain_text("This program is refused")
    expect(verdict.get_by_text("Whose limit:").first).to_be_visible()
    expect(verdict.get_by_text("Held against:").first).to_be_visible()
    assert dose_of(page).input_value() == "900000"
    page.get_by_role("button", name="Go on to the confirmation").click()
    expect(page.get_by_text("cannot be signed")).to_be_visible()
    expect(page.get_by_role("button", name="Sign the order")).to_have_count(0)


@pytest.mark.req("U05")
def test_neither_wheel_nor_arrows_nor_the_browser_fill_in_a_figure(page: Page) -> None:
    dose = dose_of(page)
    before = dose.input_value()
    dose.hover()
    dose.focus()
    page.mouse.wheel(0, 300)
    for key in ("ArrowUp", "ArrowDown", "PageUp", "PageDown"):
        page.keyboard.press(key)
    assert dose.input_value() == before
    fields = page.locator("input[inputmode=decimal]")
    assert fields.count() >= 5
    for one in fields.all():
        assert (one.get_attribute("type"), one.get_attribute("autocomplete")) == ("text", "off")
