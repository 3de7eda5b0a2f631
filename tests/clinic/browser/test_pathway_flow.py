"""A referral is followed to the therapy that goes on; a jump that no pathway knows is refused."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from browser.form_desk import filled, signed
from browser.hands import form_of, page_of, says, send
from browser.implant_theatre import implanted
from browser.people import Person
from browser.sight import looked_at
from browser.trial_room import checked, given_and_scored, ordered, planned
from thecal.care.selection.items import items

PIA = "Pia Pfad"
_CASE = Path(__file__).parents[3] / "examples" / "cases" / "selection.toml"

SIGNED = {
    "F1": {"dr.demo": "physician"},
    "F2": {"dr.demo": "physician"},
    "F3": {"dr.demo": "physician"},
    "F6": {"dr.demo": "operator"},
    "F7": {"nurse": "nurse"},
    "F11": {"dr.demo": "physician"},
}
TOLD = {
    "Indication": "failed back surgery syndrome",
    "Symptoms since": "2018-05-01",
    "Pump planned": "synchromed-ii-20",
    "Tip planned": "T10",
    "morphine": True,
    "Oral morphine equivalent a day": "120",
    "Drugs now": "pregabalin 150 mg twice a day",
    "Goals": "walk to the shop and back",
    "Score 1: scale": "numeric rating scale",
    "Score 1: value": "8 worst, 6 average",
    "Earlier treatment 1": "surgery",
    "Earlier treatment 1: outcome": "failed",
    "Earlier treatment 2": "oral-opioid",
    "Earlier treatment 2: outcome": "not tolerated",
    "Earlier treatment 3": "oral-antidepressant-or-anticonvulsant",
    "Earlier treatment 3: outcome": "failed",
    "Earlier treatment 4": "nerve-block",
    "Earlier treatment 4: outcome": "failed",
    "hba1c": "6.5",
    "platelets": "240",
    "inr": "1.0",
}
"""What the referral tells beside the answers of the checklist."""


@pytest.mark.inventory("S0.18", "S3.4", "S3.7")
def test_a_referral_is_followed_to_the_therapy_that_goes_on(person) -> None:
    physician, nurse = person("dr.demo"), person("nurse")
    registered(nurse)
    page = page_of(physician, PIA, "Pathway")
    assert "form F1 is not signed" in looked_at(page)
    jump(page)
    for form, signers in SIGNED.items():
        page = filled(physician, PIA, form, {}, look=form == "F1")
        for user, capacity in signers.items():
            who = person(user)
            signed(who.open(urlsplit(page.url).path), who, capacity)
    step(physician, "assessed")
    step(physician, "psychologically cleared", refused="waits for")
    assessed(physician)
    step(physician, "psychologically cleared")
    funded(person("admin"))
    page = planned(physician, PIA)
    ordered(page)
    checked(nurse, PIA)
    given_and_scored(page, before="8", after="3")
    for to in ("trial planned", "trial passed", "implant planned"):
        step(physician, to)
    page = implanted(physician, nurse, PIA)
    page.get_by_role("link", name=re.compile("^24-hour watch runs until")).click()
    assert "it cannot be closed before" in looked_at(page)
    step(physician, "titrating")
    step(nurse, "maintenance")
    assert "A pump is implanted" in looked_at(page_of(nurse, PIA, "Pathway"))


def registered(person: Person) -> None:
    """Register the patient, as a referral comes in."""
    page = person.open("/patients/")
    page.get_by_role("link", name="Register a patient").click()
    looked_at(page)
    answers = {"Name": PIA, "Number in this clinic": "B-2999", "Sex": "female"}
    born = {"Birth date (year-month-day)": "1961-04-12", "Pathway": "non-cancer"}
    send(page, "Register", answers | born)
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")


def jump(page: Page) -> None:
    """Ask for a step that does not follow: its name is put into the form, as no page offers it."""
    page.get_by_label("Step to").evaluate(
        "(one) => one.append(new Option('implanted', 'implanted', true, true))"
    )
    page.get_by_role("button", name="Take the step").click()
    said = says(page, "implanted does not follow referred")
    assert "Pathway: referred" in said


def step(person: Person, to: str, *, refused: str = "") -> None:
    """Take a step; where it is refused, the page says why."""
    page = page_of(person, PIA, "Pathway")
    send(page, "Take the step", {"Step to": to, "Reason": "agreed in the team"})
    says(page, refused or f"Pathway: {to}")


def funded(administrator: Person) -> None:
    """Sign the answer on the funding, then the step that waited for it."""
    page = administrator.open("/administration/")
    page.get_by_role("link", name=PIA, exact=True).click()
    assert "funded waits for: funding" in looked_at(page)
    told = {"Answer on the funding": "authorised", "Number of the authorisation": "AB-7"}
    send(form_of(page, "Funding"), "Sign the answer", told, administrator)
    says(page, "Funding authorised, number AB-7")
    send(form_of(page, "Take the step"), "Take the step", {"Step to": "funded"})
    says(page, "Now: funded")


def assessed(person: Person) -> None:
    """Answer the checklist of the team."""
    case = tomllib.loads(_CASE.read_text())["selection"]
    case |= {"psychology": "clear", "funding": "requested", "smoking": "no"}
    page = page_of(person, PIA, "Plans and letters", "Assessment of a referral")
    looked_at(page)
    known = {one.id.replace("-", "_"): one.name.en for one in items()}
    answers = {label: str(case[key]) for key, label in known.items() if key in case}
    send(page, "Write down and ask", answers | TOLD)
    assert "Eligible" in says(page, "Written down; the answer is below.")
