"""Alarms begin and end with their causes; the same one too often is an alarm of its own."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pump_bench import DAY, HOUR, MONDAY, ROLLER, Bench, continuous, hours, milligrams, minutes
from pump_bench import mixture as mixed

from thecal.device.alarm_signals import repeat_rule
from thecal.errors import PumpRefusalError
from thecal.program.program import PatientBolus
from thecal.pump.alarm_log import sounds
from thecal.pump.alarms import Alarm, AlarmKind
from thecal.pump.fault_settings import FaultSettings
from thecal.pump.guard import Denial
from thecal.units import Duration, Volume

BOLUS = PatientBolus(milligrams("0.1"), minutes(5), hours(1), max_per_day=20)
SOLUTION = mixed(morphine="10 mg/mL")


def running(volume: int | str = 20, dose: str = "5 mg/d") -> Bench:
    bench = Bench(replace(ROLLER, kind="roller"))
    bench.pump.fill(Volume.of(volume, "mL"), SOLUTION)
    bench.pump.write(continuous(dose, bolus=BOLUS))
    return bench


def log(bench: Bench) -> list[tuple[str, Fraction, Fraction | None]]:
    """Return each alarm with hours from the start to its begin and to its end."""
    return [
        (
            one.kind.value,
            (one.time - MONDAY) / HOUR,
            None if one.ended is None else (one.ended - MONDAY) / HOUR,
        )
        for one in bench.pump.state.alarms
    ]


def stall(bench: Bench, length: str = "1") -> None:
    """Let the motor stand for so many hours, and half an hour more pass."""
    settings = FaultSettings(duration=hours(length))
    bench.pump.fault("motor-stall-recovering", settings)
    bench.wait(settings.duration.base + HOUR // 2)


@pytest.mark.req("GIP-1.23")
def test_alarms_of_the_reservoir_end_at_the_fill_and_come_again_when_it_is_too_small() -> None:
    bench = running("1.45")
    bench.go_to(3 * HOUR)
    assert log(bench) == [("low-reservoir", 0, None), ("empty", Fraction(12, 5), None)]
    bench.pump.fill(Volume.of("1.9", "mL"), SOLUTION)
    assert log(bench) == [
        ("low-reservoir", 0, 3),
        ("empty", Fraction(12, 5), 3),
        ("low-reservoir", 3, None),
    ]


def test_the_alarm_of_standing_ends_when_the_pump_runs_again() -> None:
    bench = running()
    bench.pump.stop()
    bench.go_to(50 * HOUR)
    bench.pump.resume()
    assert log(bench) == [("stopped-too-long", 48, 50)]


@pytest.mark.req("GIP-1.23")
def test_the_alarm_of_a_stall_ends_when_the_motor_turns() -> None:
    bench = running()
    stall(bench)
    assert log(bench) == [("motor-stall", Fraction(1, 3), 1)]


@pytest.mark.parametrize("id", ["memory-bit-flip", "low-battery-reset"])
def test_the_alarm_of_a_lost_program_ends_when_one_is_written(id: str) -> None:
    bench = running()
    bench.pump.fault(id)
    bench.go_to(HOUR)
    assert [end for _, _, end in log(bench)] == [None]
    bench.pump.write(continuous("5 mg/d"))
    assert [end for _, _, end in log(bench)] == [1]


def test_no_alarm_of_a_pump_outlives_it() -> None:
    bench = running("1.45")
    bench.pump.fault("motor-stall")
    bench.pump.fault("battery-film")
    bench.go_to(DAY)
    assert any(end is None for _, _, end in log(bench))
    bench.pump.explant()
    assert {end for _, _, end in log(bench)} == {24}


def test_a_new_pump_has_a_log_of_its_own() -> None:
    bench = running("1.45")
    bench.go_to(3 * HOUR)
    taken_out = bench.pump.replace_pump(bench.pump.setup)
    assert [(one.kind.value, one.ended) for one in taken_out] == [
        ("low-reservoir", MONDAY + 3 * HOUR),
        ("empty", MONDAY + 3 * HOUR),
    ]
    assert log(bench) == []
    bench.pump.fill(Volume.of("1.45", "mL"), SOLUTION)
    assert log(bench) == [("low-reservoir", 3, None)]


@pytest.mark.req("A06")
def test_the_stalls_of_another_pump_are_no_repetition_in_the_new_one() -> None:
    bench = running()
    stall(bench)
    stall(bench)
    bench.pump.replace_pump(bench.pump.setup)
    bench.pump.fill(Volume.of(20, "mL"), SOLUTION)
    bench.pump.write(continuous("5 mg/d"))
    stall(bench)
    assert [name for name, _, _ in log(bench)] == ["motor-stall"]


@pytest.mark.req("D11", "GIP-1.4.11")
def test_no_bolus_while_the_alarm_of_a_stall_stands() -> None:
    bench = running()
    bench.pump.fault("motor-stall")
    bench.wait(19 * 60)
    assert bench.pump.press() is None  # the pump has not noticed yet
    bench.wait(HOUR)
    assert bench.pump.press() is Denial.STALL
    with pytest.raises(PumpRefusalError, match="motor stall"):
        bench.pump.clinician_bolus(milligrams("0.1"), minutes(5))
    bench.pump.mend("motor-stall")
    assert bench.pump.press() is None


# -- too often -------------------------------------------------------------------------------------


@pytest.mark.req("A06", "EC23", "R6.5.0(18)")
def test_the_third_stall_of_a_day_is_an_alarm_of_its_own() -> None:
    bench = running()
    stall(bench)
    stall(bench)
    assert not sounds(bench.pump.state, AlarmKind.REPEATED)
    stall(bench)
    raised = bench.pump.state.alarms[-1]
    assert (raised.kind, raised.of) == (AlarmKind.REPEATED, AlarmKind.MOTOR_STALL)
    assert raised.time == bench.pump.state.alarms[-2].time
    assert raised.ended is None
    assert raised.priority.value == "critical"


@pytest.mark.req("A06")
def test_it_sounds_until_the_pump_is_read_and_then_may_come_again() -> None:
    bench = running()
    for _ in range(4):
        stall(bench)
    repeated = [one for one in bench.pump.state.alarms if one.kind is AlarmKind.REPEATED]
    assert len(repeated) == 1
    bench.pump.interrogated()
    assert not sounds(bench.pump.state, AlarmKind.REPEATED)
    stall(bench)
    assert sounds(bench.pump.state, AlarmKind.REPEATED)


@pytest.mark.req("A06")
def test_one_stall_that_lasts_is_one_alarm() -> None:
    bench = running()
    for _ in range(3):
        bench.pump.fault("motor-stall")
        bench.wait(HOUR)
    assert [name for name, _, _ in log(bench)] == ["motor-stall"] * 3
    assert not sounds(bench.pump.state, AlarmKind.REPEATED)


@pytest.mark.req("A06")
@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 30), st.integers(1, 5)), max_size=9))
def test_it_comes_exactly_with_the_third_within_the_window(
    stalls: list[tuple[int, int]],
) -> None:
    """Gaps of so many hours, stalls of so many half hours: against a count of this test."""
    rule = repeat_rule()
    count, window = int(rule.count.value), rule.window.value.base
    bench, begun, expected = running(40, "1 mg/d"), [], []
    for gap, halves in stalls:
        bench.wait(gap * HOUR)
        begun.append(bench.pump.state.now + 20 * 60)
        if sum(time >= begun[-1] - window for time in begun) >= count and not expected:
            expected.append(begun[-1])
        bench.pump.fault(
            "motor-stall-recovering", FaultSettings(duration=Duration.of(30 * halves, "min"))
        )
        bench.wait(halves * HOUR // 2)
    shown = [one.time for one in bench.pump.state.alarms if one.kind is AlarmKind.REPEATED]
    assert shown == expected


def test_an_alarm_sounds_until_it_has_ended() -> None:
    bench = running()
    bench.pump.state.alarms += [Alarm(MONDAY, AlarmKind.EMPTY, ended=MONDAY)]
    assert not sounds(bench.pump.state, AlarmKind.EMPTY)


@pytest.mark.parametrize("kind", ["gear-wear", "rotor-magnet"])
def test_a_stall_that_is_over_is_not_kept_sounding_by_a_fault_that_only_slows(kind: str) -> None:
    bench = running()
    bench.pump.fault(kind, FaultSettings(factor=Fraction(9, 10), duration=hours("1000")))
    stall(bench)
    ((_, _, ended),) = log(bench)
    assert ended is not None
    assert bench.pump.press() is None, "and the next press is granted"


def test_a_stall_sounds_as_long_as_another_fault_holds_the_motor() -> None:
    bench = running()
    bench.pump.fault("rotor-magnet", FaultSettings(factor=Fraction(0), duration=hours("48")))
    stall(bench)
    _, _, ended = log(bench)[0]
    assert ended is None
    assert bench.pump.press() is Denial.STALL
