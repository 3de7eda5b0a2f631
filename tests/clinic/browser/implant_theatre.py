"""An implant as it is written down in the theatre: one step after the other, then signed."""

from __future__ import annotations

import re
from collections.abc import Mapping

from implant_typed import BEFORE, CATHETER, FILL, IDENTIFIED, OPERATION, PROGRAM, PUMP
from playwright.sync_api import Page, expect

from browser.hands import ago, day, form_of, page_of, says
from browser.people import Person
from browser.sight import looked_at

STEPS: Mapping[str, Mapping[str, str]] = {
    "Before the operation": {"identified_by": " ".join(IDENTIFIED), **BEFORE},
    "The new pump before it goes in": {"serial": "NGV900777H", **PUMP},
    "The new catheter": {**CATHETER, "segments.1.measured": "76"},
    "Pocket and operation": OPERATION,
    "First fill and prime": FILL,
    "First program": PROGRAM,
}
IMPLANTED = "Sign: implanted", "Signed: the record holds the pump"
CATHETER_ALONE = "Sign: catheter revised", "Signed: the record holds the new catheter"
AS_READ = {"morphine, concentration": "1", "Volume filled": "20", "morphine a day": "0.5"}


def implanted(physician: Person, nurse: Person, patient: str) -> Page:
    """Do the visit of an implant from its begin to the pump in the record."""
    page = page_of(physician, patient, "Pathway")
    page.get_by_role("link", name=re.compile("by the implant visit")).click()
    looked_at(page)
    page.get_by_role("button", name="Begin in the operating theatre").click()
    for title, values in STEPS.items():
        write_down(page, title, values)
    assert "0.1672" in says(page, "First program, in 24 hours")
    page.get_by_role("button", name="Ask for a second person").click()
    says(page, "A second person finds this under Checks")
    second_look(nurse, patient, AS_READ)
    return signed_end(page, physician)


def second_look(nurse: Person, patient: str, as_read: Mapping[str, str]) -> None:
    """Type, in a login of one's own, what stands on the label and in the order."""
    checks = nurse.open("/checks/")
    checks.get_by_role("link", name=re.compile(patient)).click()
    form = form_of(checks, "Type what you see")
    for label, figure in as_read.items():
        form.get_by_label(re.compile(rf"^{label}")).fill(figure)
    form.get_by_label("Your password").fill(nurse.login.password)
    form.get_by_role("button", name="I have checked this myself: sign").click()
    expect(checks.locator("main")).to_contain_text(re.compile("Checked|checked|Nothing"))


def signed_end(page: Page, physician: Person, words: tuple[str, str] = IMPLANTED) -> Page:
    """Sign the end of the visit: the record holds what its words name after it."""
    button, held = words
    page.reload()
    form = form_of(page, "The end of the visit")
    form.get_by_label("Reason").fill("agreed in the team")
    form.get_by_label("Your password").fill(physician.login.password)
    form.get_by_role("button", name=re.compile(f"^{button}")).click()
    says(page, held)
    return page


def write_down(page: Page, title: str, values: Mapping[str, str]) -> None:
    """Fill in one step by the names of its fields, and send it."""
    form = form_of(page, title)
    moments = {
        "The old pump and the catheter that stays": ("drawn_at", 200),
        "First fill and prime": ("filled_at", 150),
        "First program": ("programmed_at", 60),
        "What the line holds, and the prime": ("revised_at", 60),
    }
    told = dict(values)
    if title in moments:
        name, minutes = moments[title]
        told[name] = ago(minutes)
    if title == "First fill and prime":
        told["beyond_use"] = day(30)
    for name, answer in told.items():
        field = form.locator(f'[name="{name}"]')
        kind = field.first.evaluate("(one) => one.type")
        if kind == "checkbox":
            for one in answer.split():
                form.locator(f'[name="{name}"][value="{one}"]').check()
        elif kind == "select-one":
            field.select_option(answer)
        else:
            field.fill(answer)
    form.get_by_role("button", name="Write this step down").click()
    expect(page.locator("ol.steps li").filter(has_text=title)).to_contain_text("written down")
