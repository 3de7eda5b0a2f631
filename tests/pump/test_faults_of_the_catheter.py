"""F05: faults of the catheter: what reaches the tip, where the rest goes, what the pump sees."""

from __future__ import annotations

from dataclasses import replace
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
from pump_bench import DAY, HOUR, continuous, milligrams, minutes, mixture

from thecal.program.delivery import Purpose
from thecal.program.holes import Place
from thecal.units import Volume

pytestmark = pytest.mark.req("F05", "D03")


@pytest.mark.parametrize("setup", [ROLLER_PUMP, VALVE_PUMP, GAS_PUMP], ids=lambda s: s.kind)
def test_a_kink_hinders_flow_while_it_lasts_and_nothing_sounds(setup) -> None:
    bench = running(setup)
    daily = 500 if setup is GAS_PUMP else PER_DAY
    bench.pump.fault("catheter-kink", settings(factor="0.25", duration="2 d"))
    bench.wait(4 * DAY)
    assert microlitres(bench) == daily * (2 + Fraction(2, 4))
    assert missing(bench) == -daily * Fraction(3, 2), "the rest stayed in the reservoir"
    assert not alarms(bench)
    check_mass(bench)


@pytest.mark.req("GIP-1.7", "GIP-1.10.5", "GIP-1.10.7")
def test_an_occlusion_stops_flow_and_its_release_gives_at_most_what_was_held_back() -> None:
    bench = running()
    bench.pump.fault("catheter-occlusion", settings(volume="0.05 mL", duration="1 d"))
    bench.wait(DAY)
    assert microlitres(bench, Purpose.FAULT) == microlitres(bench) == 50
    assert bench.rows[-1].start == bench.rows[-1].end == bench.start + DAY
    bench.wait(DAY)
    assert microlitres(bench) == 50 + PER_DAY
    short = running()
    short.pump.fault("catheter-occlusion", settings(volume="0.05 mL"))
    short.wait(2 * HOUR)
    short.pump.mend("catheter-occlusion")
    assert microlitres(short) == Fraction(PER_DAY, 12), "no more than was counted meanwhile"
    check_mass(bench)
    check_mass(short)


def test_what_an_occlusion_held_back_is_known_over_a_refill() -> None:
    bench = running()
    bench.pump.fault("catheter-occlusion", settings(volume="1 mL"))
    bench.wait(DAY)
    bench.pump.fill(Volume.of(20, "mL"), mixture(morphine="10 mg/mL"))
    bench.wait(HOUR)
    bench.pump.mend("catheter-occlusion")
    assert microlitres(bench) == PER_DAY + Fraction(PER_DAY, 24)
    check_mass(bench)


def test_an_occlusion_that_is_cut_out_releases_nothing_into_the_patient() -> None:
    bench = running()
    bench.pump.fault("catheter-occlusion", settings(volume="1 mL"))
    bench.wait(DAY)
    bench.pump.replace_catheter(ROLLER_PUMP)
    assert not bench.rows


def test_a_leak_loses_its_part_to_tissue_and_the_volumes_agree_with_the_count() -> None:
    bench = running()
    bench.pump.fault("catheter-leak", settings(fraction="0.3", distance="38 cm"))
    bench.wait(10 * DAY)
    assert microlitres(bench) == 7 * PER_DAY
    assert bench.pump.state.account.lost("morphine", Place.TISSUE) == milligrams("12")
    assert missing(bench) == 0, "no refill shows it"
    check_mass(bench)


def test_two_leaks_take_their_parts_one_after_the_other() -> None:
    bench = running()
    bench.pump.fault("catheter-leak", settings(fraction="0.5", distance="20 cm"))
    bench.pump.fault("catheter-leak", settings(fraction="0.5", distance="60 cm"))
    bench.wait(4 * DAY)
    assert microlitres(bench) == PER_DAY
    check_mass(bench)


def test_it_does_not_matter_which_leak_was_there_first() -> None:
    benches = []
    for order in (("20 cm", "60 cm"), ("60 cm", "20 cm")):
        bench = running()
        for distance in order:
            bench.pump.fault("catheter-leak", settings(fraction="0.5", distance=distance))
        bench.pump.fill(Volume.of(20, "mL"), mixture(morphine="20 mg/mL"))
        bench.wait(5 * DAY)
        check_mass(bench)
        benches.append(bench)
    assert benches[0].rows == benches[1].rows
    assert len({row.mixture for row in benches[0].rows}) == 2


def test_behind_a_leak_a_new_solution_arrives_later() -> None:
    """A hole at half the catheter with half the flow: 83.6 uL at half the rate behind it."""
    bench = running()
    bench.pump.fault("catheter-leak", settings(fraction="0.5", distance="38 cm"))
    new = mixture(morphine="20 mg/mL")
    bench.pump.fill(Volume.of(20, "mL"), new)
    bench.wait(5 * DAY)
    rate = Fraction(PER_DAY, DAY)
    arrives = (140 + Fraction("83.6")) / rate + Fraction("83.6") / (rate / 2)
    first = next(row for row in bench.rows if row.mixture["morphine"].in_unit("mg/mL") > 10)
    assert first.start == bench.start + arrives
    check_mass(bench)


