"""An external pump: its bag is changed whole, and it stops by pressure and by air in its line."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from fault_bench import alarms, check_mass, microlitres, settings
from hypothesis import given
from hypothesis import strategies as st
from pump_bench import DAY, HOUR, ROLLER, Bench, continuous, milligrams, mixture

from thecal.device import fault_kind
from thecal.errors import PumpRefusalError
from thecal.program.delivery import Purpose
from thecal.program.prime_bridge import PrimeKind
from thecal.program.program import BridgeOrder
from thecal.program.quantise import DeliveryGrid
from thecal.pump.alarms import AlarmKind
from thecal.pump.state import Activity
from thecal.units import MassRate, Volume, VolumeRate

EXTERNAL = replace(
    ROLLER,
    kind="external",
    capacity=Volume.of(250, "mL"),
    residual=Volume.zero(),
    minimum_rate=VolumeRate.of("0.1", "mL/h"),
    maximum_rate=VolumeRate.of(50, "mL/h"),
    grid=DeliveryGrid(stroke=None, minimum_rate=None),
    tubing_volume=Volume.of("1.6", "mL"),
    bridge_tubing_volume=Volume.of("1.6", "mL"),
    catheter_volume=Volume.of("0.654", "mL"),
    low_reservoir_alarm=Volume.of(5, "mL"),
    occlusion_volume=Volume.of("0.25", "mL"),
    air_volume=Volume.of("0.2", "mL"),
)
WEAK = mixture(morphine="0.5 mg/mL")
STRONG = mixture(morphine="1 mg/mL")
FIFTY = Volume.of(50, "mL")
PER_HOUR = 200
"""Microlitres an hour of the program, 2.4 mg/d of morphine at 0.5 mg/mL."""


def running(bag: Volume = FIFTY, air: str = "") -> Bench:
    """Return an external pump whose line is full of its bag's solution, at 0.2 mL/h."""
    bench = Bench(EXTERNAL)
    mishaps = [(fault_kind("air"), settings(volume=air))] if air else []
    bench.pump.fill(bag, WEAK, mishaps=mishaps)
    bench.pump.set_line(WEAK)
    bench.pump.write(continuous("2.4 mg/d"))
    return bench


# -- the bag -------------------------------------------------------------------------------------


def test_the_old_bag_is_withdrawn_whole_and_the_new_one_follows_first_in_first_out() -> None:
    bench = running()
    bench.wait(100 * HOUR)
    found = bench.pump.fill(FIFTY, STRONG)
    assert found.expected == found.aspirated == Volume.of(30, "mL")
    assert bench.pump.state.account.withdrawn["morphine"] >= milligrams("15").base
    assert bench.pump.state.solution.actual == STRONG, "nothing of the old bag stays in the new"
    line = (1600 + 654) / Fraction(PER_HOUR)
    bench.wait((line - 1) * HOUR)
    assert {row.mixture for row in bench.rows} == {WEAK}
    bench.wait(2 * HOUR)
    assert bench.rows[-1].mixture == STRONG
    check_mass(bench)


def test_a_bridge_runs_the_old_solution_out_of_set_port_and_catheter() -> None:
    bench = running()
    bench.wait(DAY)
    bench.pump.fill(FIFTY, STRONG)
    bridge = BridgeOrder(MassRate.of("2.4", "mg/d"))
    bench.pump.write(continuous("2.4 mg/d", bridge=bridge))
    bench.wait(DAY)
    assert microlitres(bench, Purpose.BRIDGE) == 2254
    assert bench.mass("morphine", since=bench.start + DAY) == milligrams("2.4")
    check_mass(bench)


