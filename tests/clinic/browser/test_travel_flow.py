"""A journey is written down, and the traveller gets the letter in both languages."""

from __future__ import annotations

import pytest

from browser.hands import day, form_of, page_of, printed, record_of, says, send
from browser.paper import text_of_pdf
from browser.sight import looked_at

RITA = "Rita Reise"


@pytest.mark.req("K12")
def test_a_journey_is_planned_and_its_letter_printed(person) -> None:
    physician = person("dr.demo")
    page = page_of(physician, RITA, "More", "Travel")
    assert "Height, water, heat" in looked_at(page)
    plan = form_of(page, "A journey")
    answers = {
        "Leaves on": day(3),
        "Returns on": day(300),
        "Destination": "Lisbon",
        "Clinic on the way that can help": "Hospital A, 000 333",
    }
    send(plan, "Write the journey down", answers)
    assert "refill before the journey" in says(page, "This was not accepted")
    plan = form_of(page, "A journey")
    assert plan.get_by_label("Destination").input_value() == "Lisbon"
    send(plan, "Write the journey down", {"Returns on": day(14)})
    says(page, "Lisbon")

    for link, words in (("Travel letter", "Lisbon"), ("Reisebrief", "Hospital A, 000 333")):
        page.get_by_role("link", name=link, exact=True).click()
        assert words in looked_at(page)
        assert words in text_of_pdf(printed(page))
        page.go_back()
    assert "Lisbon" in record_of(physician, RITA)
