"""The pocket swells while the pump is filled: nothing more goes in, and the visit is held."""

from __future__ import annotations

from playwright.sync_api import expect

from browser.refill_desk import Visit

SUSI = "Susi Schwellung"


def test_a_pocket_that_swells_stops_the_fill(person) -> None:
    visit = Visit(person, SUSI)
    visit.begin()
    visit.to("fill")
    visit.record("fill", swelling="yes")
    said = visit.looked_at()
    assert "The visit is held here" in said
    assert "the pocket swells: stop filling, draw back what comes" in said
    assert "call the physician at once" in said
    refused = visit.nurse.open(visit.path + "refill/step/program/")
    expect(refused.locator("main")).to_contain_text("may not be reached yet")
    refused.close()
    visit.page.get_by_role("link", name="Fill slowly and draw back").first.click()
    visit.looked_at()
    visit.page.get_by_role("link", name="Break off the visit").first.click()
    visit.page.get_by_label("Why the visit is broken off").fill("swelling: imaging first")
    visit.press("Break off the visit")
    said = visit.looked_at()
    assert "left: swelling: imaging first" in said
    visit.page.get_by_role("link", name="Show").first.click()
    said = visit.looked_at()
    assert "Left unfinished: swelling: imaging first" in said
