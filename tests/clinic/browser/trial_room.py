"""A trial as two people hold it: planned, ordered, checked, given, scored."""

from __future__ import annotations

import re
from collections.abc import Mapping

from playwright.sync_api import Page, expect

from browser.hands import ago, form_of, page_of, says, send
from browser.people import Person
from browser.sight import looked_at

MORPHINE = {"Method": "single bolus", "Drug": "morphine", "Used to opioids": "yes"}
DOSE = {
    "Dose": "0.2",
    "Strength of the stock": "1",
    "Strength of the stock: unit": "mg/mL",
    "Drawn from it": "0.2",
    "Filled up to": "0.2",
    "Injected": "0.2",
    "Anticoagulant or similar": "none",
    "Naloxone at hand now": "yes",
    "Reason, where something asks for one": "as agreed in the team",
}
AS_READ = {
    "Dose": "0.2",
    "Strength on the ampoule": "1",
    "Drawn from it": "0.2",
    "Filled up to": "0.2",
    "To be injected": "0.2",
}


def planned(person: Person, patient: str) -> Page:
    """Plan a trial of one dose of morphine."""
    page = page_of(person, patient, "Trial")
    looked_at(page)
    send(form_of(page, "Plan the trial"), "Plan the trial", MORPHINE)
    says(page, "Planned by")
    return page


def ordered(page: Page, **wrong: str) -> None:
    """Order the dose, three hours ago on the clock of the ward."""
    send(form_of(page, "Order a dose"), "Order", {**DOSE, "Time": ago(180), **wrong})


def checked(person: Person, patient: str, read: Mapping[str, str] = AS_READ) -> Page:
    """Check the order as the second person, who reads ampoule and syringe."""
    page = person.open("/checks/")
    page.get_by_role("link", name=re.compile(patient)).click()
    assert "0.2" not in looked_at(page)
    form = form_of(page, "Type what you see")
    for label, figure in read.items():
        form.get_by_label(re.compile(rf"^{label}")).fill(figure)
    form.get_by_label("Your password").fill(person.login.password)
    form.get_by_role("button", name="I have checked this myself: sign").click()
    return page


def given_and_scored(page: Page, *, before: str, after: str) -> None:
    """Write down that the dose was given, and the pain before it and two hours later."""
    page.reload()
    page.get_by_label("Given at").fill(ago(180))
    page.get_by_role("button", name="It was given").click()
    says(page, "Watch and score by the clock below.")
    for minutes, pain in ((210, before), (60, after)):
        score = {"Time": ago(minutes), "numeric rating scale of pain": pain}
        send(form_of(page, "Score a moment"), "Write down the scores", score)
        expect(page.get_by_role("table", name="Scores by the clock")).to_contain_text(f"nrs {pain}")