def test_behind_a_break_nothing_moves_and_what_is_there_stays() -> None:
    bench = running()
    bench.pump.fault("catheter-fracture", settings(distance="38 cm"))
    bench.pump.fill(Volume.of(20, "mL"), mixture(morphine="20 mg/mL"))
    bench.wait(10 * DAY)
    assert not bench.rows
    tip = bench.pump.state.line.catheter.parcels[0]
    assert tip.volume.base == Fraction("83.6")
    assert tip.solution.actual["morphine"].in_unit("mg/mL") == 10
    assert missing(bench) == -1400, "the residual alone"
    check_mass(bench)


def test_a_catheter_off_its_connector_fills_the_pocket() -> None:
    bench = running()
    bench.pump.fault("catheter-disconnection")
    bench.wait(DAY)
    assert not bench.rows
    assert bench.pump.state.account.lost("morphine", Place.POCKET) == milligrams("4")
    assert bench.pump.state.account.lost("morphine", Place.TISSUE) == milligrams("0")
    check_mass(bench)


def test_what_is_pushed_by_the_access_port_leaves_at_the_hole_too() -> None:
    bench = running()
    bench.pump.fault("catheter-leak", settings(fraction="0.25"))
    bench.pump.access_port(injected=Volume.of("0.1", "mL"), mixture=mixture(morphine="1 mg/mL"))
    assert microlitres(bench, Purpose.PURGE) == 75
    assert bench.pump.state.account.lost("morphine").in_unit("ug") == 25
    check_mass(bench)


def test_migration_and_granuloma_leave_delivery_at_the_tip_alone() -> None:
    bench = running()
    bench.pump.fault("catheter-migration")
    bench.pump.fault("granuloma")
    bench.wait(DAY)
    assert microlitres(bench) == PER_DAY
    assert bench.pump.state.disturbance is None
    bench.pump.fault("granuloma", settings(factor="0.5"))
    bench.wait(DAY)
    assert microlitres(bench) == Fraction(3 * PER_DAY, 2), "unless the file says that it hinders"


def test_a_bolus_over_a_leak_is_granted_and_loses_its_part() -> None:
    bench = running()
    bench.pump.fault("catheter-leak", settings(fraction="0.5"))
    bench.pump.clinician_bolus(milligrams("0.1"), minutes(10))
    bench.wait(HOUR)
    assert bench.mass("morphine", Purpose.CLINICIAN_BOLUS) == milligrams("0.05")
    check_mass(bench)


def test_faults_work_together_pump_first_catheter_after() -> None:
    """1.5 times the flow, half of it past a kink, a fifth of that lost: 0.6, of which 0.2 fault."""
    bench = running()
    bench.pump.fault("over-infusion", settings(factor="1.5"))
    bench.pump.fault("catheter-kink", settings(factor="0.5"))
    bench.pump.fault("catheter-leak", settings(fraction="0.2"))
    bench.wait(DAY)
    assert microlitres(bench) == PER_DAY * Fraction("0.6")
    assert microlitres(bench, Purpose.FAULT) == PER_DAY * Fraction("0.2")
    assert missing(bench) == -PER_DAY * Fraction("0.25")
    check_mass(bench)


def test_a_drained_pump_behind_a_blocked_catheter_keeps_its_drug() -> None:
    bench = running(VALVE_PUMP)
    bench.pump.fault("catheter-occlusion")
    bench.pump.fault("valve-stuck-open")
    bench.wait(DAY)
    assert not bench.rows
    assert bench.pump.state.physical == FILLED


def test_a_hole_needs_a_lumen_that_is_known() -> None:
    bench = running(replace(ROLLER_PUMP, catheter_volume_per_length=None))
    with pytest.raises(Exception, match="lumen is not known"):
        bench.pump.fault("catheter-fracture", settings(distance="10 cm"))
    bench.pump.fault("catheter-fracture")
    bench.pump.write(continuous("4 mg/d"))
    bench.wait(DAY)
    assert not bench.rows


def test_behind_a_catheter_that_came_off_a_leak_loses_nothing_however_often_it_is_looked_at() -> (
    None
):
    whole, parts = running(), running()
    for bench in (whole, parts):
        bench.pump.fault("catheter-disconnection")
        bench.pump.fault("catheter-leak")
    whole.wait(DAY)
    parts.wait(HOUR)
    parts.wait(DAY - HOUR)
    assert parts.pump.state == whole.pump.state
    assert whole.pump.state.account.lost("morphine", Place.TISSUE) == milligrams("0")
