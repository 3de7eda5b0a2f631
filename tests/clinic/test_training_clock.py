"""The clock of a run stands where its learner does nothing: a night away is no part of the case."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from clinic_pumps import chart_of
from clinic_world import NOW
from training_desk import Desk

from thecal.clinic import clock
from thecal.clinic.models import Role, TrainingRun
from thecal.clinic.training.box import Box
from thecal.clinic.training.runs import entries_of

_WHILE = timedelta(minutes=30)
_NIGHT = timedelta(hours=14)


class WallClock:
    """The clinic's clock, set by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.real = NOW
        monkeypatch.setattr(clock, "now", lambda: self.real + clock.ahead())

    def shows(self, run: TrainingRun) -> datetime:
        """Return what the clock of a run shows."""
        return self.real + run.ahead_at(self.real)


@pytest.fixture
def desk(world: Any, monkeypatch: pytest.MonkeyPatch) -> Desk:
    desk = Desk(world, monkeypatch, "C1")
    assert desk.get("patient").status_code == 200
    return desk


@pytest.fixture
def wall(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> WallClock:
    return WallClock(monkeypatch)


def test_it_goes_on_while_somebody_works(desk: Desk, wall: WallClock) -> None:
    begun = wall.shows(desk.run)
    for _ in range(3):
        wall.real += timedelta(minutes=20)
        desk.get("patient")
    assert wall.shows(desk.run) - begun == timedelta(hours=1)


def test_a_night_away_is_no_part_of_the_case(desk: Desk, wall: WallClock, world: Any) -> None:
    begun = wall.shows(desk.run)
    wall.real += _NIGHT
    assert wall.shows(desk.run) - begun == _WHILE
    lead = world.browser(Role.PHYSICIAN)
    assert lead.get(desk.url("patient")).status_code == 200
    wall.real += timedelta(minutes=5)
    assert wall.shows(desk.run) - begun == _WHILE, "looking on does not set it going"
    desk.learner = world.browser(Role.NURSE)
    desk.post("notes", text="the next morning")
    assert chart_of(desk.patient).entries[-1].written - begun == _WHILE
    desk.let_pass(10)
    assert entries_of(desk.run)[-1].written - begun == _WHILE + timedelta(minutes=10)
    wall.real += timedelta(minutes=5)
    assert wall.shows(desk.run) - begun == _WHILE + timedelta(minutes=15)
    with clock.ahead_by(desk.run.ahead_at(wall.real)):
        assert Box(chart_of(desk.patient), world.clinic, desk.run).now == wall.shows(desk.run)
    desk.end()
    run = desk.run
    assert run.ended is not None
    assert run.ended - run.begun < timedelta(hours=1)


def test_the_case_says_that_its_clock_stands(desk: Desk) -> None:
    page = desk.get("training case").content.decode().replace("\u00a0", " ")
    assert "stands when you have opened no page of this patient for 30 min" in page
