"""Design rule 7: stopping and lowering are never blocked, whatever else is wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import Chart, Reviewed
from thecal.safety.finding import Finding, Severity
from thecal.safety.review import review
from thecal.therapy.replay import Replay
from thecal.therapy.situations import situation_of

CANNOT_BE_DONE = {"D01", "D11", "D14", "H03", "H04", "K25", "K26"}
MIXTURES = (
    {"baclofen": "500 ug/mL"},
    {"baclofen": "2000 ug/mL"},
    {"baclofen": "2000 ug/mL", "clonidine": "500 ug/mL"},
    {"baclofen": "1000 ug/mL", "morphine": "25 mg/mL"},
)
DOSES = ("60", "100", "240", "500", "900", "1500", "2500", "20000")

disorder = st.lists(
    st.one_of(
        st.tuples(st.just("run"), st.sampled_from(DOSES), st.booleans()),
        st.tuples(st.just("fill"), st.integers(0, 3), st.sampled_from(["0", "3", "19", None])),
        st.tuples(st.just("stop"), st.none(), st.none()),
        st.tuples(st.just("resume"), st.none(), st.none()),
        st.tuples(st.just("prime"), st.none(), st.none()),
        st.tuples(st.just("bolus"), st.sampled_from(["20 ug", "500 ug"]), st.none()),
        st.tuples(st.just("minimum"), st.none(), st.none()),
        st.tuples(st.just("port"), st.none(), st.none()),
        st.tuples(st.just("interrogate"), st.none(), st.none()),
    ).flatmap(lambda event: st.tuples(st.just(event), st.sampled_from([0.01, 0.1, 1.5, 9, 30]))),
    max_size=8,
)


def _chart(events) -> tuple[Chart, float]:
    chart = Chart("spinal", patient={"opioid_tolerant": False})
    chart.start(MIXTURES[0], "baclofen", "240 ug/d", volume="40 mL")
    now = 0.5
    for (what, first, second), pause in events:
        now += pause
        if what == "run":
            bolus = {"dose": "30 ug", "duration": "5 min", "lockout": "2 h"} if second else None
            chart.run(now, "09:00", "baclofen", f"{first} ug/d", patient_bolus=bolus)
        elif what == "fill":
            drawn = None if second is None else f"{second} mL"
            chart.fill(now, "09:00", MIXTURES[first], aspirated=drawn, programmed_volume="40 mL")
        elif what == "stop":
            chart.add("stop", now, "09:00")
        elif what == "resume":
            chart.add("resume", now, "09:00")
        elif what == "prime":
            chart.add("prime", now, "09:00")
        elif what == "bolus":
            chart.add("bolus", now, "09:00", dose=first, duration="10 min")
        elif what == "minimum":
            chart.add("program", now, "09:00", mode="minimum-rate")
        elif what == "port":
            chart.add("access-port", now, "09:00", aspirated="1 mL", injected="1 mL", mixture={})
        else:
            chart.add("interrogate", now, "09:00", serial="ANOTHER")
    return chart, now + 0.001


def _grave(found: Reviewed, event: int) -> set[str]:
    return {check for (check, index), _ in found.grave().items() if index == event}


@given(disorder, st.sampled_from(["stop", "stopped", "minimum-rate"]))
@settings(max_examples=120)
def test_no_check_blocks_a_stop(events, how):
    chart, now = _chart(events)
    index = len(chart.events)
    if how == "stop":
        chart.add("stop", now, "09:00")
    else:
        chart.add("program", now, "09:00", mode=how)
    assert not _grave(chart.review(), index)


@given(disorder, st.sampled_from(["0.99", "0.5", "0.3", "0.1"]))
@settings(max_examples=120)
def test_no_check_blocks_a_lower_dose(events, part):
    chart, now = _chart(events)
    index = len(chart.events)
    chart.add("note", now, "09:00", text="here")
    replay = Replay(chart.therapy(), for_review=True)
    for number in range(index):
        replay.advance_to(replay.therapy.instant(replay.therapy.events[number].time))
        replay.apply(number)
    before, running = replay.therapy_before, replay.pump.state.program
    if before is None or running is not before or "baclofen" not in before.mixture:
        return  # nothing runs that could be lowered
    dose = float(before.program.daily_dose.in_unit("ug/d")) * float(part)
    chart.events.pop()
    chart.run(now, "09:00", "baclofen", f"{dose:.4f} ug/d")
    found = chart.review()
    replay.advance_to(replay.therapy.instant(chart.therapy().events[index].time))
    situation = situation_of(replay, index, chart.therapy().events[index])
    if situation.gap is not None:
        return  # a restart is no lowering
    lower = all(
        mass <= situation.therapy_before.get(drug, mass.zero())
        for drug, mass in situation.order.written.daily_doses().items()
    )
    if lower:
        assert _grave(found, index) <= CANNOT_BE_DONE


@pytest.mark.parametrize("how", ["stop", "stopped", "minimum-rate"])
def test_a_stop_right_after_everything_went_wrong(how):
    chart = Chart("spinal", catheter={"implanted_length_range": ["40 cm", "90 cm"]})
    chart.start(MIXTURES[1], "baclofen", "9000 ug/d", patient_bolus=None)
    chart.add("prime", 0, "09:40")
    if how == "stop":
        chart.add("stop", 0, "09:45")
    else:
        chart.add("program", 0, "09:45", mode=how, daily_dose="1 ug/d")
    found = chart.review()
    assert found.verdict == "refused"  # by what came before
    assert not _grave(found, 4)


def test_the_review_itself_lets_no_finding_of_a_stop_through():
    chart = Chart("spinal").start(MIXTURES[0], "baclofen", "240 ug/d").add("stop", 1, "09:00")
    replay = Replay(chart.therapy(), for_review=True)
    for number in range(3):
        replay.apply(number)
    replay.advance_to(replay.therapy.instant(replay.therapy.events[3].time))
    severities = {one.severity for one in review(situation_of(replay, 3))}
    assert not severities & {Severity.HARD, Severity.SOFT}


@pytest.mark.parametrize("how", ["stop", "stopped", "minimum-rate"])
def test_what_would_have_been_asked_of_a_stop_is_left_as_a_follow_up(how):
    """A stop on a pump that a constant flow drives cannot be done; all else about it only warns."""
    chart = Chart("spinal").start(MIXTURES[0], "baclofen", "240 ug/d")
    if how == "stop":
        chart.add("stop", 9, "09:00", reason="infection")
    else:
        chart.add("program", 9, "09:00", mode=how, reason="infection")
    asked = chart.situation()
    hard = Finding(check="K99", severity=Severity.HARD, message="no", source="a rule")
    soft = replace(hard, severity=Severity.SOFT, follow_up="look again")
    told = replace(hard, severity=Severity.INFO)
    cannot = replace(hard, check="K26")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("thecal.safety.review.CHECKS", (lambda _: iter((hard, soft, told, cannot)),))
        found = review(asked)
    later = "stopping, emptying and lowering are never blocked: review this later"
    assert [(one.severity, one.follow_up) for one in found] == [
        (Severity.WARN, later),
        (Severity.WARN, "look again"),
        (Severity.INFO, ""),
        (Severity.WARN, later),
    ]


def test_a_lower_dose_that_the_pump_or_the_line_cannot_give_stays_refused():
    chart = Chart("spinal").start(MIXTURES[0], "baclofen", "240 ug/d")
    lower = chart.run(9, "09:00", "baclofen", "200 ug/d").situation()
    hard = Finding(check="K99", severity=Severity.HARD, message="no", source="a rule")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "thecal.safety.review.CHECKS", (lambda _: iter((hard, replace(hard, check="K26"))),)
        )
        assert [one.severity for one in review(lower)] == [Severity.WARN, Severity.HARD]
