"""The patient's pages of information as the staff hands them over, and teach-back in the clinic."""

from __future__ import annotations

import re

import pytest
from clinic_world import NOW
from django.urls import reverse
from refill_room import Room, text_of

from thecal.care.information.pages import PAGES
from thecal.clinic import clock
from thecal.clinic.flows.education import answered_draft
from thecal.clinic.ledger.log import Author, read_entries, write
from thecal.clinic.models import Role, Stream

ITEM = "what-the-pump-does"


@pytest.fixture
def today(monkeypatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


def text(answer) -> str:
    return answer.content.decode().replace("\u00a0", " ")


def stream_of(patient) -> Stream:
    return Stream.objects.get(patient=patient, kind=Stream.Kind.PATIENT)


def entries(world, kind: str):
    return [one for one in read_entries(stream_of(world.patient)) if one.kind == kind]


def learning(world, role: Role = Role.NURSE) -> str:
    return text(world.browser(role).get(reverse("learning", args=[world.patient.pk])))


def confirm(world, role: Role = Role.NURSE, **values):
    given = {"what": "confirm", "seen": stream_of(world.patient).head_seq, "shown": [ITEM]}
    address = reverse("learning", args=[world.patient.pk])
    return world.browser(role).post(address, given | values)


def missing(page: str) -> str:
    return page.split("Missing:")[1].split("</p>")[0]


@pytest.mark.inventory("S3.29")
def test_the_staff_reads_and_prints_every_page_in_both_languages(world, today) -> None:
    nurse = world.browser(Role.NURSE)
    index = text(nurse.get(reverse("information", args=[world.patient.pk])))
    for kind in PAGES:
        address = reverse("information page", args=[world.patient.pk, kind])
        assert address in index
        assert "Information, not advice" in text(nurse.get(address))
        assert "Information, kein" in text(nurse.get(address, {"language": "de"}))
    printed = nurse.post(address, {"language": "de"})
    assert printed.content.startswith(b"%PDF")
    kept = entries(world, "document.printed")[-1]
    assert (kept.body["kind"], kept.body["language"]) == (kind, "de")
    assert nurse.get(reverse("information page", args=[world.patient.pk, "x"])).status_code == 404


@pytest.mark.inventory("S3.8")
def test_an_answer_of_the_patient_is_confirmed_by_the_nurse(world, today) -> None:
    draft = answered_draft(ITEM, "sure", "patient", "it gives the drug to my spine")
    (written,) = write(world.patient, Author("own-ada", "patient", "s"), (draft,), expected=None)
    assert "my spine" not in written.canonical()
    assert "it gives the drug to my spine" in learning(world)
    assert "What the pump does" in missing(learning(world))
    assert confirm(world, remark="her son was there").status_code == 302
    kept = entries(world, "education.confirmed")[-1]
    assert (kept.body["result"], kept.body["answer"]) == ("shown", written.seq)
    assert kept.reason == "her son was there"
    assert "What the pump does" not in missing(learning(world))
    confirm(world, shown=[], repeat=[ITEM])
    assert "What the pump does" in missing(learning(world))


def test_a_wrong_confirmation_is_refused_and_keeps_its_ticks(world, today) -> None:
    before = stream_of(world.patient).head_seq
    both = confirm(world, repeat=[ITEM])
    assert both.status_code == 422
    assert "ticked in both lists" in text(both)
    assert f'value="{ITEM}" checked' in text(both)
    assert confirm(world, shown=[]).status_code == 422
    assert confirm(world, shown=["nothing"]).status_code == 422
    assert confirm(world, seen=1).status_code == 409
    assert confirm(world, Role.TRAINEE).status_code == 403
    assert stream_of(world.patient).head_seq == before


@pytest.mark.inventory("S3.8")
def test_what_is_missing_is_shown_before_the_patient_leaves_a_ward(world, today) -> None:
    def stay() -> str:
        return text(world.browser(Role.NURSE).get(reverse("stay", args=[world.patient.pk])))

    assert "Education not confirmed yet: What the pump does" in stay()
    confirm(world)
    assert "Education not confirmed yet: What the pump does" not in stay()
    assert "Education not confirmed yet:" in stay()


def test_what_is_missing_is_shown_before_a_refill_is_signed_and_holds_up_nothing(
    world, monkeypatch
) -> None:
    room = Room(world, monkeypatch)
    room.up_to("leave")
    end = text_of(room.get("close refill"))
    assert re.search(r"Education: \d+ topics not confirmed yet: not part of this visit", end)
    assert "Pregnancy" not in end
