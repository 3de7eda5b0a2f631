"""A therapy ends: the plan there, the sign under it, and what has to be watched."""

from __future__ import annotations

from browser.hands import day, form_of, page_of, printed, record_of, says, send
from browser.paper import text_of_pdf
from browser.sight import looked_at

ELLA = "Ella Ende"


def test_a_therapy_is_planned_down_printed_and_signed_off(person) -> None:
    physician = person("dr.demo")
    page = page_of(physician, ELLA, "More", "Ending the therapy")
    looked_at(page)
    page.get_by_role("link", name="Plan the way there in steps").click()
    answers = {"First day of the plan": day(1), "Reason": "no effect", "Speed": "slow"}
    send(page, "Write down and ask", answers)
    planned = looked_at(page)
    assert "baclofen" in planned
    assert "emergency: rebound spasticity" in planned
    papers = (
        ("Plan to end the pump therapy", "Baclofen"),
        ("Plan zum Beenden der Pumpentherapie", "Baclofen"),
    )
    for paper, word in papers:
        page.get_by_role("link", name=paper, exact=True).click()
        assert word.lower() in looked_at(page).lower()
        assert word.lower() in text_of_pdf(printed(page)).lower()
        page.go_back()

    page = page_of(physician, ELLA, "More", "Ending the therapy")
    form = form_of(page, "The therapy has ended")
    form.get_by_label("Why it has ended").fill("no effect for a year")
    form.get_by_label("Your password").fill("not my password")
    form.get_by_role("button", name="Sign the end").click()
    says(page, "This was not accepted")
    form = form_of(page, "The therapy has ended")
    assert form.get_by_label("Why it has ended").input_value() == "no effect for a year"
    send(form, "Sign the end", {}, physician)
    assert "baclofen stops" in looked_at(page)
    assert "Pathway: ceased" in looked_at(page_of(physician, ELLA, "Pathway"))
    tasks = page_of(physician, ELLA, "More", "Tasks, alarms, watches")
    assert "withdrawal" in looked_at(tasks)
    assert "no effect for a year" in record_of(physician, ELLA)
