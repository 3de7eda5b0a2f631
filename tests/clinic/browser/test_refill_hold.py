"""What holds a visit says so, and leads to where it is mended."""

from __future__ import annotations

from browser.refill_desk import MORPHINE, Visit

HUGO = "Hugo Halt"


def test_a_label_of_another_strength_holds_the_visit_until_it_is_read_again(person) -> None:
    visit = Visit(person, HUGO)
    visit.begin()
    visit.press("Read the pump")
    for step in ("identify", "complaints", "vitals", "interrogate"):
        visit.record(step)
    wrong = MORPHINE.replace("10 mg", "1 mg")
    visit.record("verify", label=wrong, label_again=wrong)
    said = visit.looked_at()
    assert "do not inject; find out which is right" in said
    assert "found bupivacaine 20 mg/mL + morphine 1 mg/mL" in said
    visit.record_program(reason="dose unchanged", bridge="not needed")
    said = visit.looked_at()
    assert "The visit is held here" in said
    visit.page.locator("section.holds").get_by_role(
        "link", name="Match the drug four ways"
    ).first.click()
    visit.stands_at("verify")
    visit.looked_at()
    visit.correct("verify", why="the label was misread")
    assert "The visit is held here" not in visit.looked_at()
    visit.stands_at("access")
