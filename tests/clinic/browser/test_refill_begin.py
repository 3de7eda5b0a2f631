"""A refill visit is begun, the pump is read, and the visit is left with a reason."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from browser.sight import seen_wrong

IGOR = "Igor Irrtum"


def looked_at(page: Page) -> None:
    """Hold of a page of the visit what is held of every page."""
    faults = seen_wrong(page)
    assert not faults, f"{page.url}\n" + "\n".join(faults)


def test_a_visit_is_begun_the_pump_read_and_the_visit_left(person) -> None:
    nurse = person("nurse")
    page = nurse.open(nurse.patient(IGOR) + "refill/")
    page.get_by_role("button", name="Begin the visit").click()
    expect(page.locator(".where")).to_contain_text("step 1 of")
    looked_at(page)
    page.get_by_role("button", name="Read the pump").click()
    expect(page.get_by_text("taken over as it stands, nothing is typed")).to_be_visible()
    same = page.get_by_role("row", name="Serial number").get_by_role("cell").all_inner_texts()
    assert len(same) == 2
    assert len(set(same)) == 1, "the pump's number does not stand beside the record's"
    looked_at(page)
    step = page.url
    page.get_by_role("button", name="Record and go on").click()
    assert page.url == step, "a step was recorded with nothing compared"
    expect(page.locator(":focus")).to_have_attribute("required", "")
    page.get_by_role("link", name="Break off the visit").click()
    looked_at(page)
    page.get_by_label("Why the visit is broken off").fill("the patient has a fever")
    page.get_by_role("button", name="Break off the visit").click()
    expect(page.get_by_text("the patient has a fever").first).to_be_visible()
    looked_at(page)