def test_a_new_set_holds_no_drug_until_it_is_primed_off_the_patient() -> None:
    bench = running()
    bench.wait(HOUR)
    bench.pump.change_set()
    state = bench.pump.state
    assert not state.line.tubing.parcels[0].solution.actual
    before = microlitres(bench)
    bench.pump.prime(PrimeKind.BACK_TABLE)
    bench.wait(120)
    assert state.line.tubing.parcels[0].solution.actual == WEAK
    assert microlitres(bench) - before < 1, "nothing of the prime reached the patient"
    check_mass(bench)
    implanted = Bench(replace(ROLLER, kind="roller"))
    with pytest.raises(PumpRefusalError, match="no extension set"):
        implanted.pump.change_set()


def test_the_count_of_an_empty_bag_ends_at_nothing_after_a_fault_too() -> None:
    bench = running(Volume.of(10, "mL"))
    bench.pump.fault("catheter-occlusion")
    bench.wait(DAY)
    bench.pump.mend("catheter-occlusion")
    bench.pump.resume()
    bench.wait(5 * DAY)
    assert (bench.pump.state.computed, bench.pump.state.physical) == (0, 0)


def test_an_empty_bag_sounds_and_air_does_not() -> None:
    bench = running(Volume.of(10, "mL"))
    bench.wait(5 * DAY)
    assert [kind for _, kind in alarms(bench)] == [AlarmKind.LOW_RESERVOIR, AlarmKind.EMPTY]
    assert bench.pump.state.activity is Activity.DRY


# -- pressure ------------------------------------------------------------------------------------


@pytest.mark.req("F05", "GIP-1.10.1", "GIP-1.10.5", "R7.2.0(6)")
def test_an_occlusion_sounds_once_its_volume_is_counted_and_stops_the_pump() -> None:
    bench = running()
    bench.wait(10 * HOUR)
    bench.pump.fault("catheter-occlusion")
    bench.wait(DAY)
    sounds = 10 * HOUR + Fraction(250, PER_HOUR) * HOUR
    assert alarms(bench) == [(sounds, AlarmKind.OCCLUSION)]
    assert bench.pump.state.activity is Activity.STOPPED
    assert microlitres(bench) == 10 * PER_HOUR


def test_what_waits_under_pressure_is_let_go_at_once_when_it_opens() -> None:
    bench = running()
    bench.pump.fault("catheter-occlusion")
    bench.wait(DAY)
    bench.pump.mend("catheter-occlusion")
    assert microlitres(bench, Purpose.FAULT) == 250
    assert bench.pump.state.physical == bench.pump.state.computed
    check_mass(bench)


def test_an_occlusion_that_opens_before_the_alarm_lets_go_what_was_counted() -> None:
    bench = running()
    bench.pump.fault("catheter-occlusion", settings(duration="1 h"))
    bench.wait(2 * HOUR)
    assert microlitres(bench, Purpose.FAULT) == PER_HOUR
    assert not alarms(bench)


def test_opening_the_line_outside_the_body_first_lets_nothing_go_to_the_patient() -> None:
    bench = running()
    bench.pump.fault("catheter-occlusion")
    bench.wait(DAY)
    bench.pump.change_set()
    bench.pump.mend("catheter-occlusion")
    assert not microlitres(bench)
    check_mass(bench)


def test_a_half_closed_kink_sounds_after_twice_the_volume_and_lets_the_same_go() -> None:
    bench = running()
    bench.pump.fault("catheter-kink", settings(factor="0.5"))
    bench.wait(DAY)
    assert alarms(bench) == [(Fraction(500, PER_HOUR) * HOUR, AlarmKind.OCCLUSION)]
    assert microlitres(bench) == 250
    bench.pump.mend("catheter-kink")
    assert microlitres(bench, Purpose.FAULT) == 250
    check_mass(bench)


def test_a_kink_that_opens_before_the_alarm_lets_go_only_what_it_held_back() -> None:
    bench = running()
    bench.pump.fault("catheter-kink", settings(factor="0.75", duration="2 h"))
    bench.wait(3 * HOUR)
    assert microlitres(bench, Purpose.FAULT) == PER_HOUR / 2
    assert not alarms(bench)
    check_mass(bench)


