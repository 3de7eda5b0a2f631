"""A refill that changes nothing, on its few pages, and what these pages do not ask."""

from __future__ import annotations

from browser.refill_desk import Visit

FRITZ = "Fritz Folge"


def test_a_refill_that_changes_nothing_goes_through_its_few_pages(person) -> None:
    visit = Visit(person, FRITZ)
    visit.begin("refill-only")
    said = visit.looked_at()
    assert "step 6, Decide the dose: solution, mode and doses stay" in said
    assert "step 9, Decide on a difference: it is asked only where another volume is drawn" in said
    visit.press("Read the pump")
    visit.record("identify", "complaints", "vitals")
    visit.looked_at()
    visit.record("verify")
    visit.checked_by("dr.second")
    visit.looked_at()
    visit.record("access", "aspirate")
    visit.looked_at()
    visit.record("fill", "program")
    visit.looked_at()
    visit.written()
    visit.record("waste")
    assert "min left" in visit.looked_at()
    visit.wait(31)
    visit.record("observe")
    visit.looked_at()
    visit.record("leave")
    visit.close()
    visit.says("closed and signed")
    assert "Step 6: Decide the dose\n\nNot needed" in visit.looked_at()
