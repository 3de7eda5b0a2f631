"""At a first fill a label is scanned once, as at a refill: its order, or a hard stop in words."""

from __future__ import annotations

import pytest
from clinic_pumps import chart_of
from clinic_world import PASSWORD
from django.urls import reverse
from flow_desk import patient_with, text_of
from implant_room import (
    BEFORE,
    OPERATION,
    PUMP,
    ImplantDesk,
    errors_of,
    fill,
    programmed,
    waiting_for_a_pump,
)
from supply_desk import SupplyDesk

from thecal.care.supply.book import DESTROYED, IN, INJECTED, RETURNED, WASTED
from thecal.care.supply.label_code import shown_code
from thecal.care.supply.order import State
from thecal.clinic.flows.implant_visit import STEP, open_implant
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.ledger.registration import stage_draft
from thecal.clinic.models import Role
from thecal.clinic.supply.book import drug_book
from thecal.record.fold import CORRECTION, EVENT
from thecal.units import Volume

BY_CODE = {
    **dict.fromkeys(
        ("mixture.drug1", "mixture.concentration1", "fill_lot", "beyond_use", "received"), ""
    ),
    "label_reading": "",
    "fill_volume": "36",
    "wasted": "2",
}


@pytest.fixture
def theatre(world) -> ImplantDesk:
    """Stand before the fill of a replacement, a solution taken in for it."""
    desk = ImplantDesk(world, patient=patient_with(world, "pain_two_drugs.toml"))
    SupplyDesk(world, desk.patient).deliver()
    desk.implant("begin")
    serial = chart_of(desk.patient).content["therapy"]["serial"]
    old = {"catheter": "kept", "drawn_at": fill()["filled_at"], "drawn": "30.5"}
    old |= {"returned_serial": serial, "returned_to": "the maker"}
    pump = {**PUMP, "pump_model": "synchromed-ii-40"}
    steps = {"before": BEFORE, "old": old, "pump": pump, "operation": OPERATION}
    for name, fields in steps.items():
        page = desk.implant(name, **fields)
        assert page.status_code == 200, (name, errors_of(page))
    return desk


def order_of(desk: ImplantDesk):
    return SupplyDesk(desk.world, desk.patient).last


def scan(desk: ImplantDesk, code: str, **changed: str):
    return desk.implant("fill", **{**fill(), **BY_CODE, "label_code": code, **changed})


def filled(desk: ImplantDesk):
    return open_implant(chart_of(desk.patient).entries).visit.values.get("fill")


@pytest.mark.inventory("S1.7")
@pytest.mark.req("K6")
def test_the_code_tells_solution_lot_and_day_and_the_fill_uses_the_order(theatre) -> None:
    order = order_of(theatre)
    shown = theatre.go("implant").content.decode()
    assert "Code on the label" in shown
    assert shown.count("needed where no code is typed above") == 5
    page = scan(theatre, shown_code(order.code).lower())
    assert page.status_code == 200, errors_of(page)
    step = theatre.entries(STEP)[-1].body
    assert step["solution"] == order.number
    assert step["values"]["fill_lot"] == "C-77"
    assert [one["drug"] for one in step["values"]["mixture"]] == ["bupivacaine", "morphine"]
    assert step["asked"]["beyond_use"] == "2026-05-20"
    assert step["asked"]["received"] == "38 mL"
    used = order_of(theatre)
    running = open_implant(chart_of(theatre.patient).entries)
    assert (used.state, used.visit) == (State.USED, running.number)
    again = theatre.world.browser(Role.PHYSICIAN).get(
        reverse("implant", args=[theatre.patient.pk]) + "?step=fill"
    )
    assert f'value="{shown_code(order.code)}"' in again.content.decode()
    assert 'value="2"' in again.content.decode(), "a volume is shown as it is typed"
    page = scan(theatre, order.code, wasted="1.5")
    assert page.status_code == 200, errors_of(page)


@pytest.mark.req("K6")
def test_a_label_of_another_patient_is_a_hard_stop(world, theatre) -> None:
    theirs = SupplyDesk(world, patient_with(world, "pain_two_drugs.toml", name="Bo Other"))
    code = theirs.deliver().code
    page = scan(theatre, code)
    assert page.status_code == 422
    assert "ANOTHER PATIENT" in text_of(page)
    assert "Bo Other" not in text_of(page)
    assert f'value="{code}"' in page.content.decode(), "what was typed stays"
    assert filled(theatre) is None


@pytest.mark.req("K6", "K31")
def test_a_slip_a_wrong_solution_another_lot_or_day_and_another_volume_are_refused(theatre) -> None:
    code = order_of(theatre).code
    slip = code[:3] + ("2" if code[3] != "2" else "3") + code[4:]
    assert "check characters" in text_of(scan(theatre, slip))
    typed = {"mixture.drug1": "morphine", "mixture.concentration1": "5"}
    assert "ANOTHER DRUG" in text_of(scan(theatre, code, **typed))
    assert "lot is C-77" in text_of(scan(theatre, code, fill_lot="C-99"))
    assert "another date" in text_of(scan(theatre, code, beyond_use="2026-05-30"))
    assert "came: look at the container again" in text_of(scan(theatre, code, received="20"))
    assert filled(theatre) is None
    assert order_of(theatre).state is State.RECEIVED


def test_an_order_that_ended_by_hand_is_refused(theatre) -> None:
    order, desk = order_of(theatre), SupplyDesk(theatre.world, theatre.patient)
    n = order.number
    gone = {f"how_{n}": "returned", f"volume_{n}": "38", f"reason_{n}": "not needed"}
    desk.send(Role.NURSE, f"end-{n}", **gone)
    typed = {**fill(), "mixture.drug1": "morphine", "label_code": order.code}
    assert "returned" in text_of(theatre.implant("fill", **typed))
    assert filled(theatre) is None


