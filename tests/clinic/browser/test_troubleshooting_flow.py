"""A case of trouble: findings, the next test, what may not be done blind, and the verdict."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from browser.hands import day, form_of, page_of, record_of, says, send
from browser.sight import looked_at

SARA = "Sara Suche"
_RESIDUAL = "Residual: what did the syringe draw against the expected volume"
_ROTOR = "Rotor study: does the rotor move with a programmed bolus"
_CT = (
    "CT or isotope: what do CT, or an isotope in the reservoir, show of catheter and tip; nothing"
    " through the access port"
)


@pytest.mark.req("K17")
def test_a_case_is_opened_tested_answered_and_closed(person) -> None:
    physician = person("dr.demo")
    page = page_of(physician, SARA, "More", "Troubleshooting")
    looked_at(page)
    send(form_of(page, "A new case"), "Open the case", {"What is wrong": "no effect for a week"})
    says(page, "no effect for a week")

    noted(page, {_RESIDUAL: "above"})
    said = says(page, "do not restart or raise")
    assert "What may be wrong, the likeliest first" in said
    assert "What to find out next" in said

    answers = {"Examination": "CT or isotope", "By when": day(2)}
    send(form_of(page, "Order an examination"), "Order it", answers)
    says(page, "CT or isotope is ordered; a task waits for it.")
    waits = page_of(physician, SARA, "More", "Tasks, alarms, watches")
    assert "CT or isotope for troubleshooting" in waits.locator("main").inner_text()
    blind = {
        "Cause": "no cause was found",
        "What follows": "go on at the same dose",
        "What was found and decided": "looked at everything",
        "Reason, where a question stands": "the patient wants it",
    }
    send(form_of(page, "Verdict"), "Sign and close the case", blind, physician)
    assert "K17" in says(page, "something above stands against this verdict")

    noted(page, {_CT: "flows", _ROTOR: "moves"})
    expect(page.get_by_role("table", name="What is known")).to_contain_text("flows")
    send(form_of(page, "Verdict"), "Sign and close the case", blind, physician)
    says(page, "No case is open.")
    waits = page_of(physician, SARA, "More", "Tasks, alarms, watches")
    assert "CT or isotope for troubleshooting" not in waits.locator("main").inner_text()
    record = record_of(physician, SARA)
    assert "looked at everything" in record
    assert "no effect for a week" in record
    assert "Pathway: maintenance" in page_of(physician, SARA, "Pathway").locator("h1").inner_text()


def noted(page: Page, found: dict[str, str]) -> None:
    """Note findings; each is asked as a question."""
    send(form_of(page, "Findings"), "Write the findings down", found)
