"""When the next bolus is possible: against a scan of the pump's own answers, minute by minute."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pump_bench import DAY, HOUR, MONDAY, ROLLER, Bench, continuous, hours, milligrams, minutes
from pump_bench import mixture as mixed

from thecal.program.clock import Instant
from thecal.program.program import STOPPED, BridgeOrder, InfusionProgram, Mode, PatientBolus, Step
from thecal.pump.guard import Denial
from thecal.pump.press_outlook import NextBolus, answer_now, boluses_left, next_bolus
from thecal.pump.pump import Pump
from thecal.units import MassRate, Volume

BOLUS = PatientBolus(milligrams("0.25"), minutes(10), hours(2), max_per_day=3)


def running(bolus: PatientBolus | None = BOLUS, dose: str = "3 mg/d") -> Bench:
    bench = Bench()
    bench.pump.fill(Volume.of(20, "mL"), mixed(morphine="10 mg/mL"))
    bench.pump.write(continuous(dose, bolus=bolus))
    return bench


def scanned(pump: Pump, step: int, span: int) -> Instant | None:
    """Ask again and again, without the module's own reasoning."""
    probe = Pump(pump.setup, pump.state.copy())
    for _ in range(span // step + 1):
        if Pump(pump.setup, probe.state.copy()).press() is None:
            return probe.state.now
        probe.advance(probe.state.now + step)
    return None


def press_at(bench: Bench, *seconds: int) -> None:
    for moment in seconds:
        bench.go_to(moment)
        bench.pump.press()


def test_asking_changes_nothing() -> None:
    bench = running()
    before = bench.pump.state.copy()
    assert answer_now(bench.pump) is None
    next_bolus(bench.pump)
    boluses_left(bench.pump)
    assert bench.pump.state == before
    assert bench.rows == []


def test_now_where_a_press_would_be_granted() -> None:
    assert next_bolus(running().pump) == NextBolus(MONDAY, None)


def test_at_the_end_of_the_lockout_exactly() -> None:
    bench = running()
    press_at(bench, 0)
    bench.wait(3 * HOUR / 2)
    assert answer_now(bench.pump) is Denial.LOCKOUT
    assert next_bolus(bench.pump).granted == MONDAY + 2 * HOUR


def test_while_a_bolus_runs_the_lockout_counts_not_its_end() -> None:
    bench = running()
    press_at(bench, 0)
    bench.wait(60)
    assert answer_now(bench.pump) is Denial.BOLUS_RUNNING
    assert next_bolus(bench.pump).granted == MONDAY + 2 * HOUR


def test_a_used_up_count_frees_one_a_second_after_the_closed_24_hours() -> None:
    bench = running()
    press_at(bench, 0, 3 * HOUR, 6 * HOUR, 9 * HOUR)
    assert answer_now(bench.pump) is Denial.COUNT
    found = next_bolus(bench.pump).granted
    assert found == MONDAY + DAY + 1
    bench.go_to(DAY)
    assert answer_now(bench.pump) is Denial.COUNT
    bench.wait(1)
    assert answer_now(bench.pump) is None


def test_a_lowered_count_waits_for_as_many_as_are_too_many() -> None:
    bench = running()
    press_at(bench, 0, 3 * HOUR, 6 * HOUR)
    fewer = PatientBolus(BOLUS.dose, BOLUS.duration, BOLUS.lockout, max_per_day=1)
    bench.pump.write(continuous("3 mg/d", bolus=fewer))
    bench.go_to(9 * HOUR)
    assert next_bolus(bench.pump).granted == MONDAY + DAY + 6 * HOUR + 1


def test_dose_of_a_day_is_asked_of_the_guard_to_the_second() -> None:
    by_dose = PatientBolus(milligrams("0.25"), minutes(10), hours(1), None, milligrams("3.5"))
    bench = running(by_dose)
    press_at(bench, 0, 3 * HOUR, 6 * HOUR)
    assert answer_now(bench.pump) is Denial.DOSE
    assert next_bolus(bench.pump).granted == MONDAY + DAY + 1


def test_a_background_that_was_lowered_lets_a_bolus_through_as_it_leaves_the_day() -> None:
    by_dose = PatientBolus(milligrams("0.25"), minutes(10), hours(1), None, milligrams("3.5"))
    bench = running(by_dose, "6 mg/d")
    bench.go_to(DAY)
    bench.pump.write(continuous("2 mg/d", bolus=by_dose))
    assert answer_now(bench.pump) is Denial.DOSE
    found = next_bolus(bench.pump).granted
    assert found is not None
    assert MONDAY + DAY < found < MONDAY + 2 * DAY
    for seconds, expected in ((found - 1, Denial.DOSE), (found, None)):
        probe = Pump(bench.pump.setup, bench.pump.state.copy())
        probe.advance(seconds)
        assert answer_now(probe) is expected


def test_a_bridge_and_a_prime_are_waited_for() -> None:
    bench = running()
    bench.wait(DAY)
    bench.pump.fill(Volume.of(20, "mL"), mixed(morphine="20 mg/mL"))
    bridge = BridgeOrder(MassRate.of(3, "mg/d"))
    bench.pump.write(continuous("3 mg/d", bolus=BOLUS, bridge=bridge))
    assert answer_now(bench.pump) is Denial.BRIDGE
    found = next_bolus(bench.pump).granted
    assert found == bench.pump.state.now + ROLLER_LINE.ratio(Volume.of("0.3", "mL")) * DAY


ROLLER_LINE = Volume.of("0.3072", "mL")


def test_a_step_that_leaves_no_room_for_the_bolus_is_waited_for() -> None:
    """A bolus of 0.5 mL/h beside a step of 0.8 mL/h exceeds 1 mL/h until the step ends."""
    step = Step(frozenset(range(7)), hours(2), hours(3), milligrams("24"))
    fast = PatientBolus(milligrams("1.25"), minutes(15), hours(1))
    order = InfusionProgram(Mode.FLEX, "morphine", MassRate.of(3, "mg/d"), (step,), fast)
    bench = Bench()
    bench.pump.fill(Volume.of(40, "mL"), mixed(morphine="10 mg/mL"))
    bench.pump.write(order)
    bench.go_to(HOUR * 7 // 4 + 1)
    assert answer_now(bench.pump) is Denial.RATE
    assert next_bolus(bench.pump).granted == MONDAY + 5 * HOUR


@pytest.mark.parametrize("seconds", [0, 600])
def test_held_in_a_scanner_it_waits_for_the_end_of_the_scan(seconds: int) -> None:
    bench = running()
    bench.pump.suspend(hours(1))
    bench.wait(seconds)
    assert answer_now(bench.pump) is Denial.STOPPED
    assert next_bolus(bench.pump).granted == MONDAY + HOUR


def test_waiting_does_not_help_without_a_bolus_stopped_or_dry() -> None:
    assert next_bolus(running(None).pump) == NextBolus(None, Denial.NO_BOLUS)
    bench = running()
    bench.pump.write(STOPPED)
    assert next_bolus(bench.pump) == NextBolus(None, Denial.STOPPED)
    assert next_bolus(Bench().pump) == NextBolus(None, Denial.STOPPED)
    dry = running()
    dry.wait(80 * DAY)
    assert next_bolus(dry.pump) == NextBolus(None, Denial.DRY)


def test_a_bridge_to_a_program_without_a_bolus_is_not_worth_waiting_for() -> None:
    bench = running()
    bench.pump.fill(Volume.of(20, "mL"), mixed(morphine="20 mg/mL"))
    bench.pump.write(continuous("3 mg/d", bridge=BridgeOrder(MassRate.of(3, "mg/d"))))
    assert next_bolus(bench.pump) == NextBolus(None, Denial.NO_BOLUS)


def test_boluses_left_are_what_the_count_leaves() -> None:
    bench = running()
    assert boluses_left(bench.pump) == 3
    press_at(bench, 0, HOUR, 3 * HOUR)
    assert boluses_left(bench.pump) == 1
    bench.go_to(DAY)
    assert boluses_left(bench.pump) == 1
    bench.wait(1)
    assert boluses_left(bench.pump) == 2


def test_boluses_left_are_fewer_where_the_dose_of_a_day_is_the_tighter_limit() -> None:
    tight = PatientBolus(milligrams("0.25"), minutes(10), hours(1), 9, milligrams("3.6"))
    bench = running(tight)
    assert boluses_left(bench.pump) == 2
    press_at(bench, 0)
    assert boluses_left(bench.pump) == 1
    press_at(bench, 2 * HOUR)
    assert boluses_left(bench.pump) == 0


def test_boluses_left_without_a_limit_and_without_a_bolus() -> None:
    free = PatientBolus(milligrams("0.25"), minutes(10), hours(1))
    assert boluses_left(running(free).pump) is None
    assert boluses_left(running(None).pump) == 0
    assert boluses_left(Bench().pump) == 0


@settings(max_examples=30)
@given(
    presses=st.lists(st.integers(0, 26 * 4), max_size=8).map(sorted),
    most=st.sampled_from([None, 1, 2, 4]),
    dose=st.sampled_from([None, "3.3", "3.6", "5"]),
    lockout=st.integers(1, 6),
)
def test_the_named_instant_is_the_first_that_a_scan_finds(
    presses: list[int], most: int | None, dose: str | None, lockout: int
) -> None:
    limit = None if dose is None else milligrams(dose)
    bench = running(PatientBolus(milligrams("0.25"), minutes(10), hours(lockout), most, limit))
    press_at(bench, *(quarter * 900 for quarter in presses))
    found = next_bolus(bench.pump).granted
    expected = scanned(bench.pump, 60, DAY + 3600)
    assert found is not None
    assert expected is not None
    assert Fraction(0) <= expected - found < 60
    earlier = Pump(bench.pump.setup, bench.pump.state.copy())
    if found > earlier.state.now:
        earlier.advance(max(earlier.state.now, found - 2))
        assert answer_now(earlier) is not None


def test_setup_of_these_tests_has_the_line_that_the_bridge_needs() -> None:
    assert ROLLER.bridge_volume == ROLLER_LINE
