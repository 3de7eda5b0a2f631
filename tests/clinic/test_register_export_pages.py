"""The export of the register: who may make it, what is noted of it, and what is in no file."""

from __future__ import annotations

import json

import pytest
from clinic_world import PASSWORD
from django.urls import reverse
from flow_desk import text_of
from logins import clinic_log

from thecal.clinic.ledger.log import Draft, write
from thecal.clinic.models import Role
from thecal.clinic.pages.register_export import EXPORTED

BODY = {
    "complication": "infection",
    "began": "2026-03-10",
    "grade": "3",
    "cause": "surgery",
    "words": "Ada Example told Dr. Who",
}


def made(world, password: str = PASSWORD, **changed: str):
    fields = {"what": "export", "purpose": "audit of 2026", "format": "json"}
    sent = {**fields, "password_export": password, **changed}
    return world.browser(Role.PHYSICIAN).post(reverse("register export"), sent)


@pytest.fixture
def world(world):
    write(world.patient, world.author(), (Draft("complication.recorded", BODY),), expected=None)
    return world


@pytest.mark.inventory("S1.R26")
@pytest.mark.req("L01")
def test_an_export_is_made_by_a_physician_and_noted_in_the_log_of_the_clinic(world) -> None:
    answer = made(world)
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    values = json.loads(answer.content)
    assert values["about"]["people"] == 1
    assert {row["record"] for row in values["rows"]} == {"pump", "catheter", "complication"}
    entry = next(one for one in clinic_log(world.clinic) if one.kind == EXPORTED)
    assert (entry.actor, entry.reason) == ("physician-1", "audit of 2026")
    assert (entry.body["people"], entry.body["small"], entry.body["withheld"]) == (1, 1, True)
    page = text_of(world.browser(Role.PHYSICIAN).get(reverse("register export")))
    assert "audit of 2026" in page
    assert "1 of 1 belong to groups of fewer than 5" in page


def test_no_name_number_date_serial_or_word_is_in_the_file(world) -> None:
    chart = world.patient.projection
    content = json.loads(chart.content)
    for chosen in ("json", "csv"):
        text = made(world, format=chosen, keep="yes").content.decode()
        personal = ("Ada", "Example", content["number"], content["birth_date"], "Dr. Who")
        for word in (*personal, content["therapy"]["serial"], str(world.patient.pk), "2026-"):
            assert word not in text, (chosen, word)


def test_every_export_has_ids_of_its_own(world) -> None:
    first, second = (json.loads(made(world).content)["rows"][0]["id"] for _ in range(2))
    assert first != second


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"purpose": ""}, "purpose"),
        ({"format": "xlsx"}, "format"),
        ({"password": "wrong"}, "password_export"),
    ],
)
def test_without_a_purpose_or_the_password_there_is_no_file(world, changed, field) -> None:
    answer = made(world, **changed)
    assert answer.status_code == 422
    assert f'id="e-{field}"' in answer.content.decode()
    assert EXPORTED not in [one.kind for one in clinic_log(world.clinic)]


def test_a_nurse_neither_sees_nor_makes_one(world) -> None:
    browser = world.browser(Role.NURSE)
    assert browser.get(reverse("register export")).status_code == 403
    assert "Export without names" not in text_of(browser.get(reverse("clinic register")))
