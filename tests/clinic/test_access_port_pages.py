"""A needle in the catheter access port: ordered, checked, drawn, injected, refused (E2, K14)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from clinic_pumps import chart_of
from clinic_world import NOW
from finding_words import tells
from flow_desk import FlowDesk, patient_with, text_of
from programming_desk import checked

from thecal.clinic import clock
from thecal.clinic.ledger.due import WATCH_BEGUN
from thecal.clinic.models import Role
from thecal.therapy.events import AccessPort
from thecal.units import Volume

DYE = {"purpose": "contrast", "draw_first": "1", "injected": "2", "mixture": "", "reason": ""}
KIT = {"kit": "synchromed-access-port", "kit_lot": "K-7", "needle_gauge": "24", "port": "side-port"}


@pytest.fixture
def at_port(world):
    """The physician and the nurse at the page of one patient, and the world with the patient."""
    patient = patient_with(world, "spasticity_baclofen.toml")
    return (
        FlowDesk(world, Role.PHYSICIAN, patient),
        FlowDesk(world, Role.NURSE, patient),
        replace(world, patient=patient),
    )


def ports(desk: FlowDesk) -> list[AccessPort]:
    return [one for one in chart_of(desk.patient).therapy.events if isinstance(one, AccessPort)]


def test_the_page_says_what_stands_in_the_line_and_what_the_sources_say(at_port) -> None:
    physician, nurse, _ = at_port
    page = text_of(nurse.go("access port"))
    assert "mcg of" in page or "baclofen" in page
    assert "never push drug through the access port" in page.lower()
    assert "A prescriber orders an injection." in page
    assert "stop injecting; draw back through the same needle" in page
    assert "Sign the order" in text_of(physician.go("access port"))


@pytest.mark.req("K14")
@pytest.mark.inventory("E2")
def test_e2_a_push_of_what_stands_in_the_line_is_stopped(at_port) -> None:
    physician, _, _ = at_port
    page = physician.send("order injection", "order", **DYE | {"draw_first": ""})
    assert page.status_code == 422
    assert "K14" in text_of(page)
    assert "pushes" in text_of(page)
    assert physician.entries("port.ordered") == []


def test_the_emergency_page_leads_to_what_is_drawn(at_port) -> None:
    _, nurse, _ = at_port
    page = text_of(nurse.go("patient emergency"))
    assert "write down what was drawn" in page
    assert "write down what was drawn" not in text_of(
        FlowDesk(nurse.world, Role.TRAINEE, nurse.patient).go("patient emergency")
    )


@pytest.mark.req("K14")
@pytest.mark.inventory("E2")
def test_an_injection_by_two_people_after_the_line_was_drawn(at_port) -> None:
    physician, nurse, world = at_port
    assert physician.send("order injection", "order", **DYE).status_code == 200
    (ordered,) = physician.entries("port.ordered")
    # Nobody injects before a second person has checked, nor before the line was drawn.
    assert nurse.send("inject", "inject").status_code == 422
    checked(world, Role.PHARMACIST)
    page = nurse.send("inject", "inject")
    assert page.status_code == 422
    assert "inject nothing" in text_of(page)
    assert ports(nurse) == []
    page = nurse.send("draw port", "draw", drawn="1.2", **KIT)
    assert "K14" not in text_of(page)
    assert "catheter-drawn-empty" in nurse.tasks()
    assert nurse.send("inject", "inject").status_code == 200
    drawn, injected = ports(nurse)
    assert (drawn.aspirated, drawn.injected) == (Volume.of("1.2", "mL"), None)
    assert (injected.aspirated, injected.injected) == (None, Volume.of(2, "mL"))
    (done,) = nurse.entries("port.injected")
    assert done.body["order"] == ordered.seq
    assert "Order an injection" in text_of(physician.go("access port"))


@pytest.mark.req("K14")
@pytest.mark.inventory("E2")
def test_without_the_second_person_nothing_is_injected_though_the_line_was_drawn(at_port) -> None:
    physician, nurse, world = at_port
    physician.send("order injection", "order", **DYE)
    nurse.send("draw port", "draw", drawn="1.2", **KIT)
    page = nurse.send("inject", "inject", reason_inject="nobody is free")
    assert page.status_code == 422
    assert "a second person has to check this order first" in text_of(page)
    # Who ordered is not the second person.
    checked(world, Role.PHYSICIAN)
    assert nurse.send("inject", "inject").status_code == 422
    checked(world, Role.PHARMACIST)
    assert nurse.send("inject", "inject").status_code == 200


@pytest.mark.req("K8")
def test_nobody_goes_on_alone_but_where_the_clinic_allows_it_with_a_reason(at_port) -> None:
    physician, nurse, world = at_port
    physician.send("order injection", "order", **DYE)
    nurse.send("draw port", "draw", drawn="1.2", **KIT)
    (ordered,) = physician.entries("port.ordered")
    assert "Go on without a second person" not in text_of(physician.go("access port"))
    physician.send("port alone", "", order=ordered.seq, reason="alone at night")
    assert physician.entries("second.exception") == []
    world.clinic.second_person = "exception"
    world.clinic.save()
    assert "Go on without a second person" in text_of(physician.go("access port"))
    assert "Go on without a second person" not in text_of(nurse.go("access port"))
    physician.send("port alone", "", order=ordered.seq, reason=" ")
    physician.send("port alone", "", order=ordered.seq + 1, reason="alone at night")
    assert physician.entries("second.exception") == []
    physician.send("port alone", "", order=ordered.seq, reason="alone at night")
    assert len(physician.entries("second.exception")) == 1
    assert "Nobody checked: alone at night" in text_of(nurse.go("access port"))
    assert nurse.send("inject", "inject").status_code == 200


@pytest.mark.req("K14")
@pytest.mark.inventory("E2")
def test_where_less_came_than_was_ordered_nothing_is_injected(at_port) -> None:
    physician, nurse, world = at_port
    physician.send("order injection", "order", **DYE)
    checked(world, Role.PHARMACIST)
    nurse.send("draw port", "draw", drawn="0", **KIT)
    assert ports(nurse) == []
    page = nurse.send("inject", "inject", reason_inject="it has to go on")
    assert page.status_code == 422
    assert "0 mL came where 1 mL were to be drawn" in text_of(page)
    assert nurse.entries("port.injected") == []


@pytest.mark.req("K10")
@pytest.mark.inventory("E2")
def test_e2_a_refill_kit_at_the_access_port_injects_nothing(at_port) -> None:
    physician, nurse, world = at_port
    physician.send("order injection", "order", **DYE)
    checked(world, Role.PHARMACIST)
    wrong = KIT | {"kit": "synchromed-refill", "needle_gauge": "22"}
    page = text_of(nurse.send("draw port", "draw", drawn="1", **wrong))
    assert tells(page, "Refused", "K10")
    assert nurse.send("inject", "inject", reason_inject="no other").status_code == 422
    nurse.send("draw port", "draw", drawn="1", **KIT)
    assert nurse.send("inject", "inject").status_code == 200


@pytest.mark.req("K14")
def test_a_needle_in_the_reservoir_injects_nothing_and_drew_nothing_from_the_line(at_port) -> None:
    physician, nurse, world = at_port
    physician.send("order injection", "order", **DYE)
    checked(world, Role.PHARMACIST)
    page = nurse.send("draw port", "draw", drawn="1", **KIT | {"port": "reservoir"})
    assert "the needle is in the reservoir port" in text_of(page)
    assert ports(nurse) == []
    assert nurse.send("inject", "inject").status_code == 422


@pytest.mark.req("K14")
def test_a_drawing_that_is_old_does_not_hold(at_port, monkeypatch) -> None:
    physician, nurse, world = at_port
    physician.send("order injection", "order", **DYE)
    checked(world, Role.PHARMACIST)
    nurse.send("draw port", "draw", drawn="1", **KIT)
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(minutes=16))
    page = nurse.send("inject", "inject")
    assert page.status_code == 422
    assert "draw anew" in text_of(page)


@pytest.mark.req("K14")
def test_drawing_needs_no_order_no_second_person_and_no_prescriber(at_port) -> None:
    _, nurse, _ = at_port
    page = nurse.send("draw port", "draw", drawn="30", **KIT | {"kit": "unlisted"})
    assert page.status_code == 200
    (drawn,) = ports(nurse)
    assert drawn.aspirated == Volume.of(30, "mL")
    assert nurse.entries("port.injected") == []


@pytest.mark.req("K14")
def test_a_bolus_names_its_dose_asks_for_a_reason_and_is_watched(at_port) -> None:
    physician, nurse, world = at_port
    bolus = DYE | {"purpose": "bolus", "injected": "0.2", "mixture": "baclofen 2000 ug/mL"}
    page = physician.send("order injection", "order", **bolus)
    assert page.status_code == 422
    assert "a question above has no answer" in text_of(page)
    physician.send("order injection", "order", **bolus | {"reason": "a test bolus"})
    assert "baclofen: 400 mcg (0.4 mg)" in text_of(physician.go("access port"))
    checked(world, Role.PHARMACIST)
    nurse.send("draw port", "draw", drawn="1", **KIT)
    assert nurse.send("inject", "inject").status_code == 200
    (injected,) = [one for one in ports(nurse) if one.injected]
    assert [one.check for one in injected.override] == ["K14"]
    assert len(nurse.entries(WATCH_BEGUN)) == 1


@pytest.mark.req("K26")
def test_a_bolus_that_leaves_another_solution_in_the_catheter_is_refused(at_port) -> None:
    physician, _, _ = at_port
    weak = {"purpose": "bolus", "injected": "0.5", "mixture": "baclofen 100 ug/mL"}
    page = physician.send("order injection", "order", **DYE | weak | {"reason": "a test"})
    assert page.status_code == 422
    assert tells(text_of(page), "Refused", "K26")
    assert "no source states a flush" in text_of(page)
    # What the page says to do instead goes through: the pump's own solution; the pump stopped.
    assert "no source states a flush" not in text_of(physician.go("access port"))
    physician.send("stop pump", "stop")
    page = physician.send("order injection", "order", **DYE | weak | {"reason": "a test"})
    assert not tells(text_of(page), "Refused", "K26")
    assert len(physician.entries("port.ordered")) == 1


def on_the_list(world, patient, medicine: str) -> None:
    desk = FlowDesk(world, Role.PHYSICIAN, patient)
    taken = {"change.medicine": medicine, "change.dose_words": "as before"}
    desk.send("change medicine", "change", **taken)
    whole = {"list.asked": "the patient", "list.alcohol": "no"}
    desk.send("reconcile medicines", "reconcile", **whole)


@pytest.mark.req("K35")
def test_what_acts_against_clotting_is_asked_before_an_injection_and_never_of_a_drawing(
    at_port,
) -> None:
    physician, nurse, world = at_port
    unasked = text_of(physician.send("order injection", "order", **DYE | {"draw_first": ""}))
    assert tells(unasked, "Warning", "K35")
    on_the_list(world, world.patient, "apixaban")
    page = physician.send("order injection", "order", **DYE)
    assert page.status_code == 422
    assert tells(text_of(page), "Needs a reason", "K35")
    physician.send("order injection", "order", **DYE | {"reason": "the cardiologist agrees"})
    (ordered,) = physician.entries("port.ordered")
    assert "K35" in ordered.body["answered"]
    checked(world, Role.PHARMACIST)
    assert nurse.send("draw port", "draw", drawn="1.2", **KIT).status_code == 200
    assert nurse.send("inject", "inject").status_code == 200
    assert len(ports(nurse)) == 2


@pytest.mark.req("K35")
def test_a_list_without_such_a_medicine_asks_nothing_of_an_injection(at_port) -> None:
    physician, _, world = at_port
    on_the_list(world, world.patient, "paracetamol")
    assert "K35" not in text_of(physician.send("order injection", "order", **DYE))
    assert len(physician.entries("port.ordered")) == 1


def test_a_bolus_without_a_drug_and_contrast_with_one_are_refused(at_port) -> None:
    physician, _, _ = at_port
    for wrong in ({"purpose": "bolus"}, {"mixture": "morphine 1 mg/mL"}, {"injected": "a lot"}):
        assert physician.send("order injection", "order", **DYE | wrong).status_code == 422
    assert physician.entries("port.ordered") == []


def test_an_order_is_taken_back_with_a_reason(at_port) -> None:
    physician, nurse, _ = at_port
    physician.send("order injection", "order", **DYE)
    assert nurse.send("withdraw injection", "withdraw", why="").status_code == 422
    nurse.send("withdraw injection", "withdraw", why="no dye study today")
    assert nurse.send("inject", "inject").status_code == 200
    assert nurse.entries("port.injected") == []
    assert "Order an injection" in text_of(physician.go("access port"))


def test_one_order_at_a_time_and_only_a_prescriber_orders(at_port) -> None:
    physician, nurse, _ = at_port
    assert nurse.send("order injection", "order", **DYE).status_code == 403
    physician.send("order injection", "order", **DYE)
    assert physician.send("order injection", "order", **DYE).status_code == 422
    assert len(physician.entries("port.ordered")) == 1
