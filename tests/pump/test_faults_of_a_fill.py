"""F05: what goes wrong at a fill: the pump reckons with what was written all the same."""

from __future__ import annotations

from fractions import Fraction

import pytest
from fault_bench import GAS_PUMP, MORPHINE, check_mass, microlitres, running, settings
from pump_bench import DAY, HOUR, Bench, milligrams, mixture

from thecal.device import fault_kind
from thecal.errors import PumpRefusalError
from thecal.program.delivery import Purpose
from thecal.program.holes import Place
from thecal.pump.alarms import AlarmKind
from thecal.pump.fault_settings import NO_SETTINGS, FaultSettings
from thecal.units import Volume

pytestmark = pytest.mark.req("F05", "D03")
TWENTY = Volume.of(20, "mL")


def refilled(kind: str, given: FaultSettings = NO_SETTINGS, bench: Bench | None = None) -> Bench:
    """Return a pump whose refill after ten days goes wrong."""
    bench = bench or running()
    bench.wait(10 * DAY)
    bench.pump.fill(TWENTY, MORPHINE, mishaps=[(fault_kind(kind), given)])
    assert bench.pump.state.computed == 20_000
    assert bench.pump.state.solution.written == MORPHINE
    return bench


def strength(bench: Bench) -> Fraction:
    return bench.pump.state.solution.actual["morphine"].in_unit("mg/mL")


def test_a_pocket_fill_leaves_the_residual_and_drug_under_the_skin() -> None:
    bench = refilled("pocket-fill")
    state = bench.pump.state
    assert state.physical == 1400
    assert state.dry
    assert state.account.lost("morphine", Place.POCKET) == milligrams("200")
    before = microlitres(bench)
    bench.wait(46 * DAY)
    assert microlitres(bench) == before, "dry from the refill on"
    assert [alarm.kind for alarm in state.alarms] == [AlarmKind.LOW_RESERVOIR]
    assert bench.pump.expected_aspirate().base == 20_000 - 46 * 400
    check_mass(bench)


def test_part_of_a_refill_may_go_beside_the_pump() -> None:
    bench = refilled("pocket-fill", settings(fraction="0.25"))
    assert bench.pump.state.physical == 1400 + 15_000
    assert bench.pump.state.account.lost("morphine") == milligrams("50")
    check_mass(bench)


def test_a_refill_into_the_access_port_leaves_at_the_tip_at_once() -> None:
    bench = refilled("access-port-injection")
    now = bench.pump.state.now
    assert microlitres(bench, Purpose.FAULT) == 20_000
    assert all(row.start == row.end == now for row in bench.rows if row.purpose is Purpose.FAULT)
    assert bench.pump.state.dry
    check_mass(bench)


def test_a_wrong_drug_is_delivered_while_the_pump_reckons_with_the_written_one() -> None:
    other = mixture(hydromorphone="2 mg/mL")
    bench = refilled("wrong-drug", FaultSettings(mixture=other))
    assert bench.pump.state.account.filled["hydromorphone"] == 40_000
    bench.wait(10 * DAY)
    assert bench.mass("hydromorphone").base > 0
    check_mass(bench)
    with pytest.raises(PumpRefusalError, match="does not say what was filled"):
        refilled("wrong-drug")


def test_a_wrong_concentration_mixes_with_the_residual_as_the_right_one_does() -> None:
    bench = refilled("wrong-concentration", settings(factor="3"))
    assert strength(bench) == (Fraction("1.4") * 10 + 20 * 30) / Fraction("21.4")
    check_mass(bench)
    half = refilled("wrong-concentration", FaultSettings(mixture=mixture(morphine="5 mg/mL")))
    assert strength(half) == (Fraction("1.4") * 10 + 20 * 5) / Fraction("21.4")


@pytest.mark.req("GIP-8.1")
@pytest.mark.parametrize(("given", "inside"), [({"volume": "18 mL"}, 18_000), ({}, 10_000)])
def test_a_wrong_volume_lets_the_count_begin_at_the_written_one(given, inside) -> None:
    bench = refilled("wrong-volume", settings(**given))
    assert bench.pump.state.physical == 1400 + inside
    bench.wait(49 * DAY)
    assert bench.pump.state.computed == 20_000 - 49 * 400, "it counts on while it is dry"
    assert bench.pump.state.dry
    check_mass(bench)


@pytest.mark.req("GIP-1.6")
def test_air_takes_the_room_of_solution() -> None:
    bench = refilled("air", settings(volume="2 mL"))
    assert bench.pump.state.physical == 1400 + 18_000
    check_mass(bench)


def test_two_things_may_go_wrong_at_one_fill() -> None:
    bench = running()
    wrong = [
        (fault_kind("wrong-concentration"), settings(factor="2")),
        (fault_kind("pocket-fill"), settings(fraction="0.5")),
    ]
    bench.pump.fill(TWENTY, MORPHINE, mishaps=wrong)
    assert bench.pump.state.account.lost("morphine") == milligrams("200")
    check_mass(bench)
    both = [
        (fault_kind("pocket-fill"), settings(fraction="0.6")),
        (fault_kind("access-port-injection"), settings(fraction="0.6")),
    ]
    before = bench.pump.state.copy()
    with pytest.raises(PumpRefusalError, match="more than the whole refill"):
        bench.pump.fill(TWENTY, MORPHINE, mishaps=both)
    assert bench.pump.state == before


def test_the_next_sound_refill_sets_everything_right() -> None:
    bench = refilled("wrong-volume")
    bench.wait(DAY)
    bench.pump.fill(TWENTY, MORPHINE)
    assert bench.pump.state.physical == 21_400
    assert not bench.pump.state.count_runs_on
    check_mass(bench)


def test_a_refill_that_never_happened_ends_with_the_alarms_of_the_count() -> None:
    bench = running()
    bench.wait(50 * DAY)
    kinds = [alarm.kind for alarm in bench.pump.state.alarms]
    assert kinds == [AlarmKind.LOW_RESERVOIR, AlarmKind.EMPTY]


def test_a_constant_flow_pump_can_be_filled_wrongly_too_and_has_nothing_to_sound() -> None:
    bench = refilled("wrong-volume", settings(volume="10 mL"), running(GAS_PUMP))
    bench.wait(25 * DAY + HOUR)
    assert bench.pump.state.dry
    assert not bench.pump.state.alarms
    check_mass(bench)
