"""An emergency, from the sheet to the pump that runs again; and a stop from a page gone old."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from browser.hands import fill_in, form_of, page_of, printed, record_of, says, send
from browser.paper import text_of_pdf
from browser.sight import NARROW, looked_at

NELE, STELLA = "Nele Notfall", "Stella Stopp"


@pytest.mark.inventory("E7")
def test_the_sheet_is_printed_the_pump_stopped_written_down_and_resumed(person) -> None:
    nurse, physician = person("nurse"), person("dr.demo")
    page = page_of(nurse, NELE, "Emergency")
    assert "An injection pushes that out at once" in looked_at(page)
    page.get_by_role("link", name="Sheet to print").click()
    assert "baclofen" in text_of_pdf(printed(page))
    page.go_back()
    page.get_by_role("link", name="Stop the pump").click()
    page.get_by_role("button", name="Stop now").click()
    says(page, "The pump gives no therapy now.")
    page.get_by_label("Why the therapy was stopped").fill("cannot be woken")
    page.get_by_role("button").last.click()
    expect(page.get_by_role("heading", level=1, name="Pump report")).to_be_visible()

    page = page_of(nurse, NELE, "Emergency")
    assert "STOPPED" in looked_at(page)
    answers = {"What it is": "overdose", "airway, breathing, circulation looked after": True}
    answers |= {"pump stopped": True, "What has to be followed up": "call the ward tonight"}
    send(form_of(page, "What was done"), "Write it down", answers)
    says(page, "On record")

    page = page_of(physician, NELE, "Programming")
    page.get_by_role("button", name="Read the pump").click()
    page.get_by_role("link", name="Go on with the stopped program").click()
    looked_at(page)
    for answer in page.get_by_label(re.compile("^Reason for")).all():
        answer.fill("awake, four hours watched")
    page.get_by_role("button", name="Check", exact=True).click()
    matched = {"matched by name": True, "matched by birth date": True}
    fill_in(page, {**matched, "They match this record": True})
    if (again := page.get_by_label("Send this one as well")).count():
        again.check()  # The stop was sent a moment ago.
    send(page, "Sign and send to the pump", {}, physician)
    assert "The pump did it" in says(page, "The pump did it")
    page.get_by_role("button", name="Read once more and end the session").click()
    assert "running its program" in says(page, "running its program")
    waits = looked_at(page_of(physician, NELE, "More", "Tasks, alarms, watches"))
    assert "decide when it runs again" not in waits
    assert "call the ward tonight" in waits
    record = page_of(physician, NELE, "Record").locator("main")
    expect(record).to_contain_text("cannot be woken")


def test_a_stop_from_an_old_page_is_obeyed(person) -> None:
    nurse, physician = person("nurse"), person("dr.demo")
    old = page_of(nurse, STELLA, "Programming")
    old.set_viewport_size(NARROW)
    old.get_by_role("link", name="Stop the pump").click()
    other = page_of(physician, STELLA, "Notes")
    looked_at(other)
    send(other, "Write the note", {"What you saw or heard": "called this morning"})
    says(other, "called this morning")
    old.get_by_role("button", name="Stop now").click()
    says(old, "The pump gives no therapy now.")
    assert "gives no therapy" in record_of(physician, STELLA)
    assert "stopped" in looked_at(page_of(physician, STELLA))
