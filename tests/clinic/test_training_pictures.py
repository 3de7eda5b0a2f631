"""A debrief shows on page and paper what was true, what was recorded and what was meant."""

from __future__ import annotations

import re
from typing import Any

import pytest
from refill_room import text_of
from training_desk import Desk

from thecal.care.document import Course, Picture
from thecal.clinic.patient import body_worker
from thecal.report.documents.drawn import drawn


@pytest.fixture
def learner(world: Any, monkeypatch: pytest.MonkeyPatch) -> Desk:
    return Desk(world, monkeypatch, "C5")


def test_page_and_paper_of_a_debrief_hold_the_same_picture(learner: Desk) -> None:
    page = text_of(learner.end())
    debrief = learner.debrief
    courses = [one.drawing for one in debrief.document().sections if one.drawing]
    assert [one.course for one in debrief.pictures] == courses
    for one in courses:
        assert drawn(one, "en").replace("\u00a0", " ") in page.replace("\u00a0", " ")
    paper = learner.get("training debrief to print")
    assert b"/S/Figure" in paper.content
    first = debrief.hidden[0]
    assert "Catheter kink: a bend in the catheter" in first, "no id that a case file has"
    assert re.match(r"\d+ \w+ \d{4}, \d\d:\d\d: ", first), "and since when"
    assert f"<li>{first}</li>".replace("\u00a0", " ") in page.replace("\u00a0", " ")


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


def test_a_computed_body_stands_on_paper_with_its_table(learner: Desk) -> None:
    learner.end()
    debrief = learner.debrief
    before = learner.get("training debrief to print").content
    table = {"caption": "Twin", "head": ["Time", "T8"], "rows": [["09:00", "4"]], "foot": []}
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 680 20" class="chart">'
        '<path d="M0 0L680 20" class="line1"/></svg>'
    )
    figure = {"name": "figure-body-courses-baclofen-whole", "title": "Baclofen at the levels"}
    figure |= {"caption": "", "svg": svg, "tables": [table]}
    answer = {"band": "Band of the priors.", "lacking": [], "drugs": [{"figures": [figure]}]}
    body_worker._finish(debrief.body.place, answer)
    sections = learner.debrief.document().sections
    (shown,) = (one for one in sections if isinstance(one.drawing, Picture))
    assert "var(" not in shown.drawing.svg
    assert "stroke: #2563a8" in shown.drawing.svg, "the colours of paper"
    assert [[cell.en for cell in row] for row in shown.grid.rows] == [["09:00", "4"]]
    text = " ".join(words.en for one in sections for words in one.paragraphs)
    assert "Model, not measurement" in text
    assert "Band of the priors" in text
    paper = learner.get("training debrief to print").content
    assert paper.count(b"/S/Figure") == before.count(b"/S/Figure") + 1
