"""Each change of dose stands beside the scores before it and of its effect."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction

import pytest

from builders import BACLOFEN, Chart
from thecal.care.titration.log import LoggedChange, log_findings, titration_log
from thecal.units import Mass


def chart() -> Chart:
    """Baclofen from day 0, raised on day 3 after a score, scored again on day 5."""
    return (
        Chart("spinal")
        .start(BACLOFEN, "baclofen", "100 ug/d")
        .add("observe", 2, "09:00", scale="ashworth", value=3)
        .add("observe", 3, "08:00", scale="penn-frequency", value=2)
        .run(3, "09:00", "baclofen", "120 ug/d")
        .add("observe", 3, "15:00", scale="ashworth", value=1)
        .add("observe", 5, "09:00", scale="ashworth", value=2)
    )


def logged(one: Chart) -> tuple[LoggedChange, ...]:
    return titration_log(one.therapy())


def values(scores: object) -> dict[str, str]:
    return {one.scale: one.value for one in scores}


@pytest.mark.inventory("S0.19")
def test_a_change_is_linked_to_the_scores_before_it_and_of_its_effect() -> None:
    start, rise = logged(chart())
    assert start.before == {}
    assert start.after == {"baclofen": Mass.of(100, "ug")}
    assert values(start.effect) == {"ashworth": "3", "penn-frequency": "2"}
    assert rise.ratios == {"baclofen": Fraction(6, 5)}
    assert values(rise.scores_before) == {"ashworth": "3", "penn-frequency": "2"}
    assert values(rise.effect) == {"ashworth": "2"}


@pytest.mark.inventory("S0.19")
def test_a_score_of_the_same_hours_is_no_effect_yet() -> None:
    early = (
        Chart("spinal")
        .start(BACLOFEN, "baclofen", "100 ug/d")
        .add("observe", 0, "21:29", scale="ashworth", value=2)
    )
    assert logged(early)[0].effect == ()
    assert logged(early.add("observe", 0, "21:30", scale="ashworth", value=1))[0].effect


@pytest.mark.inventory("S0.19")
def test_a_change_that_nobody_scored_is_told() -> None:
    log = logged(Chart("spinal").start(BACLOFEN, "baclofen", "100 ug/d"))
    due = log[0].due
    assert due - log[0].time == timedelta(days=7)
    assert log_findings(log, due) == ()
    late = log_findings(log, due + timedelta(seconds=1))
    assert [one.follow_up for one in late] == ["score the effect"]
    assert log[0].overdue(due + timedelta(seconds=1))


def test_a_rise_before_the_last_one_was_scored_is_told_at_once() -> None:
    quick = Chart("spinal").start(BACLOFEN, "baclofen", "100 ug/d")
    log = logged(quick.run(1, "10:00", "baclofen", "110 ug/d"))
    now: datetime = log[1].time
    assert "before the next change" in log_findings(log, now)[0].message
    assert log_findings(logged(chart()), now + timedelta(days=30)) == ()


def test_a_program_that_changes_no_dose_is_no_change_and_a_stop_is_one() -> None:
    same = Chart("spinal").start(BACLOFEN, "baclofen", "100 ug/d")
    assert len(logged(same.run(1, "10:00", "baclofen", "100 ug/d"))) == 1
    stopped = logged(same.add("stop", 2, "10:00", reason="surgery"))
    assert stopped[-1].after == {}
    assert stopped[-1].reason == "surgery"
    assert log_findings(stopped[-1:], stopped[-1].due + timedelta(days=9)) == ()
    back = logged(same.add("resume", 2, "12:00"))
    assert back[-1].before == {}
    assert back[-1].after == {"baclofen": Mass.of(100, "ug")}


def test_every_drug_of_a_mixture_changes_with_the_rate() -> None:
    both = {"morphine": "10 mg/mL", "bupivacaine": "20 mg/mL"}
    log = logged(Chart().start(both, "morphine", "1 mg/d").run(3, "09:00", "morphine", "2 mg/d"))
    assert log[1].ratios == {"morphine": 2, "bupivacaine": 2}


def test_a_score_from_before_the_last_change_says_nothing_of_this_one() -> None:
    early = (
        Chart("spinal")
        .fill(0, "09:00", BACLOFEN)
        .add("observe", 0, "09:10", scale="nrs", value=7)
        .run(0, "09:30", "baclofen", "100 ug/d")
        .run(3, "09:00", "baclofen", "120 ug/d")
    )
    start, rise = logged(early)
    assert values(start.scores_before) == {"nrs": "7"}
    assert rise.scores_before == ()
