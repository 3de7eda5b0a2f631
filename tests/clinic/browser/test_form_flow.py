"""A form is filled in by its labels, refused where it is wrong, signed, and printed."""

from __future__ import annotations

from playwright.sync_api import expect

from browser.hands import ago, fill_in, page_of, printed, record_of, says, send
from browser.paper import text_of_pdf
from browser.sight import looked_at

FANNY = "Fanny Formular"
NEAR_MISS = {
    "Happened at": ago(90),
    "Noticed at": ago(60),
    "Near miss: it did not reach the patient": "yes",
    "Problem": "information",
    "What happened, in order": "The label of another patient lay in the kit.",
    "What was done": "Both names were read aloud, the kit was sent back.",
    "look-alike kits or labels": True,
    "A check of the software was shown": "no",
    "Report to the regulator": "not needed",
    "Reported by": "Nils Nurse",
}


def test_a_near_miss_is_reported_corrected_signed_and_printed(person) -> None:
    nurse = person("nurse")
    page = page_of(nurse, FANNY, "Forms")
    looked_at(page)
    page.get_by_role("link", name="Fill in of F14", exact=True).click()
    looked_at(page)
    fill_in(page, {**NEAR_MISS, "Happened at": ""})
    kinds = page.get_by_label("Type of event").locator("option").all_inner_texts()
    page.get_by_label("Type of event").select_option(kinds[4])
    save = page.get_by_role("button", name="Save, without signing", exact=True)
    save.click()
    expect(page.locator(":focus")).to_have_attribute("required", "")
    fill_in(page, {"Happened at": ago(90)})
    save.click()
    says(page, "not signed")
    send(page, "Sign", {}, nurse)
    says(page, "Nils Nurse")
    for link, words in (("Print in English", "label of another"), ("Auf Deutsch drucken", "Nils")):
        page.get_by_role("link", name=link).click()
        assert words in looked_at(page)
        assert words in text_of_pdf(printed(page))
        page.go_back()
    assert "F14" in record_of(nurse, FANNY)
