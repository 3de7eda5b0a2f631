"""Case C1 as a learner does it: begun, worked through, ended, and its debrief read."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import expect

from browser.hands import day
from browser.refill_desk import Visit, plain, put_choice
from browser.sight import seen_wrong

_STEPS = (
    *("identify", "complaints", "vitals", "interrogate", "verify", "decide", "access"),
    *("aspirate", "fill", "program"),
)


class LearnersVisit(Visit):
    """A refill on the patient of a run: what is typed is what the training box tells."""

    def __init__(self, person: Any, page: Any) -> None:
        self.person, self.nurse, self.page = person, person("nurse"), page
        self.minutes, self.drawn = 0, ""

    def witnessed_by(self, who: str) -> None:
        self.press("Let the simulated colleague sign as witness")

    def box(self) -> str:
        return plain(self.page.get_by_label("Training box").inner_text())

    def typed(self, step: str) -> dict[str, Any]:
        own: dict[str, dict[str, Any]] = {
            "verify": {
                "order": "morphine 20 mg/mL",
                "label": "morphine 20 mg/mL",
                "label_again": "morphine 20 mg/mL",
                "volume": "18",
                "beyond_use": day(20),
            },
            "fill": {"portions": "5, 5, 5, 3 mL"},
            "program": {"first": "18", "second": "18"},
            "waste": {"received": "18", "injected": "18", "old_wasted": self.drawn},
            "leave": {"next_visit": day(60)},
        }
        if step == "aspirate":
            found = re.search(r"draws ([\d.]+) mL", self.box())
            assert found
            own["aspirate"] = {"volume_drawn": found[1]}
        base = super().typed(step) if step != "aspirate" else {"colour": "colourless"}
        if step == "aspirate":
            base |= {"appearance": "clear"}
        return {**base, **own.get(step, {})}


def test_a_learner_passes_c1_and_reads_the_debrief(person) -> None:
    nurse = person("nurse")
    page = nurse.open("/")
    page.get_by_role("link", name="Training", exact=True).click()
    visit = LearnersVisit(person, page)
    visit.looked_at()
    visit.press("Begin C1")
    visit.looked_at()
    page.get_by_role("link", name="Go to work").click()
    assert "Clock of this case" in visit.box()
    put_choice(page, "path", "full")
    visit.press("Begin the visit")
    visit.looked_at()
    page.get_by_label("What you ask").select_option("feel")
    visit.press("Ask")
    assert "I slept well" in visit.box()
    visit.press("Read the pump")
    for step in _STEPS:
        if step == "decide":
            visit.press("Nothing changes")
            continue
        if step == "aspirate":
            visit.press("Ask for a second person")
            visit.press("Let the simulated colleague check and sign")
            if page.get_by_role("link", name=re.compile("^Go on: ")).count():
                page.get_by_role("link", name=re.compile("^Go on: ")).first.click()
        visit.record(step)
    visit.looked_at()
    visit.written()
    visit.record("waste")
    visit.press("30 min")
    visit.press("10 min")
    if page.get_by_role("link", name=re.compile("^Go on: ")).count():
        page.get_by_role("link", name=re.compile("^Go on: ")).first.click()
    visit.record("observe")
    visit.record("leave")
    visit.close()
    visit.says("closed and signed")
    page.get_by_role("link", name="End the case").click()
    visit.looked_at()
    visit.press("End case C1")
    expect(page.locator("main")).to_contain_text("Passed")
    said = visit.looked_at()
    assert "What reached the tip of the catheter" in said
    assert "Unsafe states" in said
    body_of_the_debrief(visit)


def body_of_the_debrief(visit: LearnersVisit) -> None:
    """The body of what was true: asked for, computed beside other work, and shown with tables."""
    page = visit.page
    page.get_by_role("link", name="What happened in the body").click()
    assert "Nothing was hidden" in visit.looked_at()
    visit.press("Compute the body")
    visit.looked_at()
    expect(page.locator("#body-done")).to_contain_text("Computed to", timeout=120_000)
    expect(page.locator("main svg").first).to_be_visible()
    faults = seen_wrong(page, whole=True)
    assert not faults, "\n".join(faults)
