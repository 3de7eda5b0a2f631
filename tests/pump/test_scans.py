"""What a scanner does: each model its own (devices.md 1.1 and 1.4, workflow.md 2.M)."""

from __future__ import annotations

from fractions import Fraction

import pytest
from fault_bench import (
    GAS_PUMP,
    PER_DAY,
    ROLLER_PUMP,
    VALVE_PUMP,
    alarms,
    check_mass,
    microlitres,
    missing,
    running,
)
from pump_bench import DAY, HOUR, Bench, hours, minutes

from thecal.errors import PumpRefusalError
from thecal.program.delivery import Purpose
from thecal.pump.alarms import AlarmKind
from thecal.pump.guard import Denial
from thecal.pump.scan import Scan
from thecal.units import Volume

pytestmark = pytest.mark.req("F05", "GIP-2.10")


def test_a_rotor_stands_in_the_field_sounds_and_turns_again_after_it() -> None:
    bench = running()
    bench.pump.scan("stalls", minutes(40))
    assert bench.pump.press() is Denial.STOPPED
    bench.wait(DAY)
    assert microlitres(bench) == PER_DAY * (1 - Fraction(40, 1440))
    assert missing(bench) == 0, "the pump notices this stall: its count waits"
    assert alarms(bench) == [(Fraction(1200), AlarmKind.MOTOR_STALL)]
    assert not bench.pump.state.faults
    check_mass(bench)


def test_a_short_scan_is_over_before_a_stall_is_noticed() -> None:
    bench = running()
    bench.pump.scan("stalls", minutes(15))
    bench.wait(DAY)
    assert not alarms(bench)


@pytest.mark.parametrize("late", [2, 24])
def test_a_rotor_may_turn_again_hours_late(late) -> None:
    bench = running()
    bench.pump.scan("stalls", minutes(40), Scan(recovery=hours(late)))
    bench.wait(40 * 60 + late * HOUR)
    assert not bench.rows
    bench.wait(DAY)
    assert microlitres(bench) == PER_DAY


def test_in_telemetry_mode_it_stands_until_it_is_interrogated() -> None:
    bench = running()
    bench.pump.scan("stalls", minutes(40), Scan(telemetry_mode=True))
    bench.wait(30 * DAY)
    assert not bench.rows
    bench.pump.interrogated()
    bench.wait(DAY)
    assert microlitres(bench) == PER_DAY
    assert bench.pump.state.disturbance is None


@pytest.mark.req("REC-2019-10-MRI")
def test_a_prometra_with_drug_in_it_dumps_it_while_it_is_in_the_field() -> None:
    bench = running(VALVE_PUMP)
    bench.pump.scan("dumps", minutes(30))
    bench.wait(30 * 60)
    assert microlitres(bench, Purpose.FAULT) == 10_000
    assert microlitres(bench, Purpose.THERAPY) == Fraction(PER_DAY, 48)
    bench.wait(DAY)
    assert microlitres(bench, Purpose.FAULT) == 10_000, "the valves shut after it"
    assert not alarms(bench), "nothing in the pump knows"
    check_mass(bench)


@pytest.mark.req("REC-2019-10-MRI")
def test_a2_a_prometra_ii_gives_ten_microlitres_and_shuts_until_it_is_reset() -> None:
    """devices.md 6.1 A2: 10 uL at 10 mg/mL here, 0.1 mg."""
    bench = running(VALVE_PUMP)
    bench.pump.scan("shuts", minutes(30), Scan(trip_volume=Volume.of(10, "uL")))
    bench.wait(DAY)
    assert bench.mass("morphine").in_unit("mg") == Fraction("0.1")
    assert {row.purpose for row in bench.rows} == {Purpose.FAULT}
    bench.pump.mend("valve-stuck-closed")
    bench.wait(DAY)
    assert microlitres(bench, Purpose.THERAPY) == PER_DAY
    check_mass(bench)


@pytest.mark.parametrize("setup", [VALVE_PUMP, GAS_PUMP], ids=lambda setup: setup.kind)
def test_a_pump_without_rotor_or_magnet_goes_on(setup) -> None:
    bench = running(setup)
    bench.pump.scan("continues", minutes(30))
    bench.wait(DAY)
    assert microlitres(bench) == (500 if setup is GAS_PUMP else PER_DAY)


def test_an_empty_pump_has_nothing_to_dump() -> None:
    bench = Bench(VALVE_PUMP)
    bench.pump.scan("dumps", minutes(30))
    bench.pump.scan("shuts", minutes(30), Scan(trip_volume=Volume.of(10, "uL")))
    bench.wait(DAY)
    assert not bench.rows


def test_only_a_rotor_can_recover_late() -> None:
    with pytest.raises(PumpRefusalError, match="no rotor"):
        running(VALVE_PUMP).pump.scan("dumps", minutes(30), Scan(recovery=hours(2)))
    assert running(ROLLER_PUMP).pump.scan("stalls", minutes(30), Scan(recovery=hours(2))) is None
