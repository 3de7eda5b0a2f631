"""Systemic opioids are lowered by a calendar that the patient takes home in their language."""

from __future__ import annotations

import re

from browser.hands import day, page_of, printed, record_of, says, send
from browser.paper import text_of_pdf
from browser.sight import looked_at

TIM = "Tim Tropfen"
ASKED = {
    "Setting": "no cancer",
    "Pace": "slow",
    "Each step is a part of": "initial",
    "Several drugs": "one at a time",
    "Calendar in": "weeks",
    "The pump runs already": "yes",
    "Drug 1": "oxycodone",
    "Drug 1: route": "oral",
    "Drug 1: one dose": "40",
    "Drug 1: one dose: unit": "mg",
    "Drug 1: times a day": "2",
    "Drug 1: strengths there are, as in 10 mg": "40 mg\n20 mg\n10 mg\n5 mg",
}

PAPERS = ("Plan to lower your opioids", "Plan zum Ausschleichen Ihrer Opioide")


def test_a_calendar_is_asked_for_corrected_and_printed_in_both_languages(person) -> None:
    nurse = person("nurse")
    page = page_of(nurse, TIM, "Plans and letters", "Lowering systemic opioids")
    looked_at(page)
    send(page, "Write down and ask", {**ASKED, "First day": day(3), "Drug 1: one dose": "40 mg"})
    says(page, "This was not accepted")
    dose = page.get_by_role("textbox", name=re.compile(r"^Drug 1: one dose \("))
    assert dose.input_value() == "40 mg"
    dose.fill("40")
    page.get_by_role("button", name="Write down and ask").click()
    assert "oxycodone" in says(page, "Written down; the answer is below.")
    for paper in PAPERS:
        page.get_by_role("link", name=paper, exact=True).click()
        assert "40 mg" in looked_at(page)
        assert "40 mg" in text_of_pdf(printed(page))
        page.go_back()
    assert "oxycodone" in record_of(nurse, TIM)
