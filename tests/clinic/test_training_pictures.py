"""A debrief shows on page and paper what was true, what was recorded and what was meant."""

from __future__ import annotations

from typing import Any

import pytest
from refill_room import text_of
from training_desk import Desk

from thecal.care.document import Course
from thecal.report.documents.drawn import drawn


@pytest.fixture
def learner(world: Any, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(world, monkeypatch, "C5")


def test_page_and_paper_of_a_debrief_hold_the_same_picture(learner: Desk) -> None:
    page = text_of(learner.end())
    debrief = learner.debrief
    courses = [one.drawing for one in debrief.document().sections if one.drawing is not None]
    assert [one.course for one in debrief.pictures] == courses
    for one in courses:
        assert drawn(one, "en").replace("\u00a0", " ") in page.replace("\u00a0", " ")
    paper = learner.get("training debrief to print")
    assert b"/S/Figure" in paper.content


def test_the_pictures_tell_what_was_true_from_what_was_recorded(learner: Desk) -> None:
    learner.end()
    (shown,) = learner.debrief.pictures
    course = shown.course
    assert isinstance(course, Course)
    true, told = course.lines
    assert told.is_dashed
    assert not true.is_dashed
    assert not shown.same, "the case hides something"
    assert max(share for _, share in told.points) == 1
    assert true.points[0][1] < told.points[0][1]
    (band,) = course.bands
    assert band.begin == course.mark, "meant from the begin of the case on"
    assert 0 <= band.least < band.most <= 1
