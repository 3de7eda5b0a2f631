"""A refill of a pump of constant flow: nothing is read from it and nothing written to it."""

from __future__ import annotations

from browser.refill_desk import Visit, plain

KONRAD = "Konrad Konstant"
SOLUTION = "morphine 4 mg/mL"


def serial_on_the_card(visit: Visit) -> str:
    """Return the serial number as the head of the patient's pages says it."""
    pump = visit.page.locator("section.patient dl > div").filter(has_text="Pump").locator("dd")
    return plain(pump.inner_text()).rsplit(", ", 1)[1]


def test_a_pump_of_constant_flow_is_filled_by_hand(person) -> None:
    visit = Visit(person, KONRAD)
    serial = serial_on_the_card(visit)
    visit.begin()
    assert serial not in visit.page.content(), (
        "who types the number reads it off the pump or its card"
    )
    said = " ".join(visit.looked_at().split())
    for step in ("Read the pump", "Write and read back"):
        assert f"{step} not needed here: this pump has nothing to read" in said
    visit.record("identify", serial=serial)
    visit.record("complaints")
    visit.record("vitals")
    visit.record("verify", order=SOLUTION, label=SOLUTION, label_again=SOLUTION, volume="35")
    visit.looked_at()
    visit.press("Nothing changes")
    visit.record("access", kit="isomed-refill")
    visit.checked_by("dr.second", concentration_morphine="4", volume="35")
    visit.record("aspirate")
    visit.record("fill", portions="7 of 5 mL")
    visit.looked_at()
    visit.record("program", first="35", second="35")
    visit.looked_at()
    visit.record("waste", received="35", injected="35")
    visit.wait(31)
    visit.record("observe")
    visit.record("leave")
    visit.close()
    visit.says("closed and signed")
    visit.looked_at()
