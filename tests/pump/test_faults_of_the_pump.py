"""F05: faults of motor, gears and valves: what flows, what is counted, what sounds."""

from __future__ import annotations

from fractions import Fraction

import pytest
from fault_bench import (
    FILLED,
    GAS_PUMP,
    PER_DAY,
    ROLLER_PUMP,
    VALVE_PUMP,
    alarms,
    check_mass,
    microlitres,
    missing,
    running,
    settings,
)
from pump_bench import DAY, HOUR, continuous, minutes, mixture

from thecal.device import fault_kind
from thecal.errors import PumpRefusalError
from thecal.program.delivery import Purpose
from thecal.program.prime_bridge import PrimeKind
from thecal.program.program import BridgeOrder, Mode
from thecal.pump.alarms import AlarmKind
from thecal.pump.fault_settings import FaultSettings
from thecal.pump.state import Activity
from thecal.units import MassRate, Volume

pytestmark = pytest.mark.req("F05", "D03")


@pytest.mark.req("GIP-6.6", "GIP-1.20")
def test_a_stalled_motor_moves_nothing_counts_on_and_sounds_after_20_minutes() -> None:
    bench = running()
    bench.wait(DAY)
    bench.pump.fault("motor-stall")
    bench.wait(10 * DAY)
    assert microlitres(bench) == PER_DAY
    assert bench.pump.state.computed == FILLED - 11 * PER_DAY
    assert missing(bench) == -10 * PER_DAY, "the syringe finds more than expected"
    assert alarms(bench) == [(Fraction(DAY + 1200), AlarmKind.MOTOR_STALL)]
    check_mass(bench)


def test_a_stall_that_recovers_is_over_after_its_duration_and_a_short_one_is_silent() -> None:
    bench = running()
    bench.pump.fault("motor-stall-recovering", settings(duration="6 h"))
    bench.wait(DAY)
    assert microlitres(bench) == Fraction(PER_DAY * 18, 24)
    bench.pump.fault("motor-stall-recovering", FaultSettings(duration=minutes(20)))
    bench.wait(DAY)
    assert [kind for _, kind in alarms(bench)] == [AlarmKind.MOTOR_STALL]
    assert bench.pump.state.disturbance is None
    assert missing(bench) == -PER_DAY * Fraction(380, 1440)
    check_mass(bench)


def test_a_demagnetised_rotor_turns_less_and_only_a_standing_one_is_noticed() -> None:
    bench = running()
    bench.pump.fault("rotor-magnet", settings(factor="0.5", duration="2 d"))
    bench.wait(2 * DAY)
    assert microlitres(bench) == PER_DAY
    assert not alarms(bench)
    bench.pump.fault("rotor-magnet")
    bench.wait(2 * DAY)
    assert microlitres(bench) == 2 * PER_DAY, "gears bind for 24 h unless told otherwise"
    assert [kind for _, kind in alarms(bench)] == [AlarmKind.MOTOR_STALL]
    check_mass(bench)


def test_worn_gears_deliver_less_from_day_to_day_until_they_stall() -> None:
    bench = running()
    bench.pump.fault("gear-wear", settings(duration="10 d"))
    steps = [Fraction(10 - day, 10) * PER_DAY for day in range(10)]
    for day in range(10):
        bench.wait(DAY)
        assert microlitres(bench) == sum(steps[: day + 1])
    bench.wait(5 * DAY)
    assert microlitres(bench) == sum(steps)
    assert alarms(bench) == [(Fraction(10 * DAY + 1200), AlarmKind.MOTOR_STALL)]
    check_mass(bench)


def test_gears_that_wear_to_a_rest_of_flow_stay_silent() -> None:
    bench = running()
    bench.pump.fault("gear-wear", settings(factor="0.8", duration="4 d"))
    bench.wait(6 * DAY)
    given = PER_DAY * (
        1 + Fraction("0.95") + Fraction("0.9") + Fraction("0.85") + 2 * Fraction("0.8")
    )
    assert microlitres(bench) == given
    assert not alarms(bench)


