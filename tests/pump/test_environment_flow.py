"""GIP 7.1: what warmth, height and depth do to a gas-driven pump, and do not to the others."""

from __future__ import annotations

from fractions import Fraction

import pytest
from fault_bench import GAS_PUMP, PER_DAY, ROLLER_PUMP, VALVE_PUMP, check_mass, microlitres, running
from pump_bench import DAY, HOUR, Bench

from thecal.device import gas_pump_flow_ratio
from thecal.program.delivery import Purpose
from thecal.pump.disturbance import Surroundings
from thecal.units import Altitude, Temperature

pytestmark = pytest.mark.req("GIP-7.1.1", "GIP-7.1.3")


def metres(number: int) -> Altitude:
    return Altitude.of(number, "m")


def celsius(text: str) -> Temperature:
    return Temperature.of(text, "Cel")


def away(bench: Bench, seconds: int, **where: Altitude | Temperature) -> None:
    now = bench.pump.state.now
    bench.pump.surround(Surroundings(now, now + seconds, **where))


SITUATIONS = (
    ("fever", {"temperature": celsius("39.5")}, 2 * DAY, Fraction("1.15"), Fraction("1.17")),
    ("flight", {"altitude": metres(2400)}, 10 * HOUR, Fraction("1.104"), Fraction("1.106")),
    ("mountain", {"altitude": metres(1000)}, 7 * DAY, Fraction("1.046"), Fraction("1.048")),
    ("sauna", {"temperature": celsius("38")}, HOUR, Fraction("1.055"), Fraction("1.065")),
    ("dive", {"depth": metres(10)}, HOUR, Fraction("0.585"), Fraction("0.595")),
    ("heating pad", {"temperature": celsius("40")}, 2 * HOUR, Fraction("1.18"), Fraction("1.2")),
)


@pytest.mark.req("GIP-7.1.1")
@pytest.mark.parametrize(("name", "where", "seconds", "low", "high"), SITUATIONS)
def test_the_flow_changes_for_the_duration_and_goes_back(name, where, seconds, low, high) -> None:
    bench = running(GAS_PUMP)
    away(bench, seconds, **where)
    bench.wait(seconds)
    here = microlitres(bench)
    ratio = here / (Fraction(500, DAY) * seconds)
    assert low < ratio < high, name
    assert ratio == gas_pump_flow_ratio(propellant="n-butane", **where), "the one that was rounded"
    bench.wait(DAY)
    assert microlitres(bench) == here + 500, "as before, for ever"
    assert bench.pump.state.disturbance is None
    assert {row.purpose for row in bench.rows} == {Purpose.THERAPY}, "no fault of the pump"
    check_mass(bench)


def test_people_reckon_with_the_nominal_flow_and_a_refill_shows_the_difference() -> None:
    bench = running(GAS_PUMP)
    away(bench, 20 * DAY, altitude=metres(2400))
    bench.wait(20 * DAY)
    assert bench.pump.expected_aspirate().base == 10_000
    assert bench.pump.state.physical == 20_000 - 10_000 * gas_pump_flow_ratio(
        propellant="n-butane", altitude=metres(2400)
    )


def test_only_emptying_stops_it_and_it_empties_earlier_where_it_is_warm() -> None:
    bench = running(GAS_PUMP)
    away(bench, 100 * DAY, temperature=celsius("38"))
    bench.wait(100 * DAY)
    ratio = gas_pump_flow_ratio(propellant="n-butane", temperature=celsius("38"))
    assert bench.pump.state.dry_since == bench.start + 40 * DAY / ratio
    assert not bench.pump.state.alarms
    check_mass(bench)


@pytest.mark.req("GIP-7.1.3")
def test_warmth_on_a_mountain_adds_up_in_the_pressure_not_in_percent() -> None:
    bench = running(GAS_PUMP)
    away(bench, DAY, altitude=metres(2400))
    away(bench, DAY, temperature=celsius("39"))
    bench.wait(DAY)
    both = gas_pump_flow_ratio(
        propellant="n-butane", altitude=metres(2400), temperature=celsius("39")
    )
    assert microlitres(bench) == 500 * both


def test_a_second_stay_ends_first_and_the_first_one_goes_on() -> None:
    bench = running(GAS_PUMP)
    away(bench, 2 * DAY, altitude=metres(1000))
    away(bench, DAY, altitude=metres(2400))
    bench.wait(3 * DAY)
    high, low = (
        gas_pump_flow_ratio(propellant="n-butane", altitude=metres(h)) for h in (2400, 1000)
    )
    assert microlitres(bench) == 500 * (high + low + 1)


@pytest.mark.parametrize("setup", [ROLLER_PUMP, VALVE_PUMP], ids=lambda setup: setup.kind)
def test_a_pump_that_meters_volume_is_left_alone_to_first_order(setup) -> None:
    """devices.md 1.6: the roller meters the volume, so sensitivities are second order."""
    bench = running(setup)
    away(bench, DAY, altitude=metres(2400), temperature=celsius("39"))
    bench.wait(DAY)
    assert microlitres(bench) == PER_DAY
    assert bench.pump.state.disturbance is None
