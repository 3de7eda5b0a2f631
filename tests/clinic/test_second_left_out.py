"""Where nobody checked is told: on Today, on Checks, and on the printout of the session (K8)."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
from clinic_pumps import chart_of
from clinic_world import NOW
from django.urls import reverse
from flow_desk import patient_with

from thecal.clinic import clock
from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.models import Role
from thecal.clinic.pages.documents import paper_of
from thecal.clinic.web.flow import event_draft
from thecal.record.second_person import AGREES, DIFFERS, EXCEPTION, GIVEN
from thecal.therapy.events import Interrogate

WHY = "alone on a Sunday"
ALONE = Draft(EXCEPTION, {"request": 1, "counted": 1}, WHY)


def shown(world, role: Role, name: str = "today") -> str:
    page = world.browser(role).get(reverse(name)).content.decode()
    return html.unescape(page).replace("\u00a0", " ")


def test_where_somebody_always_checked_today_says_nothing(world) -> None:
    assert 'id="left-out"' not in shown(world, Role.PHYSICIAN)
    assert "nobody went on without a second person" in shown(world, Role.PHYSICIAN, "checks")


@pytest.mark.req("K8")
def test_today_counts_it_for_whoever_may_check_and_for_who_went_on_alone(world) -> None:
    for author in (world.author(), world.author(), world.author(Role.NURSE)):
        write(world.patient, author, (ALONE,), expected=None)
    told = shown(world, Role.NURSE)
    assert "nobody checked as second person 3 times, 1 of them where you went on alone" in told
    assert f'href="{reverse("checks")}"' in told[told.index("left-out") :]
    assert "nobody checked as second person 3 times" in shown(world, Role.PHARMACIST)
    assert "left-out" not in shown(world, Role.TRAINEE)


def test_checks_lists_who_and_why_and_counts_this_month_alone(world, monkeypatch) -> None:
    write(world.patient, world.author(), (ALONE,), expected=None)
    listed = shown(world, Role.PHARMACIST, "checks")
    assert WHY in listed
    assert "left out 1 time" in listed
    assert reverse("patient", args=[world.patient.pk]) in listed
    monkeypatch.setattr(clock, "now", lambda: NOW + timedelta(days=40))
    assert WHY not in shown(world, Role.PHARMACIST, "checks")
    assert "left-out" not in shown(world, Role.PHARMACIST)


def session(world, patient):
    document = paper_of(chart_of(patient), world.clinic, "session")
    return {one.label.en: one for one in document.sections[0].fields}


def read_by_the_nurse(world):
    patient = patient_with(world, "pain_two_drugs.toml")
    seen = event_draft(Interrogate(time=NOW))
    write(patient, world.author(Role.NURSE), (seen,), expected=None)
    return patient


@pytest.mark.req("K8")
def test_the_printout_of_the_session_names_operator_and_second_person(world) -> None:
    patient = read_by_the_nurse(world)
    differs = Draft(GIVEN, {"request": 1, "typed": {}, "outcome": DIFFERS})
    agrees = Draft(GIVEN, {"request": 1, "typed": {}, "outcome": AGREES})
    assert session(world, patient)["Second person"].value.en == "none on record"
    write(patient, world.author(Role.PHARMACIST), (differs,), expected=None)
    write(patient, world.author(), (agrees,), expected=None)
    told = session(world, patient)
    nurse = world.people[Role.NURSE].user.name
    physician = world.people[Role.PHYSICIAN].user.name
    assert told["Operator"].value.en == nurse
    assert told["Second person"].value.en == physician


@pytest.mark.req("K8")
def test_the_printout_says_where_nobody_checked_and_why(world) -> None:
    patient = read_by_the_nurse(world)
    write(patient, world.author(Role.NURSE), (ALONE,), expected=None)
    told = session(world, patient)["Second person"]
    assert told.emphasis
    assert "NOBODY checked" in told.value.en
    assert WHY in told.value.en
    assert "NIEMAND prüfte" in told.value.de
