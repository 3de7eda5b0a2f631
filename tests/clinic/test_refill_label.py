"""At the refill a label is scanned once: its order, or a hard stop in words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flow_desk import patient_with
from refill_room import Room, text_of
from supply_desk import SupplyDesk

from thecal.care.supply.label_code import shown_code
from thecal.care.supply.order import State
from thecal.clinic import clock
from thecal.clinic.models import Role

TOLD_BY_CODE = dict.fromkeys(
    ("order", "label", "label_again", "label_reading", "lot", "beyond_use"), ""
)


def scan(room: Room, code: str, **changed):
    for key in ("identify", "complaints", "vitals", "interrogate"):
        if room.running.visit.record(key) is None:
            room.record(key)
    return room.record("verify", **{**TOLD_BY_CODE, "label_code": code, **changed})


@pytest.mark.inventory("S1.7")
def test_the_code_tells_order_solution_lot_and_day_and_the_refill_uses_the_order(
    world, room: Room
) -> None:
    desk = SupplyDesk(world, room.patient)
    order = desk.deliver()
    room.begin()
    page = scan(room, shown_code(order.code).lower())
    assert page.status_code == 200, text_of(page)
    verified = room.running.visit.verify
    assert (verified.lot, verified.label, str(verified.label_reading)) == (
        "C-77",
        order.mixture,
        "scanned",
    )
    assert desk.last.state is State.RECEIVED
    assert shown_code(order.code) in text_of(room.get("refill step", "verify"))
    room.post("skip refill step", "decide", reason="dose unchanged")
    for key in ("access", "aspirate"):
        room.record(key)
    room.settle()
    filled = room.record("fill")
    assert filled.status_code == 200, text_of(filled)
    assert desk.last.state is State.USED
    assert desk.last.visit == room.running.number


@pytest.mark.req("K6")
def test_a_label_of_another_patient_is_a_hard_stop(world, room: Room) -> None:
    theirs = SupplyDesk(world, patient_with(world, "pain_two_drugs.toml", name="Bo Other"))
    SupplyDesk(world, room.patient).deliver()
    code = theirs.deliver().code
    room.begin()
    refused = scan(room, code)
    assert refused.status_code == 422
    assert "ANOTHER PATIENT" in text_of(refused)
    assert "Bo Other" not in text_of(refused)
    assert code in text_of(refused), "what was typed stays"
    assert room.running.visit.verify is None


@pytest.mark.req("K6")
def test_a_slip_an_unknown_an_early_a_wrong_and_an_expired_label_are_refused(
    world, room: Room, monkeypatch
) -> None:
    desk = SupplyDesk(world, room.patient)
    order = desk.deliver()
    room.begin()
    slip = order.code[:3] + ("2" if order.code[3] != "2" else "3") + order.code[4:]
    assert "check characters" in text_of(scan(room, slip))
    wrong = scan(room, order.code, label="morphine 20 mg/mL, bupivacaine 10 mg/mL")
    assert "another STRENGTH" in text_of(wrong)
    drug = scan(room, order.code, order="baclofen 2 mg/mL")
    assert "ANOTHER DRUG" in text_of(drug)
    assert "lot is C-77" in text_of(scan(room, order.code, lot="C-99"))
    assert "another date" in text_of(scan(room, order.code, beyond_use="2026-07-30"))
    room.now += timedelta(days=60)
    monkeypatch.setattr(clock, "now", lambda: room.now)
    assert "EXPIRED" in text_of(scan(room, order.code))
    assert room.running.visit.verify is None


@pytest.mark.req("K6")
def test_a_solution_that_was_used_or_not_taken_in_is_refused(world, room: Room) -> None:
    desk = SupplyDesk(world, room.patient)
    desk.order()
    room.begin()
    assert "not taken in" in text_of(scan(room, desk.last.code, **_typed(room)))
    for done in (desk.recompute(), desk.release(), desk.receive()):
        assert done.status_code == 200
    n = desk.last.number
    gone = {f"how_{n}": "returned", f"volume_{n}": "38", f"reason_{n}": "not needed"}
    desk.send(Role.NURSE, f"end-{n}", **gone)
    assert "returned" in text_of(scan(room, desk.last.code, **_typed(room)))


def _typed(room: Room) -> dict[str, str]:
    """Return the fields of a typed label: needed where no order was taken in."""
    return {key: room.typed("verify")[key] for key in TOLD_BY_CODE}


def test_a_label_typed_twice_still_finds_its_order_by_lot_and_solution(world, room: Room) -> None:
    desk = SupplyDesk(world, room.patient)
    desk.deliver()
    room.begin()
    assert scan(room, "", **{**_typed(room), "lot": "C-77"}).status_code == 200
    assert room.running.beside["verify"]["solution"] == desk.last.number


def test_without_code_and_without_words_nothing_is_recorded(world, room: Room) -> None:
    SupplyDesk(world, room.patient).deliver()
    room.begin()
    refused = scan(room, "")
    assert refused.status_code == 422
    assert "this is needed where no code is typed" in text_of(refused)
