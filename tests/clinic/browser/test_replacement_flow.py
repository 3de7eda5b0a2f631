"""The replacement of a pump, planned from the forecast of its battery."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from browser.hands import day, form_of, page_of, record_of, says, send
from browser.people import Person
from browser.sight import looked_at

BODO = "Bodo Batterie"


@pytest.mark.inventory("W25")
def test_a_replacement_is_planned_from_the_forecast_that_today_leads_to(person) -> None:
    physician = person("dr.demo")
    page = physician.open("/")
    row = page.locator("tr", has_text=BODO).filter(has_text="ends its service")
    row.get_by_role("link", name="plan the replacement").click()
    assert "Forecast of the battery" in looked_at(page)
    answers = {
        "Operation planned for": day(400),
        "The catheter": "test it first, then decide",
        "Funding and booking": "asked for",
    }
    send(form_of(page, "A date"), "Write the plan down", answers)
    assert "before that" in says(page, "before that")
    assert "when the pump stops" in tasks_of(physician)
    earlier = {**answers, "Operation planned for": day(60)}
    send(form_of(page, "A date"), "Write the plan down", earlier)
    assert "before that" not in says(page, "The plan is on record")
    assert "when the pump stops" not in tasks_of(physician)
    assert "Pathway: replacement planning" in looked_at(page_of(physician, BODO, "Pathway"))
    assert "asked for" in record_of(physician, BODO)


def tasks_of(physician: Person) -> str:
    """Return what waits for the patient: the operation is named once."""
    page = page_of(physician, BODO, "More", "Tasks, alarms, watches")
    expect(page.get_by_role("heading", name="operation: replacement of the pump")).to_have_count(1)
    return looked_at(page)
