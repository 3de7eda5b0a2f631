"""Every document of a patient in both languages: read on its page, and opened as PDF."""

from __future__ import annotations

import re

from browser.hands import page_of, printed, record_of
from browser.paper import text_of_pdf
from browser.sight import looked_at

DORA, NUMBER = "Dora Druck", "B-2016"


def test_every_document_opens_in_both_languages(person) -> None:
    nurse = person("nurse")
    page = page_of(nurse, DORA, "Documents")
    looked_at(page)
    rows = page.get_by_role("table", name="Documents").get_by_role("row")
    names = [text.partition(":")[0] for text in rows.all_inner_texts()[1:]]
    assert len(names) >= 12
    for name in names:
        for language, word in (("en", "in English"), ("de", "in German")):
            page.get_by_role("link", name=re.compile(rf"{name} {word}", re.I)).click()
            assert page.locator("article").get_attribute("lang") == language
            if language == "en":
                looked_at(page)
            text = text_of_pdf(printed(page))
            assert DORA in text or NUMBER in text, f"{name} {word}: {text[:300]}"
            page.go_back()
    assert record_of(nurse, DORA).count("Document printed") >= 2 * len(names)
