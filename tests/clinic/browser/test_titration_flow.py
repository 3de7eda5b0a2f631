"""A dose is titrated: what the last one did is scored, the next one asked for, and explained."""

from __future__ import annotations

from browser.hands import ago, form_of, page_of, printed, record_of, says, send
from browser.paper import text_of_pdf
from browser.sight import looked_at

TIM = "Tim Tropfen"


def test_a_score_is_added_and_the_next_dose_asked_for(person) -> None:
    nurse = person("nurse")
    page = page_of(nurse, TIM, "Titration")
    looked_at(page)
    score = form_of(page, "Add a score")
    answers = {"Scale": "modified Ashworth, mean of the muscle groups", "Score": "1.5"}
    send(score, "Write down the score", {**answers, "Time on the pump's clock": ago(30)})
    says(page, "no category")
    send(form_of(page, "Add a score"), "Write down the score", {"Score": "1+"})
    assert "1+" in says(page, "1+")

    page.get_by_role("link", name="Next dose").click()
    looked_at(page)
    asked = {"What the last dose did": "insufficient", "Side effects": "none"}
    send(page, "Write down and ask", {**asked, "Stays in hospital": "yes"})
    told = looked_at(page)
    assert "63 mcg/day (0.063 mg/day), 69 mcg/day (0.069 mg/day)" in told
    for paper, word in (("Titration plan", "baclofen"), ("Titrationsplan", "Größte Schritte")):
        page.get_by_role("link", name=paper, exact=True).click()
        assert word in looked_at(page)
        assert word in text_of_pdf(printed(page))
        page.go_back()
    send(page, "Write down and ask", {"Side effects": "intolerable"})
    assert "May raise" not in says(page, "Written down")
    assert "1+" in record_of(nurse, TIM)
