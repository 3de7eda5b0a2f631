"""A death ends every reminder, and what follows becomes tasks."""

from __future__ import annotations

import pytest

from browser.hands import ago, form_of, page_of, printed, record_of, says, send
from browser.paper import text_of_pdf
from browser.sight import looked_at

LUDWIG = "Ludwig Letzter"


@pytest.mark.inventory("W26")
def test_a_death_is_signed_printed_and_ends_the_reminders(person) -> None:
    nurse = person("nurse")
    page = page_of(nurse, LUDWIG, "More", "Death")
    looked_at(page)
    answers = {"When": ago(120), "Who told it": "the family doctor"}
    send(form_of(page, "A death"), "Sign the death", answers, nurse)
    says(page, "Died ")
    page.get_by_role("link", name="Record of the death to print").click()
    assert "manufacturer" in looked_at(page).lower()
    assert LUDWIG in text_of_pdf(printed(page))

    page = page_of(nurse, LUDWIG, "More", "Tasks, alarms, watches")
    assert "explant before cremation" in looked_at(page)
    rows = nurse.open("/").locator("tr", has_text=LUDWIG).all_inner_texts()
    assert rows
    assert not [one for one in rows if "refill" in one]
    assert "told by: the family doctor" in record_of(nurse, LUDWIG)
