"""Running a therapy's events through the virtual pump, and what is remembered of it."""

from __future__ import annotations

import pytest

from builders import BACLOFEN, MORPHINE, Chart, baclofen, morphine
from thecal.pump.state import Activity
from thecal.therapy.replay import Replay
from thecal.therapy.simulation import simulate

BOLUS = {"dose": "0.1 mg", "duration": "5 min", "lockout": "3 h", "max_per_day": 2}


def _replayed(chart, *, for_review=True, sink=None):
    replay = Replay(chart.therapy(), sink, for_review=for_review)
    for number, event in enumerate(replay.therapy.events):
        replay.advance_to(replay.therapy.instant(event.time))
        replay.apply(number)
    return replay


def test_between_first_fill_and_first_program_the_pump_stands():
    replay = _replayed(Chart("spinal").fill(0, "09:00", BACLOFEN).add("note", 5, "09:00", text="x"))
    assert replay.pump.state.activity is Activity.STOPPED
    assert replay.pump.state.account.delivered("baclofen").base == 0


def test_presses_are_answered_by_the_pump():
    chart = morphine("1 mg/d")
    chart.events[-1][1]["patient_bolus"] = BOLUS
    for clock in ("10:00", "12:59", "13:00", "16:00"):
        chart.add("press", 1, clock)
    log = _replayed(chart).presses
    assert (log.requested, log.granted, log.denied) == (4, 2, 2)
    assert sum(log.reasons.values()) == 2


def test_an_order_that_the_pump_refuses_is_logged_and_changes_nothing():
    chart = baclofen().run(5, "09:00", "baclofen", "1 ug/d")
    replay = _replayed(chart)
    assert [one.event for one in replay.refused] == [3]
    assert replay.therapy_before.daily_doses()["baclofen"].in_unit("ug") == 200


def test_gaps_are_noted_and_closed():
    chart = baclofen().add("stop", 5, "09:00")
    replay = _replayed(chart)
    assert replay.gap_kind == "stopped"
    assert replay.gap_start == replay.pump.state.now
    assert _replayed(chart.add("resume", 5, "10:00")).gap_start is None


def test_rises_are_noted_and_falls_are_not():
    chart = baclofen("100 ug/d").run(2, "09:00", "baclofen", "120 ug/d")
    chart.run(4, "09:00", "baclofen", "110 ug/d").run(6, "09:00", "baclofen", "120 ug/d")
    assert len(_replayed(chart).increases) == 2


@pytest.mark.parametrize(("aspirated", "count"), [("6.3 mL", 1), (None, 0)])
def test_residuals_need_an_aspirate(aspirated, count):
    chart = baclofen().fill(30, "09:00", BACLOFEN, aspirated=aspirated)
    assert len(_replayed(chart).residuals) == count


def test_a_new_pump_forgets_the_fills_of_the_old_one_but_not_the_dose():
    chart = morphine().fill(30, "09:00", MORPHINE, aspirated="12.3 mL")
    chart.add("replace", 40, "09:00", pump={"model": "synchromed-ii-20", "serial": "N2"})
    replay = _replayed(chart)
    assert replay.residuals == []
    assert replay.last_fill is None
    assert replay.therapy_before is not None
    assert replay.hardware.serial == "N2"


def test_a_new_pump_knows_no_alarm_of_the_old_one_and_the_record_keeps_them():
    old = Chart().fill(0, "09:00", MORPHINE, "10 mL").run(0, "09:30", "morphine", "4 mg/d")
    chart = old.add("fault", 35, "09:00", kind="motor-stall")
    chart.add("replace", 36, "09:00", pump={"model": "synchromed-ii-20", "serial": "N2"})
    chart.fill(36, "09:10", MORPHINE, "20 mL").run(36, "09:40", "morphine", "4 mg/d")
    chart.add("fault", 37, "09:00", kind="motor-stall").add("note", 38, "09:00", text="x")
    replay = _replayed(chart)
    assert [one.kind.value for one in replay.pump.state.alarms] == ["motor-stall"]
    kept = [(one.kind.value, one.ended is None) for one in simulate(chart.therapy()).alarms]
    assert kept == [
        ("low-reservoir", False),
        ("empty", False),
        ("motor-stall", False),
        ("motor-stall", True),
    ]
    assert [one.detected is None for one in replay.faults.records] == [False, False]


def test_with_and_without_a_sink_the_pump_ends_in_the_same_state():
    chart = baclofen().fill(30, "09:00", {"baclofen": "2000 ug/mL"}, aspirated="6.3 mL")
    chart.run(30, "09:10", "baclofen", "200 ug/d", bridge={"daily_dose": "200 ug/d"})
    chart.add("note", 45, "09:00", text="x")
    rows = []
    with_sink = _replayed(chart, sink=rows.append).pump.state
    without = _replayed(chart, for_review=False).pump.state
    assert rows
    assert with_sink.computed == without.computed
    assert with_sink.account.delivered("baclofen") == without.account.delivered("baclofen")
