"""More is drawn than expected: it is decided before anything is filled, by another person."""

from __future__ import annotations

from browser.refill_desk import Visit, put

DINA = "Dina Differenz"


def test_a_difference_is_decided_before_anything_is_filled(person) -> None:
    visit = Visit(person, DINA)
    visit.begin()
    visit.to("aspirate")
    visit.record("aspirate", volume_drawn="29")
    visit.stands_at("decide")
    assert "This step cannot be left out, because the aspirate is red" in visit.looked_at()
    visit.record_program(reason="dose unchanged")
    visit.stands_at("discrepancy")
    said = visit.looked_at()
    assert "Stop and decide before anything is filled" in said
    assert f"Expected\t{visit.expected()} mL" in said
    assert "Drawn\t29 mL" in said
    put(visit.page, category="syringe-reading", action="record")
    visit.press("Record and go on")
    visit.checked_by("dr.second")
    visit.answer("dr.second", "K2", "looked at together, the syringe was read again")
    visit.go_on()
    visit.stands_at("fill")
    visit.looked_at()
