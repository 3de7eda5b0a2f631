"""Each case is passed by a script that acts rightly and failed by one that makes its error."""

from __future__ import annotations

from typing import Any

import pytest
from refill_room import text_of
from training_desk import Desk


@pytest.fixture
def desk(world: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda case, **more: Desk(world, monkeypatch, case, **more)


def test_c1_is_passed_by_a_refill_with_all_steps(desk: Any) -> None:
    learner = desk("C1")
    learner.ask("feel")
    learner.refill("18", 60)
    page = text_of(learner.close_and_end())
    assert (learner.missed, learner.mistakes) == (set(), set())
    assert learner.debrief.score.unsafe == ()
    assert "Passed" in page
    assert learner.debrief.score.percent == 100


def test_c1_is_failed_by_a_fill_that_was_not_drawn_back(desk: Any) -> None:
    learner = desk("C1")
    learner.refill("18", 60, until="fill", fill={"re_aspirated": "no"})
    page = text_of(learner.end())
    assert "not-drawn-back" in learner.mistakes
    assert "fill" in learner.missed
    assert "Not passed" in page


def test_c2_is_passed_where_the_syringe_decides(desk: Any) -> None:
    learner = desk("C2")
    learner.refill("20", 28)
    learner.close_and_end()
    assert (learner.missed, learner.mistakes) == (set(), set())
    assert learner.debrief.score.unsafe == ()


def test_c2_is_failed_by_what_the_pump_could_hold_and_the_pump_runs_dry(desk: Any) -> None:
    learner = desk("C2")
    learner.refill("40", 66)
    learner.close_and_end()
    assert learner.mistakes == {"capacity"}
    (state,) = learner.debrief.score.unsafe
    assert not state.over
    assert 4 < float(state.worst.in_unit("mg")) <= 5
    shown = text_of(learner.get("training debrief"))
    assert "too little" in shown
    assert "wrong volume" in shown.lower()


def test_c5_is_passed_by_stopping_and_searching(desk: Any) -> None:
    learner = desk("C5")
    learner.ask("tone")
    learner.refill("20", 40, until="aspirate")
    assert learner.drawn() == "19.1"
    learner.post("troubleshooting", what="open", complaint="stiffer since the last refill")
    assert learner.post("stop pump", command="").status_code == 200
    learner.post("leave refill", reason="under-delivery: not restarted before the cause is found")
    learner.end()
    assert (learner.missed, learner.mistakes) == (set(), set())
    assert learner.debrief.score.unsafe == ()
    assert learner.debrief.score.recognised is not None


def test_c5_is_failed_by_the_figure_of_the_screen_and_the_same_dose(desk: Any) -> None:
    learner = desk("C5")
    learner.refill("20", 40, aspirate={"volume_drawn": "3.94"})
    learner.close_and_end()
    assert learner.mistakes == {"same-dose"}
    assert {"measured", "algorithm", "not-the-same", "stopped"} <= learner.missed
    (state,) = learner.debrief.score.unsafe
    assert state.over
    assert round(float(state.worst.in_unit("ug"))) == 340


def test_c5_does_not_let_the_measured_volume_go_on_at_the_same_dose(desk: Any) -> None:
    learner = desk("C5")
    learner.refill("20", 40, until="aspirate")
    learner.record("decide", reason="the order leaves the dose")
    assert learner.colleague("difference", decision="leak stop").status_code == 422
    assert learner.colleague("difference", decision="less-used recompute").status_code == 200
    learner.settle()
    assert "too little of the last fill was delivered" in text_of(learner.record("fill"))


def test_a_learner_of_c1_reads_who_supervises_and_that_leaving_the_dose_is_no_override(
    desk: Any,
) -> None:
    learner = desk("C1")
    learner.ask("feel")
    learner.ask("alarm")
    page = text_of(learner.get("refill"))
    assert "What you asked before (1)" in page
    assert "In this case you are the nurse" in page
    learner.refill("18", 60)
    learner.close_and_end()
    assert [one.what for one in learner.debrief.score.overrides if "decide" in one.what] == []
    did = " ".join(words for _, words, _ in learner.debrief.timeline)
    assert "asked the virtual patient: How are you today?" in did
    assert "step left out: decide" not in did
    after = text_of(learner.get("refill"))
    assert "This case is over: no visit begins in it" in after
    assert "Begin the visit" not in after
    assert "Clock of this case" not in after
