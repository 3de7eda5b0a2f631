"""The revision of a catheter: written down by the nurse, signed by the physician, then watched."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from playwright.sync_api import Page, expect

from browser.hands import form_of, page_of, printed, record_of, says
from browser.implant_theatre import CATHETER_ALONE, STEPS, signed_end, write_down
from browser.people import Person
from browser.sight import looked_at

REGINE, SERIAL = "Regine Revision", "NGV701001H"
VISIT: Mapping[str, Mapping[str, str]] = {
    "Before the operation": {
        "identified_by": "name birth-date",
        "imaging": "waived",
        "imaging_reason": "the fracture was seen on the X-ray of yesterday",
    },
    "The new catheter": STEPS["The new catheter"] | {"tip_level": "T9", "tip_side": "right"},
    "Pocket and operation": STEPS["Pocket and operation"] | {"images": "tip seen at T9"},
    "What the line holds, and the prime": {"primed": "yes"},
}


@pytest.mark.inventory("S2.13")
def test_a_catheter_is_revised_and_the_pump_goes_on_as_it_is(person) -> None:
    physician, nurse = person("dr.demo"), person("nurse")
    before = program_of(nurse)
    page = page_of(nurse, REGINE, "More", "Implant, operation")
    form = form_of(page, "Revision of the catheter alone")
    form.get_by_role("button", name="Begin: the pump stays where it is").click()
    for title, values in VISIT.items():
        looked_at(page)
        write_down(page, title, values)
    told = says(page, "prime the catheter alone")
    assert re.search(r"The prime drives 0\.1672\smL into the line", told)
    only_a_physician_signs(page, nurse)
    page = page_of(physician, REGINE, "More", "Implant, operation")
    signed_end(page, physician, CATHETER_ALONE)
    head = page.get_by_role("region", name="Patient")
    expect(head).to_contain_text(SERIAL)
    head.get_by_role("link", name=re.compile("^24-hour watch runs until")).click()
    assert "How the patient is" in looked_at(page)
    papers(page_of(physician, REGINE, "More", "Implant, operation"))
    assert program_of(nurse) == before
    text = record_of(physician, REGINE)
    for one in ("fracture was seen on the X-ray", "catheter revised as recorded", "tip seen at T9"):
        assert one in text, one


def program_of(nurse: Person) -> str:
    """Return what the head of the patient's pages says that the pump gives in a day."""
    page = page_of(nurse, REGINE)
    head = page.get_by_role("region", name="Patient")
    said = head.locator("div", has_text="Programmed each day").inner_text()
    page.close()
    assert "morphine" in said
    return said


def only_a_physician_signs(page: Page, nurse: Person) -> None:
    """The nurse who wrote the steps is refused the signature, and the reason stays as typed."""
    form = form_of(page, "The end of the visit")
    form.get_by_label("Reason").fill("agreed in the team")
    form.get_by_label("Your password").fill(nurse.login.password)
    form.get_by_role("button", name=re.compile("^Sign: catheter revised")).click()
    says(page, "a physician signs an implant")
    expect(form_of(page, "The end of the visit").get_by_label("Reason")).to_have_value(
        "agreed in the team"
    )


def papers(page: Page) -> None:
    """The visit shows the new catheter; its paper has the tip and the pump that stayed."""
    page.get_by_role("link", name="Revision of the catheter alone").click()
    expect(page.get_by_role("img", name=re.compile("tip at T9, entering at L3"))).to_be_visible()
    assert "0.1672" in looked_at(page)
    page.get_by_role("link", name="Record of the operation to print").click()
    told = looked_at(page)
    for one in (SERIAL, "T9", "The pump as it is now"):
        assert one in told, one
    printed(page)