def test_a_set_can_be_purged_into_the_open_although_the_catheter_is_blocked() -> None:
    bench = running()
    bench.pump.fault("catheter-occlusion")
    bench.wait(DAY)
    bench.pump.prime(PrimeKind.BACK_TABLE)
    assert bench.pump.state.activity is Activity.PRIMING
    bench.wait(HOUR)
    assert len(alarms(bench)) == 1
    assert not microlitres(bench)


@pytest.mark.parametrize(
    ("kind", "factor"), [("catheter-occlusion", None), ("catheter-kink", "0.2")]
)
def test_a_new_set_is_purged_full_and_presses_against_no_blockage(
    kind: str, factor: str | None
) -> None:
    bench = running()
    bench.pump.fault(kind, settings(factor=factor) if factor else settings())
    bench.wait(10 * DAY)
    bench.pump.change_set()
    before = microlitres(bench)
    bench.pump.prime(PrimeKind.BACK_TABLE)
    bench.wait(HOUR)
    assert bench.pump.state.line.holds_only(bench.pump.state.solution), "the whole set is full"
    bench.pump.resume()
    assert len(alarms(bench)) == 2, (
        "occlusion and the long stop: it was not started against anything"
    )
    bench.pump.mend(kind)
    assert microlitres(bench) == before, "nothing waited under pressure"
    check_mass(bench)


def test_two_records_of_one_blockage_let_what_waits_go_once() -> None:
    bench = running()
    bench.pump.fault("catheter-occlusion")
    bench.wait(60)
    bench.pump.fault("catheter-occlusion")
    bench.wait(DAY)
    bench.pump.mend("catheter-occlusion")
    assert microlitres(bench, Purpose.FAULT) == 250
    check_mass(bench)


def test_it_sounds_again_at_once_when_it_is_started_against_the_same_occlusion() -> None:
    bench = running()
    bench.pump.fault("catheter-occlusion")
    bench.wait(DAY)
    bench.pump.resume()
    assert [kind for _, kind in alarms(bench)] == [AlarmKind.OCCLUSION] * 2
    assert bench.pump.state.activity is Activity.STOPPED
    first, second = bench.pump.state.alarms
    assert (first.ended, second.ended) == (bench.pump.state.now, None), "a start answers an alarm"
    bench.pump.write(continuous("4.8 mg/d"))
    assert bench.pump.state.activity is Activity.STOPPED
    bench.pump.mend("catheter-occlusion")
    bench.pump.resume()
    bench.wait(HOUR)
    assert microlitres(bench, Purpose.THERAPY) == 2 * PER_HOUR, "the new program runs"


def test_a_bag_change_does_not_forget_the_pressure() -> None:
    bench = running()
    bench.pump.fault("catheter-occlusion")
    bench.wait(HOUR)
    bench.pump.fill(FIFTY, WEAK)
    bench.wait(DAY)
    assert alarms(bench) == [(Fraction(250, PER_HOUR) * HOUR, AlarmKind.OCCLUSION)]


def test_an_implanted_pump_notices_no_occlusion() -> None:
    bench = Bench(replace(ROLLER, kind="roller"))
    bench.pump.fill(Volume.of(20, "mL"), WEAK)
    bench.pump.write(continuous("0.2 mg/d"))
    bench.pump.fault("catheter-occlusion")
    bench.wait(5 * DAY)
    assert not alarms(bench)


# -- air -----------------------------------------------------------------------------------------


@pytest.mark.req("F05", "GIP-1.9.1", "R7.2.0(3)")
def test_air_drawn_from_a_bag_that_holds_less_than_counted_stops_the_pump() -> None:
    bench = running(Volume.of(10, "mL"), air="1 mL")
    bench.wait(3 * DAY)
    low, air = alarms(bench)
    assert low[1] is AlarmKind.LOW_RESERVOIR
    assert air == (Fraction(9000 + 200, PER_HOUR) * HOUR, AlarmKind.AIR_IN_LINE)
    assert bench.pump.state.activity is Activity.STOPPED
    assert microlitres(bench) == 9000
    bench.pump.fill(FIFTY, WEAK)
    bench.wait(HOUR)
    assert microlitres(bench) == 9000, "it does not start by itself"
    bench.pump.resume()
    bench.wait(HOUR)
    assert microlitres(bench) == 9000 + PER_HOUR
    check_mass(bench)


