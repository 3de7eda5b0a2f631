"""A refill by telemetry, all fifteen steps, from the first click to the page that is printed."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from browser.refill_desk import Visit, day, plain
from thecal.units import show_date, show_weekday

ROSA = "Rosa Reihe"


def refill_by(page: Page) -> str:
    """Return the date that stands in the head of a patient's pages."""
    return plain(page.locator("section.patient dl").inner_text()).split("Refill by")[1].strip()


def test_a_refill_whose_program_stays_is_done_by_a_nurse_and_a_second_person(person) -> None:
    visit = Visit(person, ROSA)
    before = refill_by(visit.page)
    visit.looked_at()
    visit.begin()
    visit.to("fill")
    assert "In the syringes: 38 mL. The reservoir holds at most 40 mL" in visit.looked_at()
    visit.record("fill")
    visit.record("program")
    visit.looked_at()
    visit.written()
    visit.record("waste")
    visit.stands_at("observe")
    visit.looked_at()
    visit.wait(31)
    visit.says("At the beginning: consciousness alert, gait steady.")
    visit.record("observe")
    visit.record("leave")
    visit.looked_at()
    visit.close()

    visit.says("closed and signed")
    said = visit.looked_at()
    after = re.search(r"Refill by \w+, (\d+ \w+ \d+)", said)
    assert after, said
    assert after[1] in refill_by(visit.page)
    assert after[1] not in before
    booked = f"{show_weekday(day(50))}, {show_date(day(50))}".replace(chr(160), " ")
    assert f"Next refill booked: {booked}" in said
    visit.page.emulate_media(media="print")
    expect(visit.page.get_by_text("Next refill booked")).to_be_visible()
