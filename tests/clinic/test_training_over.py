"""A case that is over: its clock stands, its pages offer nothing, its record can still be read."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from typing import Any

import pytest
from addresses import guarded
from clinic_world import NOW
from django.urls import reverse
from refill_room import text_of
from training_desk import Desk

from thecal.clinic import clock
from thecal.clinic.models import Role
from thecal.clinic.training.runs import entries_of
from thecal.units import show_time

_OF_TRAINING = re.compile(r"/training/|/account/logout/")


@pytest.fixture(autouse=True)
def _no_fsync(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", lambda _: None)


@pytest.fixture
def over(world: Any, monkeypatch: pytest.MonkeyPatch) -> Desk:
    desk = Desk(world, monkeypatch, "C1")
    desk.begin(by_hand="")
    desk.let_pass(30)
    desk.end()
    return desk


def test_its_clock_stands_at_its_end_and_the_others_go_on(
    over: Desk, world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended, later = over.run.ended, NOW + timedelta(hours=1)
    monkeypatch.setattr(clock, "now", lambda: later + clock.ahead())
    shown = re.search(r"Ended: ([^<]+)\.<", text_of(over.get("training debrief")))[1]
    assert shown == show_time(ended.astimezone(over.debrief.zone)).replace("\u00a0", " ")
    lead = world.browser(Role.PHYSICIAN)
    lead.post(over.url("rate training"), {"rating": "4", "why": "calm and sure"})
    assert entries_of(over.run)[-1].written == ended
    assert clock.now() == later


def test_no_page_of_it_offers_anything_to_do(over: Desk) -> None:
    read = 0
    for one in guarded():
        if not one.of_patient:
            continue
        page = over.learner.get(one.path(over.patient.pk))
        if page.status_code != 200 or "text/html" not in page["Content-Type"]:
            continue
        read += 1
        shown = text_of(page)
        assert 'class="button stop"' not in shown, one.route
        for form in re.findall(r'<form[^>]*method="post"[^>]*>', shown):
            action = re.search(r'action="([^"]*)"', form)
            where = action[1] if action else one.path(over.patient.pk)
            assert _OF_TRAINING.search(where), (one.route, form)
    assert read > 20, "its record can still be read"


def test_a_page_on_which_something_would_be_done_leads_to_the_debrief(over: Desk) -> None:
    for name in ("notes", "stop pump", "troubleshooting"):
        page = over.learner.get(over.url(name), follow=True)
        assert page.redirect_chain[-1][0] == over.url("training debrief"), name
        assert "This case is over" in text_of(page)


def test_a_case_that_goes_on_offers_everything(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(world, monkeypatch, "C1")
    for name, button in (("notes", "<textarea"), ("refill", "Begin the visit")):
        assert button in text_of(desk.get(name))
    assert 'class="button stop"' in text_of(desk.get("programming"))
    assert 'class="button stop"' in text_of(
        world.browser(Role.NURSE).get(reverse("programming", args=[world.patient.pk]))
    )


def test_the_debrief_on_paper_holds_what_left_the_tip_the_overrides_and_the_answers(
    over: Desk, world: Any
) -> None:
    printed = over.debrief.document()
    headings = [one.heading.en for one in printed.sections]
    assert "Morphine in the 24 hours before" in headings
    assert "Overrides: what was answered, left out or gone past" in headings
    course = next(one for one in printed.sections if one.heading.en.startswith("Morphine"))
    said = " ".join(one.en for one in course.paragraphs).replace("\u00a0", " ")
    assert "Meant: 3.6 mg to 4.4 mg in any 24 hours, from the begin of the case." in said
    assert course.grid is not None
    assert course.grid.rows
    answer = over.learner.get(over.url("training debrief to print"))
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer.content[:5] == b"%PDF-"
    page = text_of(over.get("training debrief"))
    assert "Meant: 3.6 mg to 4.4 mg in any 24 hours" in page
    assert "everything else was as recorded" in page


def test_the_debrief_tells_what_was_asked_with_its_answer_and_that_two_lines_are_one(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(world, monkeypatch, "C1")
    desk.ask("feel")
    desk.end()
    did = " ".join(words for _, words, _ in desk.debrief.timeline)
    assert "How are you today? Answer: As always." in did
    assert {true for _, _, true in desk.debrief.timeline if "too" not in true} == {""}
    assert "The two lines are the same" in text_of(desk.get("training debrief"))
