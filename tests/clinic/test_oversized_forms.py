"""More than a form may hold: refused whole and in plain words, never cut short."""

from __future__ import annotations

from dataclasses import replace
from html import unescape

import pytest
from clinic_pumps import kinds, patient_today
from django.urls import reverse
from programming_desk import Desk, text_of

from thecal.care.programming.fields import LONGEST_TYPED
from thecal.clinic.models import Role
from thecal.clinic.programs.drafts import DRAFT, ORDERED
from thecal.clinic.web.whole_text import LONGEST_REASON

BAD_REQUEST, REFUSED = 400, 422


@pytest.fixture
def world(world):
    return replace(world, patient=patient_today(world))


def sent(world, name: str, fields: dict[str, str]) -> tuple[int, str]:
    answer = world.browser(Role.PHYSICIAN).post(reverse(name, args=[world.patient.pk]), fields)
    return answer.status_code, unescape(answer.content.decode())


def test_a_form_of_too_many_fields_gets_a_page_that_says_so(world, settings) -> None:
    before = kinds(world.patient)
    many = {f"x{number}": "1" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
    status, page = sent(world, "notes", many)
    assert status == BAD_REQUEST
    assert "more than the 2000 fields" in page
    assert "What to do: go back, take rows away" in page
    assert "Ada" not in page
    assert kinds(world.patient) == before


def test_a_form_of_too_many_bytes_gets_a_page_that_says_so(world, settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
    browser = world.browser(Role.PHYSICIAN)
    answer = browser.post(
        reverse("notes", args=[world.patient.pk]),
        "text=" + "a" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1),
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == BAD_REQUEST
    assert "larger than the 1 MB" in answer.content.decode()


def test_a_request_that_cannot_be_read_gets_a_page_too(client, db) -> None:
    answer = client.get(reverse("login"), headers={"host": "not_a_host..example/"})
    assert answer.status_code == BAD_REQUEST
    assert "cannot read" in answer.content.decode()


@pytest.mark.parametrize("field", ["reason", "daily_dose"])
def test_a_text_of_a_draft_that_is_too_long_is_refused_and_stays_whole(world, field) -> None:
    desk = Desk(world)
    desk.read()
    text = "1" * (LONGEST_TYPED + 1)
    page = desk.send("save draft", desk.fields() | {field: text, "go on": "yes"})
    assert page.status_code == REFUSED
    assert f'value="{text}"' in text_of(page)
    assert f"{len(text)} characters are more than the {LONGEST_TYPED}" in text_of(page)
    assert DRAFT not in kinds(world.patient)


def test_a_text_of_a_draft_that_just_fits_is_kept_whole(world) -> None:
    desk = Desk(world)
    page = desk.drafted(mode="stopped", reason="r" * LONGEST_TYPED)
    assert page.status_code == 200
    assert DRAFT in kinds(world.patient)
    assert "r" * LONGEST_TYPED in text_of(desk.go("confirm program"))


def test_a_reason_for_a_finding_that_is_too_long_is_refused(world) -> None:
    desk = Desk(world)
    desk.drafted(mode="stopped", reason="r")
    text = "r" * (LONGEST_REASON + 1)
    page = desk.signed(answer_K13=text)
    assert page.status_code == REFUSED
    assert f"{len(text)} characters" in text_of(page)
    assert text in text_of(page)
    assert ORDERED not in kinds(world.patient)
