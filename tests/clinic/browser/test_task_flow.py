"""A task stands on Today until somebody says what was done; Today leads to every page it names."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import expect

from browser.hands import record_of, says
from browser.sight import looked_at

ANTON = "Anton Aufgabe"
WHAT = "the length of the catheter is not known"
_SOMEBODY = re.compile(r"^/patients/[^/]+/")


def test_a_task_is_met_on_today_closed_with_what_was_done_and_gone(person) -> None:
    nurse = person("nurse")
    page = nurse.open("/")
    page.locator("tr", has_text=ANTON).get_by_role("link", name=WHAT).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tasks, alarms and watches")
    looked_at(page)
    form = page.locator("main form").filter(has_text=WHAT)
    form.get_by_role("button", name="Close the task").click()
    expect(form.locator(":focus")).to_have_attribute("required", "")
    form.get_by_label("What was done").fill("measured on the film of March: 89 cm")
    form.get_by_role("button", name="Close the task").click()
    says(page, "Nothing waits here")
    today = nurse.open("/").locator("tr", has_text=ANTON).all_inner_texts()
    assert not [one for one in today if WHAT in one]
    assert "measured on the film of March" in record_of(nurse, ANTON)


def test_today_leads_to_every_page_that_it_names(person) -> None:
    physician = person("dr.demo")
    page = physician.open("/")
    ways: dict[str, str] = {}
    for link in page.locator("main tbody").get_by_role("link").all():
        address = str(link.get_attribute("href"))
        if _SOMEBODY.match(address):
            ways.setdefault(_SOMEBODY.sub("", address), address)
    assert {"", "refill/", "tasks/", "programming/", "replacement/"} <= set(ways)
    for address in ways.values():
        page.locator(f"main a[href='{address}']").first.click()
        expect(page.get_by_role("region", name="Patient")).to_be_visible()
        assert urlsplit(page.url).path == address
        page.go_back()
