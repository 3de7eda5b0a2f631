"""A nurse writes down what a patient says and looks back from it, one click further."""

from __future__ import annotations

import re

from browser.hands import page_of, says
from browser.sight import looked_at

ROLF = "Rolf Rückblick"


def test_a_nurse_looks_back_from_a_note(person) -> None:
    nurse = person("nurse")
    page = page_of(nurse, ROLF, "Notes")
    page.get_by_label("What you saw or heard").fill("more pain since this morning")
    page.get_by_role("button", name="Write the note").click()
    page.get_by_role("link", name=re.compile("Look back from entry")).first.click()
    told = says(page, "a model, not a measurement")
    assert "more pain since this morning" in told
    assert "What was in the catheter then" in told
    assert re.search(r"morphine\s+[\d.]+\smg", told)
    page.get_by_text("As a table: What left the tip in each hour").click()
    page.get_by_label("How is the patient?").select_option("withdrawal")
    page.get_by_role("button", name="Rank anew").click()
    says(page, "emergency: opioid withdrawal")
    page.get_by_role("link", name="Other symptoms").click()
    assert "more pain since this morning" in looked_at(page)
