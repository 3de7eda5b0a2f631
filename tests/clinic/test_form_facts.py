"""No form says that something is not known which the clinic knows: the fullest patients."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from html import unescape
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from clinic_pumps import chart_of, patient_today
from django.core.management import call_command
from django.urls import reverse
from programming_desk import Desk, checked, order_of
from tests.care.forms.form_examples import complete

from thecal.care.document import Grid, Text
from thecal.care.forms import FormErrors, form, forms, read_form
from thecal.clinic import clock
from thecal.clinic.access.signing import signature_draft
from thecal.clinic.flows.form_facts import facts_of
from thecal.clinic.flows.form_log import filled_draft, meaning_of
from thecal.clinic.ledger.log import patient_stream, write
from thecal.clinic.ledger.registration import register
from thecal.clinic.models import Patient, Role

ZONE = ZoneInfo("Europe/Berlin")
NOWHERE = {"pump-software", "programmer-software"}
"""What no entry, no reading and no page of the clinic tells."""
TYPED_BESIDE = {"wasted-masses", "destroyed-masses"}
"""What is reckoned from a volume of the same form, once it is typed."""


@pytest.fixture
def world(world):
    return replace(world, patient=patient_today(world))


def fill(world, name: str, **changed: object) -> None:
    """Put a form into the record, signed by everybody who signs it."""
    filled = read_form(form(name), complete(form(name)) | changed)
    assert not isinstance(filled, FormErrors), filled.errors
    facts = facts_of(chart_of(world.patient), form(name), clock.now(), ZONE, filled)
    draft = filled_draft(filled, facts, 0)
    stream, member = patient_stream(world.patient), world.people[Role.PHYSICIAN]
    signed = [
        signature_draft(stream, member, meaning_of(form(name), one), [draft])
        for one in form(name).signs
    ]
    write(world.patient, world.author(), (draft, *signed), expected=None)


def programmed(world) -> None:
    desk = Desk(world)
    desk.signed(desk.drafted(mode="continuous", daily_dose="0.7").content.decode())
    checked(world)
    desk.send("send program", {"command": order_of(world).body["command"]})


def printed(world) -> None:
    url = reverse("document", args=[world.patient.pk, "summary"])
    assert world.browser(Role.NURSE).post(url).status_code == 200


def medicine(world) -> None:
    sent = {
        "seen": chart_of(world.patient).seq,
        "change.medicine": "oxycodone",
        "change.dose": "40",
        "change.dose.unit": "mg/d",
    }
    url = reverse("change medicine", args=[world.patient.pk])
    answer = world.browser(Role.NURSE).post(url, sent)
    assert answer.status_code == 302, unescape(answer.content.decode())


def told(world, name: str):
    return facts_of(chart_of(world.patient), form(name), clock.now(), ZONE)


def unknown(chart, name: str) -> set[str]:
    known = facts_of(chart, form(name), clock.now(), ZONE)
    names = {one.partition(".")[0] for one in known}
    return set(form(name).facts()) - names


@pytest.fixture
def fullest(world):
    """A patient with implant record, order, a program by telemetry with its reading, and papers."""
    serial = chart_of(world.patient).therapy.pump.serial
    fill(world, "F4", serial=serial, udi_di="(01)0001", udi_pi="(11)260101(21)X1")
    fill(world, "F10")
    programmed(world)
    printed(world)
    medicine(world)
    return world


def said(world, name: str, fact: str) -> str:
    one = told(world, name)[fact]
    assert isinstance(one, Text)
    return one.en.replace("\u00a0", " ")


def test_the_fullest_patient_has_every_fact_that_the_clinic_knows_on_every_form(fullest) -> None:
    chart = chart_of(fullest.patient)
    missing = {one.id: unknown(chart, one.id) - NOWHERE - TYPED_BESIDE for one in forms()}
    # This record ends before its first refill and holds no score; the next test has both.
    later = {"residual-ratio", "residual-difference", "residual-band", "scores-12-months"}
    assert {name: one - later for name, one in missing.items() if one - later} == {}


def test_a_demonstration_patient_with_refills_and_scores_has_them_on_the_forms(db) -> None:
    call_command("demo", stdout=StringIO())
    patient = Patient.objects.select_related("projection").get(projection__number_key="t-1001")
    chart = chart_of(patient)
    # No form, order, reading or paper of this patient is in the record: nothing else tells these.
    absent = {
        *("implant-record", "order-mixture", "patient-summary", "program-echo"),
        *("programmer-clock", "pump-clock", "pump-udi", "pump-udi-barcode"),
        "medicines-beside",
    }
    missing = {name for one in forms() for name in unknown(chart, one.id)}
    assert missing - NOWHERE - TYPED_BESIDE <= absent
    grid = facts_of(chart, form("F15"), clock.now(), ZONE)["refills-12-months"]
    assert isinstance(grid, Grid)
    assert any("green" in row[-1].en for row in grid.rows)


def test_the_emergency_sheet_and_the_sheet_for_a_ward_tell_what_is_taken_beside(fullest) -> None:
    taken = said(fullest, "F13", "medicines-beside")
    assert taken.startswith("medicines beside the pump: oxycodone 40 mg/day")
    assert "morphine equivalent of the list" in taken
    for name in ("emergency", "inpatient"):
        page = fullest.browser(Role.NURSE).get(reverse("document", args=[fullest.patient.pk, name]))
        shown = unescape(page.content.decode()).replace("\u00a0", " ")
        assert "oxycodone 40 mg/day" in shown, name


def test_where_nobody_stated_a_medicine_the_ward_writes_it_by_hand(world) -> None:
    page = world.browser(Role.NURSE).get(reverse("document", args=[world.patient.pk, "inpatient"]))
    shown = unescape(page.content.decode())
    assert "medicines beside the pump" in shown.split("To be written on the paper by hand")[1]


def test_the_report_of_a_session_is_the_program_that_proves_itself(fullest) -> None:
    report = said(fullest, "F15", "session-report")
    assert report.startswith("program of 2026-04-20")
    assert "ordered and signed by Physician of Example Clinic" in report
    echo = said(fullest, "F5", "program-echo")
    assert "continuous morphine 0.7 mg (700 mcg) a day (read on 2026-04-20" in echo


def test_what_other_forms_and_papers_tell_is_named_with_its_day(fullest) -> None:
    assert said(fullest, "F8", "pump-udi") == "(01)0001 (11)260101(21)X1"
    assert said(fullest, "F15", "implant-record") == "F4 of 2026-04-20, signed"
    assert said(fullest, "F15", "patient-summary") == "printed on 2026-04-20"
    assert said(fullest, "F5", "order-mixture").endswith("F10 of 2026-04-20, signed")
    assert said(fullest, "F15", "open-orders") == "none"


def test_the_identifier_of_another_pump_is_not_printed(world) -> None:
    fill(world, "F4", serial="ANOTHER", udi_di="(01)0001", udi_pi="(21)X1")
    assert "pump-udi" in unknown(chart_of(world.patient), "F8")


def test_an_order_that_waits_is_an_open_one(world) -> None:
    desk = Desk(world)
    desk.signed(desk.drafted(mode="continuous", daily_dose="0.7").content.decode())
    orders = said(world, "F15", "open-orders")
    assert "not yet written to the pump" in orders
    assert "second person asked for on 2026-04-20" in orders


def test_the_drug_wasted_is_reckoned_from_the_volume_of_the_form(world) -> None:
    """2 mL of morphine 5 mg/mL with bupivacaine 10 mg/mL."""
    filled = read_form(form("F5"), complete(form("F5")) | {"wasted": "2 mL"})
    assert not isinstance(filled, FormErrors)
    facts = facts_of(chart_of(world.patient), form("F5"), clock.now(), ZONE, filled)
    wasted = facts["wasted-masses"]
    assert isinstance(wasted, Text)
    assert wasted.en.replace("\u00a0", " ") == (
        "bupivacaine 20 mg (20,000 mcg); morphine 10 mg (10,000 mcg)"
    )


def test_the_page_says_what_would_make_a_fact_known(world) -> None:
    page = world.browser(Role.NURSE).get(reverse("fill form", args=[world.patient.pk, "F8"]))
    text = unescape(page.content.decode())
    assert "not known: fill in both parts of the UDI in F4" in text
    assert ">not known<" not in text


def test_somebody_without_a_pump_is_told_what_is_missing(world) -> None:
    patient = register(
        world.clinic,
        world.author(),
        name="Nora New",
        number="T-9",
        birth_date=date(1961, 4, 12),
        sex="female",
        pathway="non-cancer",
    )
    page = world.browser(Role.NURSE).get(reverse("fill form", args=[patient.pk, "F15"]))
    text = unescape(page.content.decode())
    assert "not known: record pump, catheter and first fill" in text
    assert "T-9" in text
