"""The backgrounds and boluses that could run, for the worst case of any 24 hours."""

from __future__ import annotations

from fractions import Fraction

import pytest

from builders import baclofen, morphine
from thecal.therapy.replay import Replay
from thecal.therapy.timeline import Timeline, bolus_rule, own_worst_case
from thecal.units import Duration, Mass

HOUR = Duration.of(1, "h")
BOLUS = {"dose": "0.1 mg", "duration": "5 min", "lockout": "1 h", "max_per_day": 4}


def _replayed(chart, count=None):
    replay = Replay(chart.therapy(), for_review=True)
    for number, event in enumerate(replay.therapy.events[:count]):
        replay.advance_to(replay.therapy.instant(event.time))
        replay.apply(number)
    return replay


def _worst(chart, drug="morphine", unit="mg"):
    replay = _replayed(chart)
    return replay.timeline.worst_case(replay.pump.state.now)[drug].in_unit(unit)


def _bolus(chart):
    chart.events[-1][1]["patient_bolus"] = BOLUS
    return chart


def test_background_and_every_allowed_bolus():
    chart = _bolus(morphine("1 mg/d"))
    assert _worst(chart) == Fraction(14, 10)
    written = _replayed(chart).pump.state.program
    assert own_worst_case(written)["morphine"].in_unit("mg") == Fraction(14, 10)
    assert own_worst_case(written, window=HOUR)["morphine"] < Mass.of("0.3", "mg")


def test_what_ran_before_counts_for_a_day():
    steps = [{"days": "daily", "start": "18:00", "duration": "4 h", "dose": "200 ug"}]
    morning = [{"days": "daily", "start": "06:00", "duration": "4 h", "dose": "200 ug"}]
    chart = baclofen("240 ug/d").run(5, "09:00", "baclofen", "240 ug/d", steps=steps)
    chart.run(6, "02:00", "baclofen", "240 ug/d", steps=morning)
    # Both steps and 16 hours of background fall into one day.
    assert _worst(chart, "baclofen", "ug") == 400 + 160


def test_a_stop_cuts_the_future():
    replay = _replayed(_bolus(morphine("1 mg/d")).add("stop", 5, "09:00"))
    now = replay.pump.state.now
    assert replay.timeline.worst_case(now)["morphine"].in_unit("mg") <= Fraction(14, 10)
    late = replay.timeline.worst_case(now + 3 * 86400)
    assert not late.get("morphine")


def test_a_clinicians_bolus_is_known():
    chart = morphine("1 mg/d").add("bolus", 5, "09:00", dose="0.5 mg", duration="10 min")
    assert _worst(chart) == Fraction(3, 2)


def test_a_bridge_counts_with_the_old_solution():
    chart = morphine("1 mg/d").fill(30, "09:00", {"morphine": "20 mg/mL"}, aspirated="15.3 mL")
    chart.run(30, "09:00", "morphine", "1 mg/d", bridge={"daily_dose": "1 mg/d"})
    assert _worst(chart) == 1


def test_a_program_without_boluses_has_no_rule():
    assert bolus_rule(_replayed(morphine("1 mg/d")).pump.state.program) is None
    rule = bolus_rule(_replayed(_bolus(morphine("1 mg/d"))).pump.state.program)
    assert rule.max_per_day == 4
    assert rule.volume.in_unit("mL") * 100 == 1


def test_an_empty_timeline_gives_nothing_and_a_copy_is_independent():
    empty = Timeline()
    assert empty.worst_case(Fraction(0)) == {}
    replay = _replayed(morphine("1 mg/d"))
    copy = replay.timeline.copy()
    now = replay.pump.state.now
    copy.add_known(
        now,
        now + 600,
        Mass.of("1", "mg") / replay.pump.state.program.mixture["morphine"],
        replay.pump.state.program.mixture,
    )
    assert copy.worst_case(now) != replay.timeline.worst_case(now)


@pytest.mark.parametrize("how", ["stopped", "minimum-rate"])
def test_a_program_that_gives_no_therapy(how):
    chart = morphine("1 mg/d").add("program", 5, "09:00", mode=how)
    replay = _replayed(chart)
    worst = own_worst_case(replay.pump.state.program)
    assert worst == {} if how == "stopped" else worst["morphine"] < Mass.of("0.1", "mg")
