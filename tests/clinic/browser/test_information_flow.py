"""A patient reads what holds for the own pump and says it in own words; the nurse confirms it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from browser.hands import page_of, says
from browser.sight import NARROW, looked_at

ADA = "Ada Example"
TOPIC = "Before any MRI: tell the pump clinic first"


@pytest.mark.inventory("S3.8")
@pytest.mark.inventory("S3.24")
def test_a_patient_reads_prints_and_answers_and_the_nurse_confirms(person) -> None:
    page = person("patient").open("/my/information/")
    page.set_viewport_size(NARROW)
    page.get_by_role("link", name="Before a scan", exact=True).click()
    assert "HAS TO READ your pump after the scan" in looked_at(page)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Print (PDF)").click()
    assert saved.value.suggested_filename == "scan.en.pdf"
    page.get_by_role("link", name="All pages about your pump").click()
    page.get_by_role("link", name="What you know of your pump").click()
    topic = page.get_by_role("region", name=TOPIC)
    topic.locator("summary").click()
    topic.get_by_label("In your own words", exact=True).fill("I call my clinic before it is booked")
    topic.get_by_role("button").click()
    page.get_by_role("region", name=TOPIC).get_by_role("alert").wait_for()
    asked = page.get_by_role("region", name=TOPIC)
    expect(asked.get_by_label("In your own words", exact=True)).to_have_value(
        "I call my clinic before it is booked"
    )
    looked_at(page)
    asked.get_by_label("I know this").check()
    asked.get_by_role("button").click()
    says(page, "Your clinic sees it at your next visit")
    staff = page_of(person("nurse"), ADA, "More", "Information for the patient, education")
    looked_at(staff)
    staff.get_by_role("link", name="Education: told in own words").click()
    assert "I call my clinic before it is booked" in looked_at(staff)
    staff.get_by_role("group", name="Told in own words").get_by_label(TOPIC).check()
    staff.get_by_role("button", name="Write it down").click()
    says(staff, "Written down.")
    again = person("patient").open("/my/information/learning/")
    expect(again.get_by_role("region", name=TOPIC)).to_contain_text("confirmed by your clinic on")