def test_without_a_code_the_label_is_scanned_or_typed_twice(theatre) -> None:
    assert "this is needed where no code is typed" in text_of(scan(theatre, ""))
    twice = {**fill(), "label_reading": "typed-twice"}
    other = theatre.implant("fill", **twice, label_again="morphine 2 mg/mL")
    assert "typed as two solutions" in text_of(other)
    assert filled(theatre) is None
    page = theatre.implant("fill", **twice, label_again="morphine 1 mg/mL")
    assert page.status_code == 200, errors_of(page)
    assert "solution" not in theatre.entries(STEP)[-1].body


def test_a_label_without_its_code_still_finds_its_order_by_lot_and_solution(theatre) -> None:
    again = {
        "mixture.concentration1": "5",
        "mixture.drug2": "bupivacaine",
        "mixture.concentration2": "10",
        "mixture.concentration2.unit": "mg/mL",
        "fill_lot": "C-77",
    }
    page = theatre.implant("fill", **{**fill(), **again})
    assert page.status_code == 200, errors_of(page)
    assert order_of(theatre).state is State.USED
    page = theatre.implant("fill", **{**fill(), **again, "received": "19"})
    assert page.status_code == 200, errors_of(page)
    assert order_of(theatre).state is State.USED, "it is found again"


def test_a_corrected_fill_gives_the_order_back(world, theatre) -> None:
    scan(theatre, order_of(theatre).code)
    assert order_of(theatre).state is State.USED
    entry = theatre.entries(STEP)[-1]
    draft = Draft(CORRECTION, {"replaces": entry.seq, "body": None}, "the wrong patient")
    write(theatre.patient, world.author(), (draft,), expected=None)
    assert order_of(theatre).state is State.RECEIVED


@pytest.mark.req("K23")
def test_the_book_counts_fill_and_rest_once_with_their_witness(world, theatre) -> None:
    scan(theatre, order_of(theatre).code)
    page = theatre.implant("program", **programmed(daily_dose="0.6"))
    assert page.status_code == 200, errors_of(page)
    physician = text_of(theatre.go("implant"))
    assert "nobody has signed as witness that the rest of the new solution was destroyed" in (
        physician
    )
    client = world.browser(Role.NURSE)
    for what in ("witness", "witness-rest"):
        sent = {"what": what, "seen": chart_of(theatre.patient).seq, f"password_{what}": PASSWORD}
        seen = client.post(reverse("implant witness", args=[theatre.patient.pk]), sent, follow=True)
        assert "You are the witness" in text_of(seen), errors_of(seen)
    assert "nobody has signed as witness" not in text_of(theatre.go("implant"))
    theatre.checked()
    page = theatre.implant("close", reason="agreed in the team")
    assert "the record holds the pump" in text_of(page), errors_of(page)
    assert "witness-of-destruction" not in theatre.tasks()
    assert [one.body["type"] for one in theatre.entries(EVENT)].count("fill") >= 2
    book = drug_book(world.clinic, Role.PHYSICIAN)
    new = next(one for one in book.lots if one.lot == "C-77")
    assert new.total(IN) == Volume.of(38, "mL")
    assert new.total(INJECTED) == Volume.of(36, "mL")
    assert new.total(WASTED) == Volume.of(2, "mL")
    assert not new.total(RETURNED, DESTROYED)
    assert new.is_closed
    assert not new.balance
    assert not list(new.findings())
    old = next(one for one in book.lots if one.lot.startswith("drawn out"))
    assert not old.balance
    assert sum(1 for one in book.lots if one.lot == "C-77") == 1


@pytest.mark.req("K23")
def test_what_does_not_add_up_is_asked_before_the_end(theatre) -> None:
    scan(theatre, order_of(theatre).code, wasted="")
    theatre.implant("program", **programmed(daily_dose="0.6"))
    page = text_of(theatre.go("implant")).replace("\u00a0", " ")
    assert "new solution: 2 mL missing: 38 mL received" in page
    theatre.checked()
    assert theatre.implant("close").status_code == 422


@pytest.mark.inventory("S0.18", "S1.7")
def test_the_solution_of_a_first_fill_is_ordered_before_there_is_a_pump(world) -> None:
    desk = ImplantDesk(world, patient=waiting_for_a_pump(world))
    supply = SupplyDesk(world, desk.patient)
    page = text_of(supply.look(Role.PHYSICIAN))
    assert "what is ordered here is for its first fill" in page
    assert "Kit for the next refill" not in page
    order = supply.deliver()
    listed = world.browser(Role.PHARMACIST).get(reverse("orders"))
    assert "Ines Implant" in text_of(listed)
    desk.implant("begin")
    parts = {"wasted": "18", "fill_volume": "20"}
    desk.all_steps(fill={**fill(), **BY_CODE, **parts, "label_code": order.code})
    assert (supply.last.state, supply.last.number) == (State.USED, order.number)
    desk.checked()
    page = desk.implant("close", reason="agreed in the team")
    assert "the record holds the pump" in text_of(page), errors_of(page)
    (lot,) = drug_book(world.clinic, Role.PHYSICIAN).lots
    assert not lot.balance
    assert "nobody else signed" in "; ".join(one.message for one in lot.findings())


def test_nothing_is_ordered_for_somebody_who_is_to_get_no_pump(world) -> None:
    patient = waiting_for_a_pump(world)
    write(patient, world.author(), (stage_draft("declined"),), expected=None)
    supply = SupplyDesk(world, patient)
    assert "nothing is ordered for it here" in text_of(supply.look(Role.PHYSICIAN))
    supply.order()
    assert not supply.orders
