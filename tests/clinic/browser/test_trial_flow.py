"""A trial from the assessment to the verdict and its letter, by two people."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from browser.hands import form_of, printed, record_of, says, send
from browser.paper import text_of_pdf
from browser.sight import looked_at
from browser.trial_room import AS_READ, checked, given_and_scored, ordered, planned

BEA = "Bea Bolus"


@pytest.mark.req("K24")
@pytest.mark.inventory("W21")
def test_a_dose_is_checked_given_scored_and_judged(person) -> None:
    physician, nurse = person("dr.demo"), person("nurse")
    page = planned(physician, BEA)
    ordered(page, **{"Strength of the stock": "10"})
    assert "10 times the dose" in says(page, "Nothing was ordered.")
    send(form_of(page, "Order a dose"), "Order", {"Strength of the stock": "1"})
    says(page, "It waits for a second person")

    wrong = checked(nurse, BEA, {**AS_READ, "Dose": "2"})
    expect(wrong.locator(".message.error").first).to_be_visible()
    expect(checked(nurse, BEA).get_by_text("All values agree")).to_be_visible()
    given_and_scored(page, before="8", after="3")
    assert "Trial: passed" in looked_at(page)
    said = {"What the patient says, in their own words": "I slept", "Tip wanted": "T10"}
    send(form_of(page, "What the patient says, and the hand-over"), "Write down", said)
    says(page, "I slept")
    _papers(page)
    assert "trial" in record_of(physician, BEA).lower()


def _papers(page: Page) -> None:
    for title in (
        "Chart of the trial",
        "Protokoll der Testphase",
        "Decision on the trial",
        "Entscheidung nach der Testphase",
        "Hand-over from the trial",
        "Übergabe nach der Testphase",
    ):
        page.get_by_role("link", name=title, exact=True).click()
        assert title in looked_at(page)
        assert title in text_of_pdf(printed(page))
        page.go_back()
