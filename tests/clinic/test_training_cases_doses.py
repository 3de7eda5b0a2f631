"""Cases of a dose that is programmed: the sum of 24 hours, and the bridge between two strengths."""

from __future__ import annotations

import re
from typing import Any

import pytest
from programming_desk import Desk as Programmer
from refill_room import STEPS, text_of
from training_desk import Desk


@pytest.fixture
def desk(world: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    return lambda case, **more: Desk(world, monkeypatch, case, **more)


def programmer_of(learner: Desk) -> Programmer:
    """Return the learner at the programming pages of the run."""
    found = Programmer.__new__(Programmer)
    found.patient, found.client = learner.patient, learner.learner
    return found


def step(number: int, start: str, lasts: str, dose: str) -> dict[str, str]:
    name = f"step{number}_"
    return {
        f"{name}days": "daily",
        f"{name}start": start,
        f"{name}lasts": lasts,
        f"{name}dose": dose,
    }


def to_the_pump(learner: Desk, **typed: str) -> str:
    """Draft, sign, let the colleague sign, write, end; return what the confirmation showed."""
    programmer = programmer_of(learner)
    shown = programmer.drafted(**typed).content.decode()
    page = programmer.signed(shown)
    assert page.status_code == 200, text_of(page)[-3000:]
    if learner.box.checks:
        learner.colleague()
    command = re.search(
        r'name="command" value="(\w+)"', programmer.go("program order").content.decode()
    )
    assert command is not None
    programmer.send("send program", {"command": command[1]})
    programmer.send("close programming")
    return shown


def test_c3_is_passed_by_a_step_whose_sum_is_the_one_that_was_meant(desk: Any) -> None:
    learner = desk("C3")
    learner.ask("when")
    shown = to_the_pump(learner, mode="flex", **step(0, "07:00", "60", "81"))
    assert "564" in shown
    page = text_of(learner.end())
    assert (learner.missed, learner.mistakes) == (set(), set())
    assert learner.debrief.score.unsafe == ()
    assert learner.debrief.score.percent == 100
    assert "Passed" in page


def test_c3_is_failed_by_sixty_micrograms_an_hour_gone_past_every_question(desk: Any) -> None:
    learner = desk("C3")
    shown = to_the_pump(learner, mode="continuous", daily_dose="1440")
    assert "answer_K4" in shown
    assert "answer_K27" in shown
    for _ in range(4):
        learner.let_pass(120)
    assert "quite limp" in learner.told()
    page = text_of(learner.end())
    assert learner.mistakes == {"hourly"}
    assert learner.missed == {"total"}
    (state,) = learner.debrief.score.unsafe
    assert state.over
    assert round(float(state.worst.in_unit("ug"))) == 860
    past = [(one.what, one.good) for one in learner.debrief.score.overrides]
    assert past == [("signed a program past K4", False), ("signed a program past K27", False)]
    assert "Not passed" in page


def test_c3_the_hourly_steps_of_the_incident_are_refused_at_the_page(desk: Any) -> None:
    learner = desk("C3")
    hourly: dict[str, str] = {}
    for hour in range(24):
        hourly |= step(hour, f"{hour:02}:00", "60", "60")
    programmer = programmer_of(learner)
    shown = programmer.drafted(mode="flex", **hourly).content.decode()
    page = programmer.signed(shown)
    assert page.status_code == 422
    assert "holds 13 changes a day" in text_of(page)


def test_c3_is_failed_by_a_step_that_was_taken_as_on_top(desk: Any) -> None:
    learner = desk("C3")
    to_the_pump(learner, mode="flex", **step(0, "07:00", "60", "60"))
    learner.end()
    assert learner.mistakes == {"in-place"}
    assert learner.missed == {"total"}


STRONG = "baclofen 2 mg/mL"


def stronger_refill(learner: Desk) -> None:
    """Go through the refill of another strength to the decision about its bridge."""
    learner.begin(by_hand="")
    learner.post("read pump at refill", "identify")
    label = {"order": STRONG, "label": STRONG, "label_again": STRONG}
    keys = ("identify", "complaints", "vitals", "interrogate", "verify")
    learner.go_on(keys, "18", 60, changes={"verify": label})


def bridged(learner: Desk, dose: str) -> Any:
    """Decide on a bridge and go on to the end of the visit."""
    decision = {"bridge": "planned", "reason": "fewer refills", "bridge_dose": dose}
    learner.go_on(STEPS[5:], "18", 60, changes={"decide": decision})
    return learner.close_and_end()


def test_c6_is_passed_by_a_bridge_at_the_old_dose(desk: Any) -> None:
    learner = desk("C6")
    learner.ask("tone")
    stronger_refill(learner)
    page = text_of(bridged(learner, "240"))
    assert (learner.missed, learner.mistakes) == (set(), set())
    assert learner.debrief.score.unsafe == ()
    assert learner.debrief.score.percent == 100
    assert "Passed" in page


def test_c6_no_bridge_is_refused_and_one_at_the_new_rate_fails(desk: Any) -> None:
    learner = desk("C6")
    stronger_refill(learner)
    shown = text_of(learner.record("decide", bridge="not-needed", reason="fewer refills"))
    assert "the tip would get 25 % of the ordered baclofen" in shown
    assert "K26" in learner.blocking
    assert "fill" in learner.shut
    page = text_of(bridged(learner, "60"))
    assert learner.mistakes == {"immediate", "fell"}
    assert len([one for one in learner.debrief.score.overrides if "K26" in one.what]) == 1
    assert learner.missed == {"bridge"}
    (state,) = learner.debrief.score.unsafe
    assert not state.over
    assert 135 < float(state.worst.in_unit("ug")) <= 140
    assert "Not passed" in page
