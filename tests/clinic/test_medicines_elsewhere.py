"""The list of medicines where it decides: trial, pathway, programming, overview, emergency."""

from __future__ import annotations

from datetime import date

import pytest
from clinic_world import World
from django.urls import reverse
from programming_desk import Desk, text_of

from thecal.clinic.flows.trial_log import ORDERED
from thecal.clinic.ledger.log import patient_stream, read_entries
from thecal.clinic.ledger.registration import register
from thecal.clinic.models import Patient, Role

LORAZEPAM = {"change.medicine": "lorazepam", "change.dose": "2", "change.dose.unit": "mg/d"}
APIXABAN = {"change.medicine": "apixaban", "change.dose": "10", "change.dose.unit": "mg/d"}
PARACETAMOL = {"change.medicine": "paracetamol", "change.dose_words": "when needed"}
WHOLE = {"list.asked": "the patient", "list.alcohol": "no"}
IMPLANT = {"puncture.procedure": "implant", "puncture.begins": "2026-04-30T08:00"}
TRIAL = {"method": "repeated-bolus", "drug": "baclofen", "origin": "spinal"}
DOSE = {
    "planned.dose": "50",
    "planned.time": "2026-04-20T15:00",
    "syringe.stock": "50",
    "syringe.stock.unit": "ug/mL",
    "syringe.drawn": "1",
    "syringe.made": "1",
    "syringe.injected": "1",
    "anticoagulants.drug": "none",
    "order.naloxone": "yes",
}


@pytest.fixture
def stiff(world: World) -> Patient:
    return register(
        world.clinic,
        world.author(),
        name="Mira Example",
        number="M-1",
        birth_date=date(1961, 4, 12),
        sex="female",
        pathway="spasticity",
    )


def post(world: World, patient: Patient, name: str, **sent: str):
    fields = {"seen": patient_stream(patient).head_seq, **sent}
    return world.browser(Role.PHYSICIAN).post(reverse(name, args=[patient.pk]), fields)


def page(world: World, patient: Patient, name: str, *more: str) -> str:
    return text_of(world.browser(Role.NURSE).get(reverse(name, args=[patient.pk, *more])))


def listed(world: World, patient: Patient, *medicines: dict[str, str]) -> None:
    for one in medicines:
        assert post(world, patient, "change medicine", **one).status_code == 302
    assert post(world, patient, "reconcile medicines", **WHOLE).status_code == 302


@pytest.mark.req("K35")
def test_what_stands_on_the_list_is_asked_before_a_trial_though_none_was_typed(
    world, stiff
) -> None:
    listed(world, stiff, APIXABAN)
    post(world, stiff, "plan trial", **TRIAL)
    answer = post(world, stiff, "order trial dose", **DOSE)
    assert answer.status_code == 422
    assert "apixaban: last dose not later than" in text_of(answer)
    kinds = [one.kind for one in read_entries(patient_stream(stiff))]
    assert ORDERED not in kinds


@pytest.mark.req("K20")
@pytest.mark.req("K35")
def test_a_list_of_the_day_without_either_lets_the_trial_go_on(world, stiff) -> None:
    listed(world, stiff, PARACETAMOL)
    post(world, stiff, "plan trial", **TRIAL)
    assert post(world, stiff, "order trial dose", **DOSE).status_code == 302


@pytest.mark.req("K20")
@pytest.mark.inventory("E21")
def test_a_sedative_on_the_list_asks_before_a_trial(world, stiff) -> None:
    listed(world, stiff, LORAZEPAM)
    post(world, stiff, "plan trial", **TRIAL)
    answer = post(world, stiff, "order trial dose", **DOSE)
    assert answer.status_code == 422
    assert "K20" in text_of(answer)
    reason = {"order.reason": "weaned, agreed with the ward"}
    assert post(world, stiff, "order trial dose", **DOSE, **reason).status_code == 302


@pytest.mark.req("K35")
def test_the_pathway_asks_for_the_puncture_and_shows_what_is_held(world, stiff) -> None:
    listed(world, stiff, APIXABAN)
    post(world, stiff, "plan puncture", **IMPLANT)
    for name in ("pathway", "trial", "medicines"):
        text = page(world, stiff, name)
        assert "Before the implant of pump and catheter on 30 April 2026, 08:00" in text, name
        assert "27 April 2026" in text, name
        assert "unverified" in text, name


@pytest.mark.req("K20")
def test_programming_shows_what_the_list_asks_and_how_the_dose_rose(world) -> None:
    desk = Desk(world)
    listed(world, world.patient, LORAZEPAM)
    desk.read()
    text = text_of(desk.go("programming"))
    assert "K20" in text
    assert "lorazepam 2 mg/day" in text or "lorazepam" in text
    assert "How the dose rose" in text
    confirm = text_of(desk.drafted(daily_dose="1.25"))
    assert "How the dose rose" in confirm


@pytest.mark.req("K20")
def test_programming_asks_nothing_of_a_list_that_meets_nothing(world) -> None:
    desk = Desk(world)
    listed(world, world.patient, PARACETAMOL)
    desk.read()
    assert "K20" not in text_of(desk.go("programming"))


def test_the_overview_says_what_is_taken_or_that_nobody_said(world) -> None:
    assert "not the same as none" in page(world, world.patient, "patient")
    listed(world, world.patient, LORAZEPAM)
    text = page(world, world.patient, "patient")
    assert "lorazepam 2 mg/day" in text
    assert "gone through on 20 April 2026" in text


def test_the_emergency_page_and_its_sheet_have_the_list_in_both_languages(world) -> None:
    assert "Medicines, as people stated" not in page(world, world.patient, "patient emergency")
    listed(world, world.patient, LORAZEPAM, APIXABAN)
    assert "lorazepam 2 mg/day; apixaban 10 mg/day" in page(
        world, world.patient, "patient emergency"
    )
    address = reverse("document", args=[world.patient.pk, "emergency"])
    browser = world.browser(Role.NURSE)
    assert "Medicines, as people stated" in text_of(browser.get(address, {"language": "en"}))
    german = text_of(browser.get(address, {"language": "de"}))
    assert "Arzneimittel nach Angabe" in german
    assert "lorazepam 2 mg/" in german
