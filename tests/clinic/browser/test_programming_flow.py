"""A change of the dose as two people make it, each at a browser of their own; and a stop."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from browser.people import Person
from browser.sight import seen_wrong

HANNA, BENNO = "Hanna Hypothese", "Benno Beispiel"


def looked_at(page: Page) -> str:
    """Hold of a page of the flow what is held of every page, and return what it says."""
    faults = seen_wrong(page)
    assert not faults, f"{page.url}\n" + "\n".join(faults)
    return page.locator("main").inner_text().replace("\u00a0", " ")


def programming_of(person: Person, patient: str) -> Page:
    """Return the page of a draft upon a fresh reading."""
    page = person.open(person.patient(patient) + "programming/")
    page.get_by_role("button", name="Read the pump").click()
    expect(page.get_by_text("It stands as the record says")).to_be_visible()
    return page


def drafted(page: Page) -> str:
    """Type a dose, wait for what the review says, and go on to the confirmation."""
    with page.expect_response(lambda one: one.url.endswith("/verdict/")):
        page.get_by_label("Mode").select_option("flex")
        page.get_by_label("Background of baclofen").fill("60")
        page.get_by_label("Days of step 1").fill("daily")
        page.get_by_label("Start of step 1").fill("20:00")
        page.get_by_label("Lasts of step 1").fill("120")
        page.get_by_label("Dose of baclofen of step 1").fill("10")
    expect(page.locator("#verdict .changed").first).to_contain_text("65\u00a0mcg")
    looked_at(page)
    page.get_by_role("button", name="Go on to the confirmation").click()
    return looked_at(page)


def signed(page: Page, person: Person) -> None:
    """Tick every line, answer what asks, sign."""
    for box in page.get_by_role("checkbox").all():
        box.check()
    for answer in page.get_by_label(re.compile("^Reason for")).all():
        answer.fill("seen and meant")
    page.get_by_label("Your password").fill(person.login.password)
    page.get_by_role("button", name="Sign the order").click()


CONFIRMATION = (
    "baclofen: 65 mcg (0.065 mg) each day in place of 60 mcg (0.06 mg), 1.08 times the dose of"
    " before (+8.33 %). At most 65 mcg (0.065 mg) in any 24 hours."
)
"""N11: value and unit in words, the day's total of the drug, the change; no slash in it (N7)."""


@pytest.mark.req("U01")
@pytest.mark.req("U08")
@pytest.mark.req("U09")
@pytest.mark.req("K7")
def test_a_dose_is_changed_checked_by_another_person_written_and_read_back(person) -> None:
    physician, nurse = person("dr.demo"), person("nurse")
    page = programming_of(physician, HANNA)
    looked_at(page)
    assert CONFIRMATION in drafted(page)
    page.get_by_label("Your password").fill(physician.login.password)
    page.get_by_role("button", name="Sign the order").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was signed")
    signed(page, physician)
    expect(page.get_by_role("heading", level=1)).to_contain_text("A signed order")
    assert "Waits for a second person" in looked_at(page)
    expect(page.get_by_role("button", name="Write it to the pump")).to_be_disabled()

    checked_by(nurse)

    page.reload()
    page.get_by_label("matched by name").check()
    page.get_by_label("matched by birth date").check()
    page.get_by_label("They match this record").check()
    page.get_by_role("button", name="Write it to the pump").click()
    expect(page.get_by_text("Read back whole")).to_be_visible()
    looked_at(page)
    page.get_by_role("button", name="Read once more and end the session").click()
    expect(page.locator("section.patient")).to_contain_text("65\u00a0mcg")


def checked_by(second: Person) -> None:
    """Check as the second person, whose page shows nothing that the first one typed (N14)."""
    page = second.open("/checks/")
    looked_at(page)
    page.get_by_role("link", name=re.compile(HANNA)).click()
    shown = looked_at(page)
    assert not re.search(r"\d mcg", shown), "a figure of the order is shown"
    for what, typed in (("Concentration of baclofen", "500"), ("Background of baclofen", "600")):
        assert page.get_by_label(what).input_value() == ""
        page.get_by_label(what).fill(typed)
    page.get_by_label("Dose of step 1").fill("10")
    page.get_by_label("Each day's total of baclofen").fill("65")
    page.get_by_label("Your password").fill(second.login.password)
    page.get_by_role("button", name="sign").click()
    expect(page.locator(".message.error")).to_be_visible()
    assert "60 mcg" not in looked_at(page)
    page.goto(second.clinic.address + "/checks/")
    page.get_by_role("link", name=re.compile(HANNA)).click()
    for what, typed in (("Concentration", "500"), ("Background", "60"), ("Dose of step 1", "10")):
        page.get_by_label(re.compile(what)).fill(typed)
    page.get_by_label(re.compile("Each day's total")).fill("65")
    page.get_by_label("Your password").fill(second.login.password)
    page.get_by_role("button", name="sign").click()
    expect(page.get_by_text("All values agree")).to_be_visible()
    page.close()


def test_a_pump_is_stopped_in_two_steps_from_the_place_where_the_button_always_is(person) -> None:
    physician = person("dr.demo")
    page = physician.open(physician.patient(BENNO) + "programming/")
    page.get_by_role("link", name="Stop the pump").click()
    said = looked_at(page)
    assert "An abrupt stop is itself a hazard" in said
    page.get_by_role("button", name="Stop now").click()
    expect(page.get_by_text("The pump gives no therapy now.")).to_be_visible()
    looked_at(page)
    page.get_by_label("Why the therapy was stopped").fill("the person cannot be woken")
    page.get_by_role("button").last.click()
    expect(page.get_by_role("heading", level=1, name="Pump report")).to_be_visible()
    assert "The pump gives no therapy" in looked_at(page)
    page.get_by_role("button", name="Read once more and end the session").click()
    expect(page.get_by_role("heading", level=1, name="Pump report")).to_be_visible()
    page.get_by_label("Reason, where the pump is left").fill("on the ward, baclofen by mouth")
    page.get_by_role("button", name="Read once more and end the session").click()
    expect(page.get_by_role("heading", level=1, name="Overview")).to_be_visible()
    assert "decide when it runs again" in looked_at(page)
