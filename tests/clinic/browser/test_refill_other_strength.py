"""A refill with another strength: the dose is decided and the old solution is bridged."""

from __future__ import annotations

from browser.refill_desk import Visit

KARLA = "Karla Konzentrat"
STRONGER = "morphine 12 mg/mL, bupivacaine 24 mg/mL"


def test_another_strength_is_decided_bridged_written_and_read_back(person) -> None:
    visit = Visit(person, KARLA)
    visit.begin()
    visit.press("Read the pump")
    for step in ("identify", "complaints", "vitals", "interrogate"):
        visit.record(step)
    visit.record("verify", order=STRONGER, label=STRONGER, label_again=STRONGER)
    said = visit.looked_at()
    assert "To settle: it will hold the visit, if it stays so" in said
    assert "Duration of the bridge\tvolume / rate = 0.3072 mL / 0.15 mL/day\t49.15 h" in said
    visit.record_program(bridge="planned", bridge_dose="1.5", reason="a stronger solution")
    visit.stands_at("access")
    visit.checked_by(
        "dr.second",
        concentration_bupivacaine="24",
        concentration_morphine="12",
        volume="38",
        background="1.5",
        total_bupivacaine="3.275",
        total_morphine="1.6375",
    )
    visit.record("access")
    visit.record("aspirate")
    visit.record("fill")
    visit.looked_at()
    visit.record("program")
    visit.looked_at()
    visit.written()
    visit.record("waste")
    visit.wait(31)
    visit.record("observe")
    visit.record("leave")
    visit.looked_at()
    visit.close()
    visit.says("closed and signed")
    said = visit.looked_at()
    assert "bupivacaine 24 mg/mL" in said
    assert "Bridge" in said
