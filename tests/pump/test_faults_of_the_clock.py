"""C01: a pump's clock that is reset or drifts: steps move, lockouts and limits do not."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from fault_bench import MORPHINE, ROLLER_PUMP, microlitres, settings
from hypothesis import given
from hypothesis import strategies as st
from pump_bench import DAY, HOUR, MONDAY, Bench, hours, milligrams, minutes

from thecal.program.program import InfusionProgram, Mode, PatientBolus, Step
from thecal.pump.fault_settings import FaultSettings
from thecal.pump.guard import Denial
from thecal.units import MassRate, Volume

pytestmark = pytest.mark.req("C01", "F05", "GIP-4.2")
STEP = Step(frozenset(range(7)), hours(12), hours(1), milligrams("1"))
BOLUS = PatientBolus(milligrams("0.1"), minutes(5), hours(3))


def flex(bolus: PatientBolus | None = None) -> Bench:
    """Return a pump with a step of 100 uL at noon over a background of 240 uL/d."""
    bench = Bench(ROLLER_PUMP)
    bench.pump.fill(Volume.of(20, "mL"), MORPHINE)
    bench.pump.set_line(MORPHINE)
    order = InfusionProgram(Mode.FLEX, "morphine", MassRate.of("2.4", "mg/d"), (STEP,), bolus)
    bench.pump.write(order)
    return bench


def step_starts(bench: Bench) -> list[Fraction]:
    """Return when the high rate began, in hours since the start."""
    rates = [(row.start, row.volume.base / (row.end - row.start)) for row in bench.rows]
    high = [
        start for (start, rate), (_, before) in zip(rates[1:], rates, strict=False) if rate > before
    ]
    return [(start - bench.start) / HOUR for start in high]


def test_after_a_reset_steps_run_by_the_pumps_own_clock() -> None:
    bench = flex()
    bench.wait(18 * HOUR)
    assert step_starts(bench) == [12]
    bench.pump.fault("clock-reset")  # it shows 00:00 on Monday now
    bench.wait(30 * HOUR)
    assert step_starts(bench) == [12, 18 + 12]
    assert microlitres(bench) == 2 * 100 + 46 * 10, "no step is doubled or lost in volume"


def test_a_reset_to_a_given_time_can_repeat_a_step_and_the_next_one_keeps_its_distance() -> None:
    bench = flex()
    bench.wait(14 * HOUR)
    bench.pump.fault("clock-reset", FaultSettings(pump_clock=MONDAY + 11 * HOUR))
    bench.wait(2 * DAY)
    assert step_starts(bench) == [12, 15, 39]


def test_a_drifting_clock_moves_steps_a_little_every_day() -> None:
    bench = flex()
    bench.pump.fault("clock-drift", settings(factor="1.01"))
    bench.wait(4 * DAY)
    fast = Fraction(DAY, 100) / HOUR
    assert step_starts(bench) == [12 + 24 * day - fast * day for day in range(4)]


@pytest.mark.req("C01")
def test_a_reset_clock_neither_ends_a_lockout_nor_lengthens_it() -> None:
    bench = flex(BOLUS)
    bench.wait(HOUR)
    assert bench.pump.press() is None
    bench.wait(HOUR)
    bench.pump.fault("clock-reset", FaultSettings(pump_clock=MONDAY + 100 * DAY))
    bench.wait(2 * HOUR - 1)
    assert bench.pump.press() is Denial.LOCKOUT
    bench.wait(1)
    assert bench.pump.press() is None


@pytest.mark.req("D07")
def test_the_dose_of_a_day_holds_over_a_reset_that_repeats_a_step() -> None:
    """Background 2.2 mg and two steps of 1 mg in one window: no room for 0.1 mg below 4.3 mg."""
    limited = replace(BOLUS, max_dose_per_day=milligrams("4.25"))
    bench = flex(limited)
    bench.wait(14 * HOUR)
    bench.pump.fault("clock-reset", FaultSettings(pump_clock=MONDAY + 11 * HOUR))
    bench.wait(3 * HOUR)
    assert bench.pump.press() is Denial.DOSE
    sound = flex(limited)
    sound.wait(17 * HOUR)
    assert sound.pump.press() is None


def test_a_mended_clock_runs_true_again() -> None:
    bench = flex()
    bench.wait(HOUR)
    bench.pump.fault("clock-reset", FaultSettings(pump_clock=MONDAY + 5 * HOUR))
    bench.wait(HOUR)
    bench.pump.mend("clock-reset")
    bench.wait(DAY)
    assert step_starts(bench) == [12]
    assert bench.pump.state.disturbance is None
    assert bench.pump.state.clock_offset == 0


@pytest.mark.req("D01")
def test_a_bolus_into_a_step_that_the_pumps_own_clock_is_about_to_begin_is_denied() -> None:
    """21.6 mL/d in the step and 6 mL/d on top would pass 24 mL/d."""
    steep = replace(STEP, dose=milligrams("9"))
    large = replace(BOLUS, dose=milligrams("5"), duration=hours(2))
    order = InfusionProgram(Mode.FLEX, "morphine", MassRate.of("2.4", "mg/d"), (steep,), large)
    bench = flex()
    bench.pump.write(order)
    bench.wait(6 * HOUR)
    bench.pump.fault("clock-reset", FaultSettings(pump_clock=MONDAY + 11 * HOUR))
    assert bench.pump.press() is Denial.RATE
    bench.pump.mend("clock-reset")
    assert bench.pump.press() is None


# -- setting it again -----------------------------------------------------------------------------


@pytest.mark.req("C02")
def test_a_clock_that_is_set_right_runs_its_steps_at_the_right_time() -> None:
    bench = flex()
    bench.wait(18 * HOUR)
    bench.pump.fault("clock-reset")
    bench.wait(HOUR)
    bench.pump.set_clock()
    bench.wait(30 * HOUR)
    assert bench.pump.state.clock_offset == 0
    assert step_starts(bench) == [12, 36]


@pytest.mark.req("C02")
def test_a_clock_that_drifts_goes_on_drifting_after_it_was_set() -> None:
    bench = flex()
    bench.pump.fault("clock-drift", settings(factor="1.01"))
    bench.wait(3 * DAY)
    bench.pump.set_clock()
    assert bench.pump.state.clock_offset == 0
    bench.wait(2 * DAY)
    assert bench.pump.state.clock_offset == Fraction(2 * DAY, 100)


@pytest.mark.req("C02")
@given(st.integers(-20 * HOUR, 20 * HOUR), st.integers(0, 4 * HOUR))
def test_lockouts_keep_elapsed_time_whatever_the_clock_is_set_from(off: int, waited: int) -> None:
    bench = flex(BOLUS)
    bench.wait(30 * HOUR)
    assert bench.pump.press() is None
    bench.pump.fault("clock-reset", FaultSettings(pump_clock=bench.pump.state.now + off))
    bench.wait(waited)
    bench.pump.set_clock()
    denial = bench.pump.press()
    assert (denial is None) == (waited >= 3 * HOUR)
    assert denial in (None, Denial.LOCKOUT, Denial.BOLUS_RUNNING)


def test_setting_a_right_clock_changes_nothing() -> None:
    bench, other = flex(BOLUS), flex(BOLUS)
    for _ in range(4):
        bench.wait(7 * HOUR)
        other.wait(7 * HOUR)
        bench.pump.set_clock()
    assert bench.pump.state.account == other.pump.state.account
    assert microlitres(bench) == microlitres(other)
