"""The battery of a running pump: indicator and end of service come when use and age bring them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pump_bench import DAY, MONDAY, ROLLER, Bench, continuous, mixture

from thecal.device.battery import BatteryLife, battery_life
from thecal.errors import PumpRefusalError
from thecal.program.clock import Instant
from thecal.program.setup import PumpSetup
from thecal.pump.alarms import AlarmKind
from thecal.pump.battery import charge_used
from thecal.pump.fault_settings import FaultSettings
from thecal.pump.pump import Pump
from thecal.pump.state import Activity
from thecal.units import Duration, Volume, VolumeRate

SHORT = BatteryLife(
    charge=Volume.of(30, "mL"),
    drain=VolumeRate.of("0.25", "mL/d"),
    indicator_to_end=Duration.of(90, "d"),
    limit=Duration.of(400, "d"),
)
"""A battery that a test can outlive: 30 mL of charge, of which time takes 0.25 mL a day."""
SETUP = replace(ROLLER, battery=SHORT)
MORPHINE = mixture(morphine="1 mg/mL")


def running(daily: str = "0.5 mg/d", setup: PumpSetup = SETUP) -> Bench:
    bench = Bench(setup)
    bench.pump.fill(Volume.of(40, "mL"), MORPHINE)
    bench.pump.write(continuous(daily))
    return bench


def days_of(bench: Bench, kind: AlarmKind) -> list[Fraction]:
    return [
        (alarm.time - bench.start) / DAY for alarm in bench.pump.state.alarms if alarm.kind is kind
    ]


@pytest.mark.parametrize("fault", [False, True])
def test_the_indicator_comes_though_time_costs_more_than_what_is_pumped(fault: bool) -> None:
    bench = running("0.05 mg/d")
    if fault:
        bench.pump.fault("over-infusion")
    bench.wait(99 * DAY)
    assert not days_of(bench, AlarmKind.REPLACEMENT_INDICATOR)
    bench.wait(2 * DAY)
    assert days_of(bench, AlarmKind.REPLACEMENT_INDICATOR) == [100], "30 mL at 0.25 and 0.05 mL/d"


@pytest.mark.req("P01", "GIP-5.1.3", "GIP-5.1.4")
def test_the_indicator_comes_when_time_and_strokes_have_used_the_charge() -> None:
    bench = running("0.5 mg/d")
    bench.wait(200 * DAY)
    assert days_of(bench, AlarmKind.REPLACEMENT_INDICATOR) == [40]  # 30 / (0.5 + 0.25)


@pytest.mark.req("P01", "GIP-5.1.6")
def test_the_pump_runs_on_after_the_indicator_and_stops_at_the_end_of_service() -> None:
    bench = running("0.25 mg/d")
    bench.go_to(60 * DAY)
    assert days_of(bench, AlarmKind.REPLACEMENT_INDICATOR) == [60]
    assert bench.pump.state.activity is Activity.RUNNING
    bench.go_to(150 * DAY)
    assert days_of(bench, AlarmKind.END_OF_SERVICE) == [150]
    assert bench.pump.state.activity is Activity.STOPPED
    delivered = bench.volume()
    bench.wait(10 * DAY)
    assert bench.volume() == delivered
    with pytest.raises(PumpRefusalError, match="service has ended"):
        bench.pump.write(continuous("0.1 mg/d"))


@pytest.mark.req("P01")
def test_a_stopped_pump_ends_by_its_age() -> None:
    slow = replace(SETUP, battery=replace(SHORT, charge=Volume.of(2000, "mL")))
    bench = running("0.1 mg/d", slow)
    bench.pump.stop()
    bench.wait(500 * DAY)
    assert days_of(bench, AlarmKind.REPLACEMENT_INDICATOR) == [310]
    assert days_of(bench, AlarmKind.END_OF_SERVICE) == [400]


def test_a_new_pump_has_a_new_battery() -> None:
    bench = running()
    bench.wait(41 * DAY)
    assert charge_used(bench.pump.state, SHORT) > 1
    (taken_out,) = bench.pump.replace_pump(SETUP)
    assert charge_used(bench.pump.state, SHORT) == 0
    assert (taken_out.kind, taken_out.ended) == (
        AlarmKind.REPLACEMENT_INDICATOR,
        bench.pump.state.now,
    )
    assert not bench.pump.state.alarms
    bench.pump.fill(Volume.of(40, "mL"), MORPHINE)
    bench.pump.write(continuous("0.5 mg/d"))
    bench.wait(39 * DAY)
    assert days_of(bench, AlarmKind.REPLACEMENT_INDICATOR) == []
    bench.wait(DAY)
    assert days_of(bench, AlarmKind.REPLACEMENT_INDICATOR) == [81]


def test_a_fill_gives_the_battery_nothing_back() -> None:
    bench = running()
    for _ in range(3):
        bench.wait(10 * DAY)
        bench.pump.fill(Volume.of(38, "mL"), MORPHINE, programmed_volume=Volume.of(40, "mL"))
    assert charge_used(bench.pump.state, SHORT) == Fraction(3, 4)
    bench.wait(20 * DAY)
    assert days_of(bench, AlarmKind.REPLACEMENT_INDICATOR) == [40]


def test_a_used_battery_of_known_age_goes_on_where_it_was() -> None:
    bench = Bench(SETUP)
    bench.pump.know_battery(MONDAY - 350 * DAY, Fraction(1, 2))
    assert days_of(bench, AlarmKind.REPLACEMENT_INDICATOR) == [0]  # 40 days after 310 days of age
    bench.wait(60 * DAY)
    assert days_of(bench, AlarmKind.END_OF_SERVICE) == [50]  # 400 days of age before 90 days


def test_of_a_charge_that_nobody_knows_age_alone_decides() -> None:
    bench = Bench(SETUP)
    bench.pump.know_battery(MONDAY - 100 * DAY, None)
    bench.pump.fill(Volume.of(40, "mL"), MORPHINE)
    bench.pump.write(continuous("0.5 mg/d"))
    assert charge_used(bench.pump.state, SHORT) is None
    bench.wait(250 * DAY)
    assert days_of(bench, AlarmKind.REPLACEMENT_INDICATOR) == [210]


def test_a_fault_that_ends_the_service_ends_it_once() -> None:
    bench = running("0.25 mg/d")
    bench.go_to(40 * DAY)
    bench.pump.fault("battery-film", FaultSettings(duration=Duration.of(30, "d")))
    bench.wait(300 * DAY)
    assert days_of(bench, AlarmKind.REPLACEMENT_INDICATOR) == [40, 60]
    assert days_of(bench, AlarmKind.END_OF_SERVICE) == [70]


def test_a_pump_that_a_fault_ended_early_waits_for_no_charge_to_be_used_up() -> None:
    bench = running("0.25 mg/d")
    bench.go_to(10 * DAY)
    bench.pump.fault("battery-film", FaultSettings(duration=Duration.of(5, "d")))
    bench.wait(300 * DAY)
    assert days_of(bench, AlarmKind.REPLACEMENT_INDICATOR) == [10]
    assert days_of(bench, AlarmKind.END_OF_SERVICE) == [15]


def test_a_mended_indicator_of_a_fault_leaves_the_battery_its_own() -> None:
    bench = running("0.25 mg/d")
    bench.go_to(40 * DAY)
    bench.pump.fault("premature-replacement-indicator")
    bench.go_to(45 * DAY)
    bench.pump.mend("premature-replacement-indicator")
    first = bench.pump.state.alarms[0]
    assert (first.kind, first.ended) == (AlarmKind.REPLACEMENT_INDICATOR, MONDAY + 45 * DAY)
    bench.go_to(100 * DAY)
    assert days_of(bench, AlarmKind.REPLACEMENT_INDICATOR) == [40, 60]


def test_every_model_with_figures_runs_with_them() -> None:
    life = battery_life("synchromed-ii-40")
    bench = running("0.5 mg/d", replace(ROLLER, battery=life))
    bench.wait(Duration.of(40, "d").base)
    assert life is not None
    assert life.charge is not None
    pumped = Fraction(20_000)
    aged = life.drain.base * 40 * DAY
    assert charge_used(bench.pump.state, life) == (pumped + aged) / life.charge.base


# -- against a count of its own, however time is cut -------------------------------------------

ORDERS = st.sampled_from(["program", "stop", "resume", "press", "fill", "leak", "mend"])
STEPS = st.lists(st.tuples(ORDERS, st.fractions(0, 20), st.integers(1, 40)), max_size=12)


def give(pump: Pump, order: str, figure: int) -> None:
    try:
        match order:
            case "program":
                pump.write(continuous(f"{figure / 20:.2f} mg/d"))
            case "stop":
                pump.stop()
            case "resume":
                pump.resume()
            case "press":
                pump.press()
            case "fill":
                pump.fill(Volume.of(figure, "mL"), MORPHINE)
            case "leak":
                pump.fault("septum-leak")
            case _:
                pump.mend("septum-leak")
    except PumpRefusalError:
        pass


def indicator_of(pump: Pump) -> Instant | None:
    return next(
        (one.time for one in pump.state.alarms if one.kind is AlarmKind.REPLACEMENT_INDICATOR),
        None,
    )


@pytest.mark.req("P01", "R7.3.0(2)")
@settings(max_examples=60, deadline=None)
@given(STEPS, st.integers(1, 5), st.booleans())
def test_the_indicator_comes_at_the_same_instant_however_time_is_cut(
    steps: list[tuple[str, Fraction, int]], parts: int, rows: bool
) -> None:
    """And exactly where the charge, counted here from the pump's own count, is used up."""
    whole, cut = running("0.3 mg/d"), running("0.3 mg/d")
    if not rows:
        cut.pump = Pump(SETUP, cut.pump.state)
    charge, last = SHORT.charge.base, whole.pump.state.computed
    ran_out: Instant | None = None
    for order, days, figure in [*steps, ("stop", Fraction(0), 1), ("resume", Fraction(300), 1)]:
        before = whole.pump.state.now
        until = before + days * DAY
        whole.pump.advance(until)
        for part in range(1, parts + 1):
            cut.pump.advance(before + (until - before) * part / parts)
        charge -= last - whole.pump.state.computed + SHORT.drain.base * (until - before)
        if ran_out is None and charge <= 0:
            ran_out = until
        shown = indicator_of(whole.pump)
        assert shown == indicator_of(cut.pump)
        if ran_out is not None:
            assert shown is not None
            assert before < shown <= until or shown <= ran_out
        else:
            assert shown is None or shown == MONDAY + 310 * DAY
        for bench in (whole, cut):
            give(bench.pump, order, figure)
        last = whole.pump.state.computed
    assert whole.pump.state == cut.pump.state
