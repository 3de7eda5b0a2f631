"""What people do on one page after another: they follow words, fill in by label, and sign."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect

from browser.people import Person
from browser.sight import looked_at

_CLINIC = ZoneInfo("Europe/Berlin")
_PDF = b"%PDF-"


def day(ahead: int) -> str:
    """Return a day as many days ahead as a field of a date takes it."""
    return (datetime.now(_CLINIC) + timedelta(days=ahead)).date().isoformat()


def ago(minutes: int) -> str:
    """Return a moment that has passed, as a field of a time takes it."""
    return f"{datetime.now(_CLINIC) - timedelta(minutes=minutes):%Y-%m-%dT%H:%M}"


def page_of(person: Person, patient: str, *words: str) -> Page:
    """Open a patient's page and follow words from there; what lies under "More" is unfolded."""
    page = person.open(person.patient(patient))
    for one in words:
        if one != "More":
            page.get_by_role("link", name=one, exact=True).first.click()
        else:
            page.locator("details.more > summary").click()
    return page


def form_of(page: Page, heading: str) -> Locator:
    """Return the form under a heading."""
    return page.locator("main form").filter(
        has=page.get_by_role("heading", name=heading, exact=True)
    )


def fill_in(form: Locator | Page, answers: Mapping[str, str | bool]) -> None:
    """Fill fields in by their labels, which may go on with a hint; True ticks a box."""
    for label, answer in answers.items():
        words = re.compile(rf"^\s*{_whole(label)}(\s*\(.*\))?\s*$")
        field = form.get_by_label(words)
        if answer is True:
            field.check()
        elif field.evaluate("(one) => one.tagName") == "SELECT":
            field.select_option(str(answer))
        else:
            field.fill(str(answer))


def send(
    form: Locator | Page, button: str, answers: Mapping[str, str | bool], who: Person | None = None
) -> None:
    """Fill a form in, sign it where somebody signs, and send it."""
    fill_in(form, answers)
    if who is not None:
        form.get_by_label("Your password").fill(who.login.password)
    form.get_by_role("button", name=button, exact=True).click()


def says(page: Page, words: str) -> str:
    """Wait for words of a page, look at it, and return all it says."""
    expect(page.locator("main")).to_contain_text(re.compile(_whole(words)))
    return looked_at(page)


def _whole(words: str) -> str:
    """Return a pattern of words; before a unit stands a space that no line parts."""
    return re.escape(words).replace(r"\ ", r"\s")


def printed(page: Page, button: str = "Print as PDF") -> bytes:
    """Press the button that prints and return the PDF that is saved; the page stays where it is."""
    stood = page.url
    with page.expect_download() as waiting:
        page.get_by_role("button", name=button).click()
    assert page.url == stood
    content: bytes = waiting.value.path().read_bytes()
    assert content.startswith(_PDF)
    return content


def record_of(person: Person, patient: str) -> str:
    """Return what the record of a patient says, the newest entry first; it is looked at as well."""
    page = page_of(person, patient, "Record")
    text = looked_at(page)
    page.close()
    return text
