"""A stay on a ward elsewhere: the ward gets its sheet, and the patient comes back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from browser.hands import day, form_of, page_of, printed, record_of, says, send
from browser.paper import text_of_pdf
from browser.sight import looked_at

WANDA = "Wanda Wechsel"


@pytest.mark.inventory("E14")
def test_a_stay_begins_the_ward_gets_its_sheet_and_the_stay_ends(person) -> None:
    nurse = person("nurse")
    page = page_of(nurse, WANDA, "More", "Inpatient elsewhere")
    looked_at(page)
    answers = {
        "Hospital and ward": "City Hospital, Ward 3",
        "Telephone of the ward": "+49 30 000003",
        "Admitted on": day(0),
        "Expected discharge": day(80),
    }
    send(form_of(page, "A stay"), "Write the stay down", answers)
    assert "during the stay" in says(page, "City Hospital, Ward 3")
    page.get_by_role("link", name="Sheet for the ward: not to be re-ordered").click()
    assert "do not re-order" in looked_at(page).lower()
    assert "do not re-order" in text_of_pdf(printed(page)).lower()

    page = page_of(nurse, WANDA, "More", "Inpatient elsewhere")
    answers = {"Discharged on": day(0), "What the ward did with the pump and its drugs": "nothing"}
    send(form_of(page, "The stay is over"), "Write the end down", answers)
    says(page, "The stay is over.")
    expect(form_of(page, "A stay")).to_be_visible()
    assert "Pathway: maintenance" in looked_at(page_of(nurse, WANDA, "Pathway"))
    assert "City Hospital, Ward 3" in record_of(nurse, WANDA)
