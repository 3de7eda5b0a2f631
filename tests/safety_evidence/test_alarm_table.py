"""Each row of safety/alarms.csv against the pump: priority, and what becomes of the rate."""

from __future__ import annotations

import csv
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from evidence_bench import DAY, DRUG_OF_CLASS, HOUR, LEAST, Running
from hypothesis import given
from hypothesis import strategies as st

from thecal.device import fault_kind
from thecal.pharmacy import safe_state
from thecal.pump.alarms import PRIORITIES, Alarm, AlarmKind, most_urgent_first
from thecal.pump.fault_settings import FaultSettings
from thecal.units import Duration, Volume, VolumeRate

TABLE = Path(__file__).resolve().parents[2] / "safety" / "alarms.csv"
with TABLE.open(encoding="utf-8", newline="") as file:
    ROWS = {row["condition"]: row for row in csv.DictReader(file)}
CLASSES = sorted(DRUG_OF_CLASS)


def _run_down(volume: str) -> Callable[[Running], None]:
    def cause(running: Running) -> None:
        running.pump.fill(Volume.of(volume, "mL"), running.mixture)
        running.since = running.pump.state.now
        running.wait(DAY)

    return cause


def _battery(running: Running, days: int) -> None:
    running.pump.fault("battery-film", FaultSettings(duration=Duration.of(10, "d")))
    running.wait(days * DAY)


def _fault(kind: str, after: Fraction) -> Callable[[Running], None]:
    def cause(running: Running) -> None:
        running.pump.fault(kind)
        running.wait(after)

    return cause


def _low_three_times(running: Running) -> None:
    for _ in range(3):
        running.pump.fill(Volume.of("2.01", "mL"), running.mixture)
        running.wait(2 * HOUR)
    running.since = Fraction(0)


def _stop(running: Running) -> None:
    running.pump.stop()
    running.wait(3 * DAY)


def _air(running: Running) -> None:
    mishap = (fault_kind("air"), FaultSettings(volume=Volume.of("0.5", "mL")))
    running.pump.fill(Volume.of(1, "mL"), running.mixture, mishaps=(mishap,))
    running.wait(4 * DAY)


WATCHED_OUTSIDE = {AlarmKind.OCCLUSION, AlarmKind.AIR_IN_LINE}
CAUSES: dict[AlarmKind, Callable[[Running], None]] = {
    AlarmKind.LOW_RESERVOIR: _run_down("2.1"),
    AlarmKind.EMPTY: _run_down("0.1"),
    AlarmKind.STOPPED_TOO_LONG: _stop,
    AlarmKind.MOTOR_STALL: _fault("motor-stall", HOUR),
    AlarmKind.MEMORY_ERROR: _fault("memory-bit-flip", HOUR),
    AlarmKind.LOW_BATTERY_RESET: _fault("low-battery-reset", HOUR),
    AlarmKind.REPLACEMENT_INDICATOR: lambda running: _battery(running, 1),
    AlarmKind.END_OF_SERVICE: lambda running: _battery(running, 11),
    AlarmKind.OCCLUSION: _fault("catheter-occlusion", 2 * DAY),
    AlarmKind.AIR_IN_LINE: _air,
    AlarmKind.REPEATED: _low_three_times,
}


@pytest.mark.req("A02", "R6.4.1(1)")
def test_every_alarm_has_one_row_and_its_priority_is_that_of_the_pump() -> None:
    assert {name for name, row in ROWS.items() if row["shown_by"] == "alarm"} == set(AlarmKind)
    for kind in AlarmKind:
        assert ROWS[kind]["priority"] == PRIORITIES[kind]


@pytest.mark.req("A02", "R6.4.4(1)")
@given(
    st.lists(
        st.builds(
            Alarm,
            time=st.integers(0, 9).map(Fraction),
            kind=st.sampled_from(AlarmKind),
            ended=st.none() | st.just(Fraction(99)),
        )
    )
)
def test_of_several_alarms_the_most_urgent_of_the_table_is_shown_first(alarms) -> None:
    shown = most_urgent_first(alarms)
    assert sorted(map(repr, shown)) == sorted(map(repr, alarms))
    for before, after in pairwise(shown):
        assert (before.ended is None) >= (after.ended is None)
        if (before.ended is None) == (after.ended is None):
            urgent = [ROWS[one.kind]["priority"] == "critical" for one in (before, after)]
            assert urgent != [False, True]
            assert before.time <= after.time or urgent == [True, False]


@pytest.mark.req("A02")
def test_the_alarm_of_a_stall_stands_before_the_older_one_of_a_low_reservoir() -> None:
    low = Alarm(Fraction(0), AlarmKind.LOW_RESERVOIR)
    stall = Alarm(Fraction(5), AlarmKind.MOTOR_STALL)
    over = Alarm(Fraction(1), AlarmKind.MEMORY_ERROR, ended=Fraction(2))
    assert most_urgent_first([low, over, stall]) == (stall, low, over)


@pytest.mark.req("A01")
@pytest.mark.parametrize("condition", sorted(ROWS))
def test_every_row_names_cause_effect_and_what_to_do(condition: str) -> None:
    row = ROWS[condition]
    for column in ("priority", "cause", "to_do", *CLASSES):
        assert row[column].strip(), column


def test_a_row_that_was_reviewed_names_who_and_when() -> None:
    for row in ROWS.values():
        assert bool(row["reviewed_by"]) == bool(row["reviewed_on"])


@pytest.mark.req("F03", "R6.4.1(2)", "A02")
@pytest.mark.parametrize("drug_class", CLASSES)
@pytest.mark.parametrize("kind", sorted(AlarmKind))
def test_the_rate_after_each_alarm_is_that_of_the_drugs_class(
    kind: AlarmKind, drug_class: str
) -> None:
    running = Running(drug_class, "external" if kind in WATCHED_OUTSIDE else "roller")
    CAUSES[kind](running)
    assert kind in {name for name, _ in running.alarms()}
    expected = ROWS[kind][drug_class]
    flow = running.flow_now()
    if expected == "program":
        assert flow == VolumeRate.of("0.2", "mL/d")
    elif expected == "minimum-rate":
        assert flow == LEAST
    else:
        assert expected == "nothing"
        assert flow == VolumeRate.zero()


@pytest.mark.req("F03")
@pytest.mark.parametrize("drug_class", CLASSES)
def test_the_safe_state_of_each_class_is_the_one_that_was_written_down(drug_class: str) -> None:
    shown = {"stop": "nothing", "minimum-rate": "minimum-rate"}
    assert shown[safe_state(Running(drug_class).mixture)] == ROWS["memory-error"][drug_class]
