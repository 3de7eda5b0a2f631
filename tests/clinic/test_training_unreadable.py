"""A kept case that the reader of today refuses: it is said, and nothing else breaks."""

from __future__ import annotations

from typing import Any

import pytest
from clinic_world import NOW
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from refill_room import text_of
from training_desk import Desk

from thecal.care.training.catalogue import shipped_texts
from thecal.clinic.models import Role, TrainingCase, TrainingRun

_OWN = shipped_texts()["C1.toml"].replace('id = "C1"', 'id = "OWN-1"')
_OLD = _OWN.replace("critical = true", "critical = 1", 1)


@pytest.fixture
def desk(world: Any, monkeypatch: pytest.MonkeyPatch) -> Desk:
    desk = Desk(world, monkeypatch, "C1")
    lead = world.people[Role.PHYSICIAN]
    TrainingCase.objects.create(clinic=world.clinic, case="OWN-1", text=_OLD, by=lead, added=NOW)
    return desk


def test_the_list_shows_an_unreadable_case_with_the_reason_and_how_to_replace_it(
    desk: Desk, world: Any
) -> None:
    lead = world.browser(Role.PHYSICIAN)
    page = lead.get(reverse("training"))
    assert page.status_code == 200
    assert "Cannot be read any more" in text_of(page)
    assert "case OWN-1: actions identify: critical" in text_of(page)
    assert "Replace case OWN-1" in text_of(page)
    assert "Begin C1" in text_of(page)
    assert "Begin OWN-1" not in text_of(page)
    assert "Replace case" not in text_of(desk.learner.get(reverse("training")))
    begun = desk.learner.post(reverse("begin training", args=["OWN-1"]))
    assert begun.status_code == 422
    assert "actions identify: critical" in text_of(begun)
    mended = SimpleUploadedFile("c.toml", _OWN.encode())
    page = lead.post(reverse("add training case"), {"file": mended}, follow=True)
    assert "Begin OWN-1" in text_of(page)
    assert "Cannot be read" not in text_of(page)


def test_a_run_of_an_unreadable_case_keeps_its_result_and_its_record(
    desk: Desk, world: Any
) -> None:
    desk.end()
    percent = desk.run.percent
    TrainingRun.objects.filter(pk=desk.patient.pk).update(text=_OLD)
    for name in ("training debrief", "training body", "training debrief to print"):
        page = desk.get(name)
        assert page.status_code == 422
        assert f"not passed, {percent} % of the checklist" in text_of(page)
        assert "actions identify: critical" in text_of(page)
    assert "cannot be read any more" in text_of(desk.get("training case"))
    for name in ("patient", "record"):
        assert desk.get(name).status_code == 200
        assert "nothing is told, asked or scored" in text_of(desk.get(name))
    assert desk.learner.get(reverse("training")).status_code == 200


def test_a_run_that_goes_on_says_that_it_cannot_be_scored(desk: Desk) -> None:
    TrainingRun.objects.filter(pk=desk.patient.pk).update(text=_OLD)
    for page in (desk.get("training case"), desk.ask("pain"), desk.end()):
        assert page.status_code == 422
        assert "cannot be ended or scored" in text_of(page)
    assert desk.run.ended is None
    assert desk.get("patient").status_code == 200