@pytest.mark.req("GIP-1.11")
def test_a_gas_pump_that_loses_its_propellant_gives_less_from_day_to_day() -> None:
    bench = running(GAS_PUMP)
    bench.pump.fault("propellant-loss", settings(factor="0.5", duration="5 d"))
    a_day = 500
    given = [a_day * (1 - Fraction(day, 10)) for day in range(5)] + 3 * [Fraction(a_day, 2)]
    for day in range(8):
        bench.wait(DAY)
        assert microlitres(bench) == sum(given[: day + 1])
    assert bench.pump.state.computed == FILLED - 8 * a_day, "who counts does not know"
    assert not alarms(bench)
    check_mass(bench)


@pytest.mark.req("GIP-1.17")
def test_a_gas_chamber_that_cannot_expand_presses_nothing_out_until_it_is_free() -> None:
    bench = running(GAS_PUMP)
    bench.pump.fault("expansion-blocked", settings(duration="2 d"))
    bench.wait(3 * DAY)
    assert microlitres(bench) == 500
    bench.pump.fault("expansion-blocked", settings(factor="0.25"))
    bench.wait(DAY)
    bench.pump.mend("expansion-blocked")
    bench.wait(DAY)
    assert microlitres(bench) == 500 + 125 + 500
    assert not alarms(bench)
    check_mass(bench)


@pytest.mark.req("GIP-1.21", "GIP-1.2.2")
def test_over_infusion_is_silent_runs_dry_early_and_the_count_does_not_know() -> None:
    bench = running()
    bench.pump.fault("over-infusion", settings(factor="1.5"))
    bench.wait(10 * DAY)
    assert microlitres(bench, Purpose.THERAPY) == 10 * PER_DAY
    assert microlitres(bench, Purpose.FAULT) == 5 * PER_DAY, (
        "what exceeds the program is the fault's"
    )
    bench.wait(25 * DAY)
    state = bench.pump.state
    assert state.dry_since == bench.start + (FILLED - 1400) / (600 * Fraction(1, DAY))
    assert state.computed == FILLED - 35 * PER_DAY
    assert bench.pump.expected_aspirate().base == FILLED - 35 * PER_DAY - 1400
    assert not alarms(bench)
    bench.wait(15 * DAY)
    assert [kind for _, kind in alarms(bench)] == [AlarmKind.LOW_RESERVOIR, AlarmKind.EMPTY]
    assert alarms(bench)[0][0] == 45 * DAY, "when the count says so, weeks after it ran dry"
    check_mass(bench)


def test_an_over_infusing_pump_that_is_stopped_gives_nothing() -> None:
    bench = running()
    bench.pump.fault("over-infusion")
    bench.pump.stop()
    bench.wait(DAY)
    assert not bench.rows


@pytest.mark.req("GIP-1.13")
def test_a_valve_stuck_open_drains_whatever_the_program_says() -> None:
    bench = running(VALVE_PUMP)
    bench.pump.stop()
    bench.pump.fault("valve-stuck-open", settings(rate="10 mL/h"))
    bench.wait(HOUR)
    assert microlitres(bench, Purpose.FAULT) == microlitres(bench) == 10_000
    assert bench.pump.state.computed == FILLED, "the pump does not know"
    bench.wait(HOUR)
    assert bench.pump.state.dry_since == bench.start + 2 * HOUR
    bench.wait(HOUR)
    assert microlitres(bench) == FILLED
    assert not alarms(bench)
    check_mass(bench)


def test_a_valve_stuck_closed_lets_nothing_out_until_it_is_mended() -> None:
    bench = running(VALVE_PUMP)
    bench.pump.fault("valve-stuck-closed")
    bench.wait(3 * DAY)
    assert not bench.rows
    assert missing(bench) == -3 * PER_DAY
    bench.pump.mend("valve-stuck-closed")
    bench.wait(DAY)
    assert microlitres(bench) == PER_DAY
    check_mass(bench)


def test_a_leaking_septum_loses_drug_to_the_pocket_beside_the_program() -> None:
    bench = running()
    bench.pump.fault("septum-leak", settings(rate="0.2 mL/d"))
    bench.wait(10 * DAY)
    assert microlitres(bench) == 10 * PER_DAY
    assert missing(bench) == 2000
    assert bench.pump.state.account.lost("morphine").in_unit("mg") == 20
    check_mass(bench)


