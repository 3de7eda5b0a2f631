"""Every hold of a refill says where it is mended, leads there, and is over once it is mended."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from refill_room import Room, text_of

from thecal.clinic.refill.entries import STEP


def held(room: Room) -> str:
    """Return the part of the visit's page that says what to do, every link of it followed."""
    page = room.get("refill").content.decode()
    found = re.search(r'<section class="card holds".*?</section>', page, re.S)
    assert found, "the page says nothing of the hold"
    for address in re.findall(r'href="(/[^"]+)"', found[0]):
        assert room.nurse.get(address, follow=True).status_code == 200, address
    return found[0]


ON_A_STEP: Mapping[str, tuple[str, str, Mapping[str, Any], Mapping[str, Any]]] = {
    "one identifier": ("K30", "identify", {"identifiers": ["name"]}, {}),
    "another pump": ("K30", "identify", {"serial": "NGX999999X"}, {}),
    "an alarm nobody read": (
        *("K16", "interrogate", {"events": "stall"}),
        {"events": "stall", "acknowledged": "yes"},
    ),
    "an order that differs": ("K6", "verify", {"order": "morphine 99 mg/mL"}, {}),
    "a broken seal": ("K6", "verify", {"intact": "no"}, {}),
    "the side port": ("K9", "access", {"port": "side-port"}, {}),
    "no asepsis": ("K9", "access", {"aseptic": "no"}, {}),
    "no template": (
        *("K9", "access", {"template_fits": "no"}),
        {"template_fits": "no", "imaging": "ultrasound"},
    ),
    "two volumes": ("K1", "program", {"second": "37"}, {}),
    "more than it holds": (
        *("R03", "program"),
        {"first": "48", "second": "48", "programmed_volume": "48"},
        {},
    ),
    "no tick": ("K7", "program", {"ticked": []}, {}),
    "another line read back": (
        *("U09", "read_back"),
        {"same0": "no", "says0": "morphine 50 mg/mL"},
        {},
    ),
    "a swollen pocket": ("K9", "fill", {"swelling": "yes"}, {"swelling": "yes", "imaged": "yes"}),
}


@pytest.mark.parametrize("what", ON_A_STEP)
def test_a_hold_leads_to_the_step_that_mends_it(room: Room, what: str) -> None:
    check, key, wrong, right = ON_A_STEP[what]
    page = room.up_to(key, **{key: dict(wrong)})
    assert check in room.blocking
    assert "The visit is held here" in text_of(page) or "it will hold the visit" in text_of(page)
    assert room.url("refill step", key) in held(room)
    room.record(key, **right)
    assert check not in room.blocking


def test_blood_in_the_syringe_leads_to_the_imaging_of_the_needle(room: Room) -> None:
    room.up_to("aspirate", aspirate={"appearance": "blood", "colour": "red"})
    assert "K9" in room.blocking
    assert room.url("refill step", "access") in held(room)
    room.record("access", imaging="ultrasound")
    assert "K9" not in room.blocking


def test_a_red_difference_leads_to_its_decision_to_troubleshooting_and_to_another_person(
    room: Room,
) -> None:
    room.up_to("aspirate", access={"imaging": "ultrasound"}, aspirate={"volume_drawn": "20"})
    room.record("decide", reason="as before")
    room.record("discrepancy", category="leak", action="image-the-line")
    assert "K2" in room.blocking
    part = held(room)
    assert room.url("refill step", "discrepancy") in part
    assert room.url("troubleshooting") in part
    assert "another person answers it" in part
    room.record("discrepancy", browser=room.physician, category="leak", action="image-the-line")
    assert "K2" not in room.blocking


def test_a_change_without_a_reason_comes_with_the_field_for_it(room: Room) -> None:
    room.up_to("verify")
    dose = float(room.situation.program_before.daily_dose.in_unit("mg/d"))
    room.record("decide", daily_dose=f"{dose * 1.05:.4g}", reason="")
    assert "K7" in room.blocking
    assert room.url("reason at refill", "decide") in held(room)
    before = room.running.visit.decide
    room.post("reason at refill", "decide", reason="more pain at night")
    assert "K7" not in room.blocking
    after = room.running.visit.decide
    assert after.reason == "more pain at night"
    assert (after.mode, after.daily_doses) == (before.mode, before.daily_doses)
    assert room.running.program is not None
    again = room.post("reason at refill", "decide", reason="once more")
    assert again.status_code == 422
    assert room.kinds().count(STEP) == len(room.running.written) + 1


ANSWERED: Mapping[str, tuple[str, Callable[[Room], object]]] = {
    "a last day that is over": ("K31", lambda room: room.up_to("verify", verify=LONG_AGO)),
    "no consent": ("K9", lambda room: room.up_to("access", access={"consent": "no"})),
    "nobody saw the waste": ("K23", lambda room: room.up_to("waste", waste={"witness": ""})),
    "a millilitre missing": ("K23", lambda room: room.up_to("waste", waste={"injected": "37"})),
    "a worse gait": ("K11", lambda room: room.up_to("observe", observe={"gait": "unsteady"})),
}
LONG_AGO = {"beyond_use": "2026-01-30"}


@pytest.mark.parametrize("what", ANSWERED)
def test_what_asks_may_be_answered_by_another_person_or_corrected(room: Room, what: str) -> None:
    check, drive = ANSWERED[what]
    drive(room)
    assert check in room.blocking
    assert "another person " in held(room)
    room.answer()
    assert check not in room.blocking


def test_without_a_second_person_the_fill_waits_and_the_page_says_how_to_ask(room: Room) -> None:
    room.up_to("verify")
    room.post("skip refill step", "decide", reason="dose unchanged")
    for key in ("access", "aspirate"):
        room.record(key)
    assert "K8" in room.blocking
    assert "Ask for a second person" in text_of(room.get("refill"))
    room.settle()
    assert "K8" not in room.blocking


def test_on_the_few_pages_a_hold_that_needs_another_page_opens_all_of_them(room: Room) -> None:
    room.begin(path="refill-only")
    room.record("arrive")
    room.record("drug", order="morphine 99 mg/mL")
    assert "K6" in room.blocking
    assert "Go on with all steps, to do this" in held(room) or room.url(
        "refill step", "decide"
    ) in held(room)
    room.post("refill path", path="full")
    assert room.get("refill step", "decide").status_code == 200


def test_a_pump_that_ran_empty_leads_to_the_review_of_the_restart(room: Room) -> None:
    room.now += timedelta(days=400)
    room.up_to("interrogate")
    room.record("verify", beyond_use="2027-12-30")
    assert "K36" in room.blocking
    assert room.url("refill step", "decide") in held(room)
    assert "break off the visit" in text_of(room.get("refill"))