def test_less_air_than_the_detector_sees_ends_in_the_empty_alarm() -> None:
    bench = running(Volume.of(10, "mL"), air="0.1 mL")
    bench.wait(5 * DAY)
    assert [kind for _, kind in alarms(bench)] == [AlarmKind.LOW_RESERVOIR, AlarmKind.EMPTY]


# -- whatever happens ----------------------------------------------------------------------------

_STEP = st.one_of(
    st.tuples(st.just("wait"), st.integers(1, 40 * HOUR)),
    st.tuples(st.just("bag"), st.integers(1, 100)),
    st.tuples(st.just("strong bag"), st.integers(1, 100)),
    st.tuples(st.just("air"), st.integers(1, 900)),
    st.tuples(st.just("set"), st.just(0)),
    st.tuples(st.just("purge"), st.just(0)),
    st.tuples(st.just("occlude"), st.just(0)),
    st.tuples(st.just("kink"), st.integers(1, 99)),
    st.tuples(st.just("mend"), st.just(0)),
    st.tuples(st.just("program"), st.integers(24, 200)),
    st.tuples(st.just("resume"), st.just(0)),
)


def _do(bench: Bench, what: str, number: int) -> None:
    pump = bench.pump
    match what:
        case "wait":
            bench.wait(number)
        case "bag" | "strong bag":
            pump.fill(Volume.of(number, "mL"), WEAK if what == "bag" else STRONG)
        case "air":
            mishap = fault_kind("air"), settings(volume=f"{number} uL")
            pump.fill(Volume.of(2, "mL"), WEAK, mishaps=[mishap])
        case "set":
            pump.change_set()
        case "purge":
            pump.prime(PrimeKind.BACK_TABLE)
        case "occlude":
            pump.fault("catheter-occlusion")
        case "kink":
            pump.fault("catheter-kink", settings(factor=str(Fraction(number, 100))))
        case "mend":
            for kind in {fault.kind for fault in pump.state.faults}:
                pump.mend(kind)
        case "program":
            pump.write(continuous(f"{number} mg/d"))
        case _:
            pump.resume()


@pytest.mark.req("D03")
@given(steps=st.lists(_STEP, max_size=14))
def test_mass_is_kept_over_any_row_of_bags_sets_blockages_and_air(
    steps: list[tuple[str, int]],
) -> None:
    bench = running(Volume.of(5, "mL"))
    for what, number in steps:
        _do(bench, what, number)
        check_mass(bench)
        assert bench.pump.state.physical >= 0
    assert not any(bench.pump.state.account.unaccounted.values())


@pytest.mark.req("D03")
@given(steps=st.lists(_STEP, max_size=10), cuts=st.lists(st.integers(1, 9), max_size=3))
def test_how_often_one_looks_changes_nothing(steps: list[tuple[str, int]], cuts: list[int]) -> None:
    plain, looked = running(Volume.of(5, "mL")), running(Volume.of(5, "mL"))
    for what, number in steps:
        _do(plain, what, number)
        if what == "wait":
            start = looked.pump.state.now
            for cut in sorted(cuts):
                looked.pump.advance(start + Fraction(number * cut, 10))
            looked.pump.advance(start + number)
        else:
            _do(looked, what, number)
    assert alarms(plain) == alarms(looked)
    assert plain.pump.state.physical == looked.pump.state.physical
    assert plain.pump.state.line == looked.pump.state.line
    assert plain.mass("morphine") == looked.mass("morphine")