@pytest.mark.req("GIP-3.3.1", "F02", "R7.4.0(6)")
def test_a_flipped_bit_is_found_before_the_next_stroke_and_the_drug_decides_what_then() -> None:
    bench = running()
    bench.pump.fault("memory-bit-flip")
    assert bench.pump.state.activity is Activity.STOPPED, "an opioid stops"
    assert alarms(bench) == [(Fraction(0), AlarmKind.MEMORY_ERROR)]
    bench.wait(DAY)
    assert not bench.rows
    bench.pump.fill(Volume.of(20, "mL"), mixture(baclofen="500 ug/mL", morphine="1 mg/mL"))
    bench.pump.write(continuous("1 mg/d"))
    bench.pump.fault("memory-bit-flip")
    program = bench.pump.state.program
    assert program is not None
    assert program.program.mode is Mode.MINIMUM_RATE, "an abrupt stop of baclofen is a hazard"


def test_a_reset_falls_back_to_the_minimum_rate_until_it_is_programmed() -> None:
    bench = running()
    bench.pump.fault("low-battery-reset")
    bench.wait(DAY)
    assert microlitres(bench) == 6
    assert [kind for _, kind in alarms(bench)] == [AlarmKind.LOW_BATTERY_RESET]
    bench.pump.write(continuous("4 mg/d"))
    assert not bench.pump.state.faults
    bench.wait(DAY)
    assert microlitres(bench) == 6 + PER_DAY


@pytest.mark.req("GIP-3.5")
def test_a_battery_film_brings_the_indicator_at_once_and_the_end_early() -> None:
    bench = running()
    bench.pump.fault("battery-film", settings(duration="10 d"))
    bench.wait(20 * DAY)
    assert alarms(bench)[:2] == [
        (Fraction(0), AlarmKind.REPLACEMENT_INDICATOR),
        (Fraction(10 * DAY), AlarmKind.END_OF_SERVICE),
    ]
    assert microlitres(bench) == 10 * PER_DAY
    assert bench.pump.state.computed == FILLED - 10 * PER_DAY, "a dead pump counts nothing"
    for order in (lambda: bench.pump.write(continuous("4 mg/d")), bench.pump.resume):
        with pytest.raises(PumpRefusalError, match="service has ended"):
            order()
    bench.pump.stop()
    bench.pump.replace_pump(ROLLER_PUMP)
    assert not bench.pump.state.dead
    check_mass(bench)


def test_a_premature_indicator_alone_changes_no_delivery() -> None:
    bench = running()
    bench.pump.fault("premature-replacement-indicator")
    bench.wait(100 * HOUR)
    assert [kind for _, kind in alarms(bench)] == [AlarmKind.REPLACEMENT_INDICATOR]
    assert microlitres(bench) == Fraction(100, 24) * PER_DAY


def test_an_incomplete_update_leaves_the_pump_stopped_and_it_sounds_after_48_hours() -> None:
    bench = running()
    bench.pump.fault("incomplete-update")
    bench.wait(3 * DAY)
    assert not bench.rows
    assert alarms(bench) == [(Fraction(48 * HOUR), AlarmKind.STOPPED_TOO_LONG)]
    bench.pump.resume()
    bench.wait(DAY)
    assert microlitres(bench) == PER_DAY
    assert not bench.pump.state.faults


def test_a_wrong_tubing_constant_primes_and_bridges_too_much_until_the_pump_is_replaced() -> None:
    """devices.md 6.2 B8: 0.059 mL too much."""
    bench = running()
    bench.pump.fault("wrong-tubing-constant", settings(volume="0.199 mL"))
    assert bench.pump.prime(PrimeKind.FULL) == Volume.of("0.3662", "mL")
    bench.wait(HOUR)
    bench.pump.fill(Volume.of(20, "mL"), mixture(morphine="20 mg/mL"))
    bench.pump.write(continuous("4 mg/d", bridge=BridgeOrder(MassRate.of(4, "mg/d"))))
    assert bench.pump.state.bridge is not None
    assert bench.pump.state.bridge.left == Fraction("366.2")
    bench.pump.replace_pump(ROLLER_PUMP)
    bench.pump.fill(Volume.of(20, "mL"), mixture(morphine="20 mg/mL"))
    assert bench.pump.prime(PrimeKind.FULL) == Volume.of("0.3072", "mL")


