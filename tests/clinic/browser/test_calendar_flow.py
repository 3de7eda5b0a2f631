"""Appointments end to end: a late hour refused, an hour in time booked, a calendar proposed."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from playwright.sync_api import expect

from browser.hands import form_of, page_of, says, send
from browser.sight import looked_at

QUIRIN = "Quirin Quelle"


@pytest.mark.inventory("S0.21")
def test_a_patient_is_called_and_booked_and_the_calendar_shows_the_visit(person) -> None:
    nurse = person("nurse")
    page = page_of(nurse, QUIRIN, "More", "Appointments")
    text = looked_at(page)
    assert "nurse: call the patient" in text
    last = re.search(r"Refill by \w+, \d+ \w+ \d+, (\d\d):(\d\d)", text)
    assert last, text
    tried = {"Whom": "patient", "How": "telephone", "Reached": "yes", "What came of it": "comes"}
    send(form_of(page, "A call about the refill"), "Write down the call", tried)
    assert "nurse: call the patient" not in says(page, "Written down.")

    by = page.locator("input[name=day]").evaluate("(one) => one.parentElement.innerText")
    day = re.search(r"until \w+, (\d+) (\w+) (\d+)", by.replace("\u00a0", " "))
    assert day, by
    iso = _iso(*day.groups())
    booking = {"Day": iso, "Time": "23:59", "Where": "clinic"}
    send(form_of(page, "Book an appointment"), "Book", booking)
    assert "is after the refill-by time" in says(page, "This was not accepted")
    expect(page.get_by_label("Time", exact=False).first).to_have_value("23:59")
    booking = {"Time": f"{int(last[1]) - 1:02}:{last[2]}"}
    send(form_of(page, "Book an appointment"), "Book", booking)
    if page.get_by_label("Why it is booked all the same").count():
        why = {"Why it is booked all the same": "the only day that they can come"}
        send(form_of(page, "Book an appointment"), "Book", why, nurse)
    says(page, "The next visit stands:")

    page.get_by_role("link", name="Calendar", exact=True).click()
    text = looked_at(page)
    assert "Visits by week" in text
    assert QUIRIN not in page.get_by_role("region", name="Who is not booked").inner_text()


def test_a_calendar_is_proposed_looked_at_and_confirmed(person) -> None:
    nurse = person("nurse")
    page = nurse.open("/calendar/proposal/")
    page.get_by_role("button", name=re.compile("Propose")).click()
    expect(page.get_by_text("Proposal beside first-come planning").first).to_be_visible(
        timeout=90_000
    )
    text = looked_at(page)
    assert "above the best possible" in text
    assert "Who has no place in it, and why" in text
    boxes = page.get_by_role("checkbox", name=re.compile("^Book "))
    assert boxes.count()
    name = (boxes.first.get_attribute("aria-label") or "").removeprefix("Book ")
    boxes.first.check()
    page.get_by_role("button", name="Book those that are ticked").click()
    says(page, "Booked: 1.")
    stands = looked_at(page_of(nurse, name, "More", "Appointments"))
    assert "The next visit stands:" in stands


def _iso(day: str, month: str, year: str) -> str:
    named = datetime.strptime(f"{day} {month} {year} +0000", "%d %B %Y %z")
    return named.date().isoformat()
