"""The replacement of a pump: planned from the forecast of its battery, then done in the theatre."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from playwright.sync_api import Page, expect

from browser.hands import day, form_of, page_of, record_of, says, send
from browser.implant_theatre import STEPS, second_look, signed_end, write_down
from browser.people import Person
from browser.sight import looked_at

BODO, ULLA = "Bodo Batterie", "Ulla Umbau"
OLD_SERIAL, NEW_SERIAL = "NGV701006H", "NGV900777H"
OLD = "The old pump and the catheter that stays"
VISIT: Mapping[str, Mapping[str, str]] = {
    "Before the operation": {"identified_by": "name birth-date", "imaging": "reviewed"},
    OLD: {
        "catheter": "kept",
        "drawn": "29.5",
        "returned_serial": OLD_SERIAL,
        "returned_to": "the maker",
    },
    "The new pump before it goes in": STEPS["The new pump before it goes in"],
    "Pocket and operation": STEPS["Pocket and operation"],
    "First fill and prime": {
        **STEPS["First fill and prime"],
        "mixture.drug1": "hydromorphone",
        "mixture.concentration1": "2",
        "primary": "hydromorphone",
        "drawn_off": "yes",
    },
    "First program": {"daily_dose": "1"},
}
AS_READ = {
    "hydromorphone, concentration": "2",
    "Volume filled": "20",
    "hydromorphone a day": "1",
}


@pytest.mark.inventory("W25")
def test_a_replacement_is_planned_from_the_forecast_that_today_leads_to(person) -> None:
    physician = person("dr.demo")
    page = physician.open("/")
    row = page.locator("tr", has_text=BODO).filter(has_text="ends its service")
    row.get_by_role("link", name="plan the replacement").click()
    assert "Forecast of the battery" in looked_at(page)
    answers = {
        "Operation planned for": day(400),
        "The catheter": "test it first, then decide",
        "Funding and booking": "asked for",
    }
    send(form_of(page, "A date"), "Write the plan down", answers)
    assert "before that" in says(page, "before that")
    assert "when the pump stops" in tasks_of(physician, BODO)
    earlier = {**answers, "Operation planned for": day(60)}
    send(form_of(page, "A date"), "Write the plan down", earlier)
    assert "before that" not in says(page, "The plan is on record")
    assert "when the pump stops" not in tasks_of(physician, BODO)
    assert "Pathway: replacement planning" in looked_at(page_of(physician, BODO, "Pathway"))
    assert "asked for" in record_of(physician, BODO)


def tasks_of(physician: Person, patient: str) -> str:
    """Return what waits for the patient: the operation is named once."""
    page = page_of(physician, patient, "More", "Tasks, alarms, watches")
    expect(page.get_by_role("heading", name="operation: replacement of the pump")).to_have_count(1)
    return looked_at(page)


@pytest.mark.inventory("W25", "S2.13")
def test_the_old_pump_goes_back_to_its_maker_and_the_new_one_is_in_the_record(person) -> None:
    physician, nurse = person("dr.demo"), person("nurse")
    page = page_of(physician, ULLA, "More", "Replacement")
    answers = {"Operation planned for": day(0), "The catheter": "keep it"}
    send(form_of(page, "A date"), "Write the plan down", answers)
    says(page, "The plan is on record")
    tasks_of(physician, ULLA)
    page.get_by_role("link", name="The operation: old pump out, new pump in").click()
    assert "Revision of the catheter alone" in looked_at(page)
    page.get_by_role("button", name="Begin in the operating theatre").click()
    for title, values in VISIT.items():
        looked_at(page)
        write_down(page, title, values)
    told = says(page, "First program, in 24 hours")
    assert "draw it off through the access port, then prime the whole line" in told
    assert "nobody has signed as witness" in told
    seen_destroyed(page, physician, nurse)
    assert "nobody has signed as witness" not in says(page, "First program, in 24 hours")
    page.get_by_role("button", name="Ask for a second person").click()
    says(page, "A second person finds this under Checks")
    second_look(nurse, ULLA, AS_READ)
    signed_end(page, physician)
    head = page.get_by_role("region", name="Patient")
    expect(head).to_contain_text(NEW_SERIAL)
    expect(head).not_to_contain_text(OLD_SERIAL)
    expect(head).to_contain_text(re.compile(r"hydromorphone 2\smg/mL"))
    head.get_by_role("link", name=re.compile("^24-hour watch runs until")).click()
    assert "How the patient is" in looked_at(page)
    page = page_of(physician, ULLA, "More", "Implant, operation")
    page.get_by_role("link", name=f"pump {NEW_SERIAL}").click()
    looked_at(page)
    page.get_by_role("link", name="Record of the operation to print").click()
    assert NEW_SERIAL in looked_at(page)
    on_record(physician)


def seen_destroyed(page: Page, physician: Person, nurse: Person) -> None:
    """Whoever did the steps is refused as a witness; the nurse is one, in a login of their own."""
    witness = "Witness: the drug of the old pump was destroyed before my eyes"
    send(form_of(page, witness), "Sign as witness", {}, physician)
    says(page, "somebody else is witness")
    theirs = page_of(nurse, ULLA, "More", "Implant, operation")
    looked_at(theirs)
    send(form_of(theirs, witness), "Sign as witness", {}, nurse)
    says(theirs, "You are the witness of this destruction")
    expect(form_of(theirs, witness)).to_have_count(0)
    page.goto(page.url)


def on_record(physician: Person) -> None:
    """The record tells the exchange; nothing of the plan waits, and no second watch runs."""
    text = record_of(physician, ULLA)
    witnessed = "saw the drug of a removed pump destroyed"
    emptied = "reason: the pump is replaced"
    for told in (OLD_SERIAL, NEW_SERIAL, "the maker", witnessed, emptied):
        assert told in text, told
    assert "operation: replacement of the pump" not in looked_at(
        page_of(physician, ULLA, "More", "Tasks, alarms, watches")
    )
    assert "Pathway: maintenance" in looked_at(page_of(physician, ULLA, "Pathway"))
