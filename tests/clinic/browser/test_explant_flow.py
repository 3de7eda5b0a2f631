"""A pump is taken out: form F16, the drug destroyed before a witness, the end of the reminders."""

from __future__ import annotations

from browser.hands import ago, form_of, page_of, printed, record_of, says, send
from browser.paper import text_of_pdf
from browser.sight import looked_at

XENIA = "Xenia Ausgang"
OUT = {
    "Reason": "infection of the pocket",
    "Volume taken out": "30.5",
    "Volume destroyed": "30.5",
    "Destroyed by": "Dora Demo",
    "Witness": "Nils Nurse",
    "Catheter": "removed",
    "Where the pump went": "returned to the maker",
    "Culture": "not taken",
}


def test_a_pump_is_taken_out_and_everything_with_it_accounted_for(person) -> None:
    physician = person("dr.demo")
    page = page_of(physician, XENIA, "More", "Explant")
    looked_at(page)
    form = form_of(page, "Form F16")
    answers = {
        **OUT,
        "Volume taken out": "about 30",
        "When pump and catheter were taken out": ago(60),
    }
    send(form, "Sign the explant", answers, physician)
    says(page, "This was not accepted")
    form = form_of(page, "Form F16")
    assert form.get_by_label("Volume taken out").input_value() == "about 30"
    send(form, "Sign the explant", {"Volume taken out": "30.5"}, physician)
    says(page, "the reminders of the pump end")
    page = page_of(physician, XENIA, "More", "Explant")
    assert "No pump is in the body" in looked_at(page)
    page.get_by_role("link", name="Record of the explant to print").click()
    text = looked_at(page)
    assert "infection of the pocket" in text
    assert "by Dora Demo, witness Nils Nurse" in text
    assert "SynchroMed II" in text_of_pdf(printed(page))
    assert "Pathway: explanted" in looked_at(page_of(physician, XENIA, "Pathway"))
    page = page_of(physician, XENIA, "Forms")
    page.get_by_role("row", name="F16").get_by_role("link").first.click()
    assert "Nils Nurse" in looked_at(page)
    assert "F16" in record_of(physician, XENIA)
    assert XENIA not in physician.open("/").locator("main").inner_text()