def test_diversion_takes_from_the_reservoir_and_perhaps_waters_what_is_left() -> None:
    bench = running()
    bench.pump.fault("diversion", settings(volume="5 mL"))
    assert missing(bench) == 5000
    assert bench.pump.state.account.lost("morphine").in_unit("mg") == 50
    check_mass(bench)
    watered = running()
    watered.pump.fault("diversion", FaultSettings(volume=Volume.of(5, "mL"), replaced=True))
    assert missing(watered) == 0, "no refill shows it"
    assert watered.pump.state.solution.actual["morphine"].in_unit("mg/mL") == Fraction("7.5")
    assert watered.pump.state.solution.written["morphine"].in_unit("mg/mL") == 10
    watered.wait(DAY)
    check_mass(watered)


@pytest.mark.parametrize(
    ("kind", "setup"),
    [
        ("motor-stall", VALVE_PUMP),
        ("gear-wear", GAS_PUMP),
        ("valve-stuck-open", ROLLER_PUMP),
        ("battery-film", GAS_PUMP),
        ("propellant-loss", ROLLER_PUMP),
        ("expansion-blocked", VALVE_PUMP),
        ("clock-reset", GAS_PUMP),
    ],
)
def test_a_fault_that_this_pump_cannot_have_is_refused_and_changes_nothing(kind, setup) -> None:
    bench = running(setup)
    before = bench.pump.state.copy()
    with pytest.raises(PumpRefusalError, match="cannot befall"):
        bench.pump.fault(kind)
    assert bench.pump.state == before


@pytest.mark.parametrize(
    ("kind", "given", "words"),
    [
        ("motor-stall", {"factor": "2"}, "factor does not belong"),
        ("over-infusion", {"factor": "0.9"}, "would be no over-infusion"),
        ("gear-wear", {"factor": "1.1"}, "would be no gear-wear"),
        ("catheter-leak", {"fraction": "1.1"}, "1 at most"),
        ("catheter-leak", {"distance": "77 cm"}, "beyond the catheter"),
    ],
)
def test_a_figure_that_does_not_fit_is_refused_and_never_clamped(kind, given, words) -> None:
    bench = running()
    before = bench.pump.state.copy()
    with pytest.raises(PumpRefusalError, match=words):
        bench.pump.fault(kind, settings(**given))
    assert bench.pump.state == before


def test_a_new_pump_has_none_of_the_old_ones_faults_and_the_catheter_keeps_its_own() -> None:
    bench = running()
    for kind in ("over-infusion", "clock-drift", "catheter-kink"):
        bench.pump.fault(kind)
    bench.pump.replace_pump(ROLLER_PUMP)
    assert [fault.kind for fault in bench.pump.state.faults] == ["catheter-kink"]
    bench.pump.replace_catheter(ROLLER_PUMP)
    assert not bench.pump.state.faults
    assert bench.pump.state.disturbance is None


def test_what_is_not_broken_cannot_be_mended() -> None:
    with pytest.raises(PumpRefusalError, match="no fault of the kind"):
        running().pump.mend("over-infusion")


def test_a_fault_of_a_fill_is_given_to_the_fill() -> None:
    with pytest.raises(PumpRefusalError, match="give it to the fill"):
        running().pump.fault("pocket-fill")


@pytest.mark.req("A05")
def test_the_alarm_of_each_fault_sounds_as_late_as_the_table_says() -> None:
    """The time to detection of every fault that an alarm shows."""
    for kind in ("motor-stall", "motor-stall-recovering", "rotor-magnet", "battery-film"):
        after = fault_kind(kind).detected_after
        assert after is not None
        bench = running()
        bench.pump.fault(kind)
        bench.wait(60 * DAY)
        assert alarms(bench)[0][0] == after.value.base
