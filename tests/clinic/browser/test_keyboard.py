"""The work by keyboard alone: log in, find a patient, change a dose, hear the verdict, stop."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from browser.people import Watch

ROSA = "Rosa Rechnung"
_SEEN = """() => {
  const one = document.activeElement, look = getComputedStyle(one);
  const box = one.getBoundingClientRect();
  const x = Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  return {
    words: (one.labels && one.labels.length ? one.labels[0].innerText
      : one.getAttribute("aria-label") || one.innerText || "").trim(),
    tag: one.tagName,
    outlined: look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2,
    uncovered: box.bottom > 0 && box.top < innerHeight
      && (one.contains(top) || Boolean(top && top.contains(one)) || one.tagName === "SUMMARY"),
  };
}"""
MOST_STEPS = 90


def tab_to(page: Page, words: str, *, key: str = "Tab") -> None:
    """Press Tab until what begins with these words has the focus, which is always seen."""
    passed = []
    for _ in range(MOST_STEPS):
        page.keyboard.press(key)
        here = page.evaluate(_SEEN)
        if here["tag"] == "BODY":
            continue
        assert here["outlined"], f"the focus is not seen on {here}"
        assert here["uncovered"], f"the focus is covered on {here}"
        passed.append(here["words"])
        if here["words"].lower().startswith(words.lower()):
            return
    raise AssertionError(f"Tab never reaches {words!r}, only {passed}")


def test_a_dose_is_changed_and_the_pump_stopped_by_keyboard_alone(
    chromium: Browser, clinic, person
) -> None:
    login = clinic.logins["dr.second"]
    with chromium.new_context(viewport={"width": 1280, "height": 900}) as context:
        watch = Watch(clinic.address)
        watch.over(context)
        page = context.new_page()
        page.goto(clinic.address + "/patients/")
        tab_to(page, "User name")
        page.keyboard.type(login.username)
        tab_to(page, "Password")
        page.keyboard.type(login.password)
        enter(page, "Second factor")
        tab_to(page, "Code")
        page.keyboard.type(login.code)
        enter(page, "Patients")
        tab_to(page, "Name or number")
        page.keyboard.type(ROSA.split()[0])
        with page.expect_navigation():
            page.keyboard.press("Enter")
        tab_to(page, ROSA)
        enter(page, "Overview")
        tab_to(page, "Programming")
        enter(page, "Programming")
        skip_to_the_content(page)
        tab_to(page, "Read the pump")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        tab_to(page, "Background of")
        page.keyboard.press("Control+A")
        page.keyboard.type("1")
        expect(page.locator("#verdict")).to_contain_text("Each day's total of every drug")
        tab_to(page, "Go on to the confirmation")
        tab_to(page, "Stop the pump", key="Shift+Tab")
        enter(page, f"Stop the pump of {ROSA}")
        tab_to(page, "Stop now")
        page.keyboard.press("Enter")
        expect(page.get_by_text("The pump gives no therapy now.")).to_be_visible()
        assert watch.faults == []


def enter(page: Page, heading: str) -> None:
    """Press Enter and wait for the page that follows."""
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()


def skip_to_the_content(page: Page) -> None:
    """The first stop of every page leads past header and tabs."""
    page.keyboard.press("Tab")
    here = page.evaluate(_SEEN)
    assert here["words"] == "Skip to the content"
    assert here["uncovered"]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


@pytest.mark.parametrize("path", ["/", "/patients/", "/checks/", "/account/"])
def test_the_focus_comes_round_and_is_never_trapped(person, path: str) -> None:
    page = person("nurse").open(path)
    stops = page.locator(
        "a[href]:visible, button:visible, input:visible:not([type=hidden]), select:visible,"
        " textarea:visible, summary:visible, [tabindex='0']:visible"
    ).count()
    for _ in range(stops + 1):
        page.keyboard.press("Tab")
    reached = page.evaluate("document.activeElement.tagName")
    assert reached in ("BODY", "A"), f"the focus hangs on {reached}"
