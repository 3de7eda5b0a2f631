"""A whole form filled in at its page, with complete answers, and signed by each who has to."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect
from tests.care.forms.form_examples import complete

from browser.hands import page_of, says, send
from browser.people import Person
from browser.sight import looked_at
from thecal.care.forms import form
from thecal.clinic.flows.form_sheet import ROWS, FormSheet

_ZONE = ZoneInfo("Europe/Berlin")


def filled(
    person: Person, patient: str, name: str, other: Mapping[str, str], *, look: bool = False
) -> Page:
    """Fill a form in, with some controls answered otherwise, save it, and return its page."""
    page = page_of(person, patient, "Forms")
    page.get_by_role("link", name=f"Fill in of {name}", exact=True).click()
    if look:
        looked_at(page)
    typed = FormSheet.from_values(form(name), complete(form(name)), _ZONE).typed | other
    for section in form(name).repeated_sections():
        for _ in range(int(str(typed[ROWS + section.id])) - 1):
            page.locator(f"button[name=add][value='{section.id}']").click()
    for control, answer in typed.items():
        _answer(page, control, answer)
    page.get_by_role("button", name="Save, without signing", exact=True).click()
    expect(page.get_by_role("heading", name="To sign")).to_be_visible()
    return page


def _answer(page: Page, control: str, answer: object) -> None:
    field = page.locator(f"[name='{control}']")
    if isinstance(answer, list):
        for one in answer:
            page.locator(f"[name='{control}'][value='{one}']").check()
    elif field.first.evaluate("(one) => one.tagName") == "SELECT":
        field.select_option(str(answer))
    elif field.first.get_attribute("type") != "hidden" and answer:
        field.fill(str(answer))


def signed(page: Page, person: Person, capacity: str) -> None:
    """Sign a filled form; fails where no rule of the form lets it be signed."""
    if (why := page.get_by_label("Why it may be signed as it is")).count():
        why.fill("looked at, and meant so")
    send(page, "Sign", {"You sign as": capacity}, person)
    says(page, f"is signed as {capacity}.")
