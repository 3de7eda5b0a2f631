"""The visit for a scan: cleared, scanned, read until the pump is seen running; and one emptied."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from browser.hands import ago, fill_in, form_of, page_of, record_of, says, send
from browser.sight import looked_at

MONA, LEO = "Mona Magnet", "Leo Leerung"
BEFORE = {
    "Field of the scanner": "1.5",
    "How the drug is replaced while it is interrupted": "tablets",
    "Reason, where a question below stands": "decided with the neurologist",
}


def ticked(page: Page) -> None:
    """Tick everything that is to be done before."""
    for box in form_of(page, "Before the scan").get_by_role("checkbox").all():
        box.check()


@pytest.mark.inventory("W12")
def test_a_rotor_is_cleared_scanned_and_seen_running_before_the_visit_is_closed(person) -> None:
    physician = person("dr.demo")
    page = page_of(physician, MONA, "More", "MRI visit")
    looked_at(page)
    ticked(page)
    send(form_of(page, "Before the scan"), "Sign: the scan may take place", BEFORE, physician)
    says(page, "Signed: the scan may take place")
    answers = {"When the scan ended": ago(60), "How long it lasted": "30"}
    send(form_of(page, "The scan is over"), "Write the scan down", answers)
    says(page, "Readings after the scan")
    close = form_of(page, "Close the visit")
    send(close, "Sign: the pump runs again", {}, physician)
    assert "no reading shows the pump running" in says(page, "no reading shows the pump running")
    page.get_by_role("button", name="Read the pump by telemetry").click()
    assert "does not show that the pump runs again" in looked_at(page)
    answers = {"When it was read": ago(5), "Did it run": "yes"}
    send(form_of(page, "It was read by hand"), "Write the reading down", answers)
    says(page, "seen running after the scan")
    for box in form_of(page, "Close the visit").get_by_role("checkbox").all():
        box.check()
    send(form_of(page, "Close the visit"), "Sign: the pump runs again", {}, physician)
    says(page, "The visit is closed.")
    assert "Pathway: maintenance" in looked_at(page_of(physician, MONA, "Pathway"))
    assert "MRI visit closed" in record_of(physician, MONA)


@pytest.mark.req("K19")
@pytest.mark.inventory("W13")
def test_a_pump_with_valves_is_emptied_before_the_scan_may_be_signed_for(person) -> None:
    physician = person("dr.demo")
    page = page_of(physician, LEO, "More", "MRI visit")
    assert "K19" in looked_at(page)
    ticked(page)
    before = {**BEFORE, "Largest spatial gradient of the scanner, in G/cm": "1900"}
    send(form_of(page, "Before the scan"), "Sign: the scan may take place", before, physician)
    says(page, "something below stands against the scan")
    held = page.locator("main strong", has_text="holds drug")
    expect(held).to_be_visible()
    answers = {"Volume drawn": "12", "When": ago(40), "Witness of the drug's destruction": "N. N."}
    send(form_of(page, "The reservoir was emptied"), "Write the emptying down", answers)
    says(page, "holds no drug")
    ticked(page)
    fill_in(form_of(page, "Before the scan"), before)
    send(form_of(page, "Before the scan"), "Sign: the scan may take place", {}, physician)
    says(page, "Signed: the scan may take place")
    answers = {"When the scan ended": ago(10), "How long it lasted": "25"}
    send(form_of(page, "The scan is over"), "Write the scan down", answers)
    assert "none yet" in says(page, "Readings after the scan")
    answers = {"When it was read": ago(5), "Did it run": "no, or not seen"}
    send(form_of(page, "It was read by hand"), "Write the reading down", answers)
    says(page, "not seen running")
    send(form_of(page, "Close the visit"), "Sign: the pump runs again", {}, physician)
    says(page, "no reading shows the pump running")
    record = record_of(physician, LEO)
    assert "MRI visit signed" in record
    assert "Scan over" in record
    assert "Pathway: scan" in looked_at(page_of(physician, LEO, "Pathway"))
