"""Filling, counting, alarms and running dry; the books of every drug."""

from __future__ import annotations

import copy
from dataclasses import replace
from fractions import Fraction

import pytest
from pump_bench import (
    DAY,
    HOUR,
    MONDAY,
    ROLLER,
    STROKES,
    Bench,
    continuous,
    hours,
    milligrams,
    mixture,
)

from thecal.errors import CannotComputeError, NotProgrammableError, PumpRefusalError
from thecal.program.delivery import Purpose
from thecal.program.prime_bridge import PrimeKind
from thecal.program.program import STOPPED, InfusionProgram, Mode
from thecal.pump.alarms import Alarm, AlarmKind, Priority
from thecal.pump.pump import Pump
from thecal.pump.state import Activity
from thecal.units import Concentration, Duration, Volume, VolumeRate

MORPHINE = mixture(morphine="10 mg/mL")


def millilitres(text: str) -> Volume:
    return Volume.of(text, "mL")


def running(dose: str = "4 mg/d", volume: str = "20", setup=ROLLER) -> Bench:
    """Return a pump that runs; 4 mg/d at 10 mg/mL are 0.4 mL/d."""
    bench = Bench(setup)
    bench.pump.fill(millilitres(volume), MORPHINE)
    bench.pump.write(continuous(dose))
    return bench


def kinds(bench: Bench) -> list[tuple[str, Fraction]]:
    return [(alarm.kind.value, alarm.time - MONDAY) for alarm in bench.pump.state.alarms]


# -- the first fill and the residual ------------------------------------------------------------


@pytest.mark.req("R01")
def test_a_first_fill_runs_dry_at_a_computed_volume_of_the_residual() -> None:
    bench = running()
    bench.wait(46 * DAY + HOUR * 12)  # 18.6 mL at 0.4 mL/d
    assert bench.pump.state.activity is Activity.DRY
    assert bench.pump.state.dry_since == MONDAY + 46 * DAY + 12 * HOUR
    assert bench.pump.state.computed == 1400
    assert bench.volume() == millilitres("18.6")
    bench.wait(10 * DAY)
    assert bench.volume() == millilitres("18.6")


@pytest.mark.req("R01")
def test_a_later_fill_runs_dry_at_a_computed_volume_of_zero() -> None:
    bench = running()
    bench.wait(10 * DAY)
    bench.pump.fill(millilitres("20"), MORPHINE)
    bench.wait(50 * DAY - 1)
    assert bench.pump.state.activity is Activity.RUNNING
    bench.wait(1)
    assert bench.pump.state.activity is Activity.DRY
    assert bench.pump.state.computed == 0
    assert bench.pump.state.physical == 1400


def test_the_syringe_is_expected_to_draw_the_count_less_the_residual_at_the_first_refill() -> None:
    bench = running()
    bench.wait(40 * DAY)  # 16 mL
    first = bench.pump.fill(millilitres("20"), MORPHINE)
    assert first.expected == first.aspirated == millilitres("2.6")
    bench.wait(40 * DAY)
    second = bench.pump.fill(millilitres("20"), MORPHINE)
    assert second.expected == second.aspirated == millilitres("4")
    assert not second.recorded


def test_the_residual_stays_at_a_refill_and_mixes_at_once() -> None:
    """devices.md B15: 1.4 mL at 500 and 20 mL at 2000 are 1,901.9 mcg/mL, 4.9 % less."""
    bench = Bench()
    bench.pump.fill(millilitres("20"), mixture(baclofen="500 ug/mL"))
    bench.pump.fill(millilitres("20"), mixture(baclofen="2000 ug/mL"))
    level = bench.pump.state.solution.actual["baclofen"]
    assert level == Concentration.of(Fraction(40700 * 10, 214), "ug/mL")
    assert round(float(level.in_unit("ug/mL")), 1) == 1901.9
    assert bench.pump.state.solution.written["baclofen"] == Concentration.of(2000, "ug/mL")


def test_the_pump_reckons_with_what_was_typed_and_delivers_what_is_there() -> None:
    bench = Bench()
    bench.pump.fill(millilitres("20"), mixture(baclofen="500 ug/mL"))
    bench.pump.fill(millilitres("20"), mixture(baclofen="2000 ug/mL"))
    bench.pump.prime(PrimeKind.FULL)
    bench.pump.write(continuous("200 ug/d", "baclofen"))
    bench.wait(2 * DAY)
    assert bench.pump.state.program.background_rate == VolumeRate.of("0.1", "mL/d")
    day = bench.mass("baclofen", Purpose.THERAPY, since=MONDAY + DAY, until=MONDAY + 2 * DAY)
    assert day.in_unit("ug") == Fraction(40700 * 10, 214) / 10


def test_the_old_volume_rate_goes_on_after_a_refill_until_the_next_program() -> None:
    bench = running("4 mg/d")
    bench.pump.fill(millilitres("20"), mixture(morphine="20 mg/mL"))
    bench.wait(DAY)
    assert bench.volume() == millilitres("0.4")


# -- the aspirate is a fact ---------------------------------------------------------------------


@pytest.mark.req("D03")
@pytest.mark.parametrize("drawn", ["0", "3.9", "4", "5.5", "40"])
def test_a_contradicting_aspirate_is_booked_signed_and_never_clamped(drawn: str) -> None:
    bench = running()
    bench.pump.fill(millilitres("20"), MORPHINE)
    bench.wait(40 * DAY)
    outcome = bench.pump.fill(millilitres("20"), MORPHINE, aspirated=millilitres(drawn))
    assert outcome.recorded
    assert outcome.expected == millilitres("4")
    account = bench.pump.state.account
    assert account.withdrawn["morphine"] == 186_000 + Fraction(drawn) * 10_000
    assert account.unaccounted["morphine"] == (4 - Fraction(drawn)) * 10_000
    assert bench.pump.state.physical == 21_400


@pytest.mark.req("D03")
def test_a_volume_typed_wrong_changes_the_count_and_not_the_fluid() -> None:
    """20 mL filled and 40 mL typed: dry after 18.6 mL, with no alarm of the pump's own count."""
    bench = Bench()
    bench.pump.fill(millilitres("20"), MORPHINE, programmed_volume=millilitres("40"))
    bench.pump.write(continuous("4 mg/d"))
    bench.wait(80 * DAY)
    assert bench.pump.state.activity is Activity.DRY
    assert bench.volume() == millilitres("18.6")
    assert bench.pump.state.computed == 21_400
    assert kinds(bench) == []


# -- R02: alarms --------------------------------------------------------------------------------


@pytest.mark.req("R02", "A05")
def test_low_and_empty_sound_once_each_at_the_very_moment() -> None:
    """devices.md B9: 18 mL at 0.4 mL/d are 45 days to the alarm volume of 2 mL."""
    bench = running()
    for _ in range(1000):
        bench.wait(Fraction(60 * DAY, 1000))
    assert kinds(bench) == [("low-reservoir", 45 * DAY), ("empty", 46 * DAY + 12 * HOUR)]
    assert bench.pump.state.alarms[0].priority is Priority.NON_CRITICAL
    assert bench.pump.state.alarms[1].priority is Priority.CRITICAL


@pytest.mark.req("R02")
def test_a38_ml_fill_at_half_a_millilitre_a_day_sounds_after_72_days() -> None:
    """devices.md A7; a first fill is dry at 1.4 mL, a later one after the 76 days."""
    bench = running("5 mg/d", "38")
    bench.wait(100 * DAY)
    assert kinds(bench)[0] == ("low-reservoir", 72 * DAY)
    bench.pump.fill(millilitres("38"), MORPHINE)
    bench.wait(100 * DAY)
    assert kinds(bench)[2:] == [("low-reservoir", 172 * DAY), ("empty", 176 * DAY)]


@pytest.mark.req("R02")
def test_alarms_sound_again_after_each_refill() -> None:
    bench = running()
    for _ in range(3):
        bench.wait(60 * DAY)
        bench.pump.fill(millilitres("20"), MORPHINE)
    found = [kind for kind, _ in kinds(bench)]
    assert found == ["low-reservoir", "empty"] * 3


@pytest.mark.req("R02")
def test_a_fill_at_or_below_the_alarm_volume_sounds_at_once() -> None:
    bench = running(volume="2")
    assert kinds(bench) == [("low-reservoir", 0)]
    bench = running(volume="2.001")
    assert kinds(bench) == []


@pytest.mark.req("R02")
def test_a_saved_state_does_not_sound_again_when_it_is_resumed() -> None:
    bench = running()
    bench.wait(45 * DAY)
    resumed = Pump(ROLLER, bench.pump.state.copy())
    resumed.advance(MONDAY + 46 * DAY)
    assert [alarm.kind for alarm in resumed.state.alarms] == [AlarmKind.LOW_RESERVOIR]


@pytest.mark.req("R02", "A05")
@pytest.mark.parametrize("by_program", [False, True])
def test_a_pump_that_stands_for_48_hours_sounds_once_each_time(by_program: bool) -> None:
    bench = running()

    def stop() -> None:
        if by_program:
            bench.pump.write(STOPPED)
        else:
            bench.pump.stop()

    bench.wait(HOUR)
    stop()
    bench.wait(40 * HOUR)
    stop()  # a second order does not start the clock anew
    bench.wait(100 * HOUR)
    bench.pump.write(continuous("4 mg/d"))
    bench.wait(HOUR)
    stop()
    bench.wait(48 * HOUR - 1)
    assert kinds(bench) == [("stopped-too-long", 49 * HOUR)]
    bench.wait(1)
    assert kinds(bench)[1:] == [("stopped-too-long", (142 + 48) * HOUR)]
    assert bench.pump.state.alarms[0].priority is Priority.CRITICAL


@pytest.mark.req("R02")
def test_a_filled_pump_without_a_program_stands_and_sounds() -> None:
    bench = Bench()
    bench.wait(DAY)
    bench.pump.fill(millilitres("20"), MORPHINE)
    bench.wait(3 * DAY)
    assert kinds(bench) == [("stopped-too-long", 3 * DAY)]
    assert bench.rows == []


@pytest.mark.req("R02")
def test_a_new_pump_sounds_for_itself() -> None:
    bench = Bench()
    bench.pump.fill(millilitres("20"), MORPHINE)
    bench.wait(3 * DAY)
    of_the_old = bench.pump.replace_pump(ROLLER)
    assert [alarm.time - MONDAY for alarm in of_the_old] == [2 * DAY]
    bench.pump.fill(millilitres("20"), MORPHINE)
    bench.wait(3 * DAY)
    assert kinds(bench) == [("stopped-too-long", 5 * DAY)]


def test_stopping_a_pump_that_was_never_filled_is_no_order_to_sound_about() -> None:
    bench = Bench()
    bench.pump.stop()
    bench.wait(10 * DAY)
    assert kinds(bench) == []
    bench.pump.fill(millilitres("20"), MORPHINE)
    bench.wait(2 * DAY)
    assert kinds(bench) == [("stopped-too-long", 12 * DAY)]


# -- R01: what is left, and nothing out of nothing ----------------------------------------------


@pytest.mark.req("R01")
def test_the_computed_volume_falls_by_what_was_pumped_and_nothing_else() -> None:
    bench = running()
    bench.pump.prime(PrimeKind.FULL)
    bench.wait(10 * DAY)
    pumped = bench.volume()
    assert bench.pump.state.computed == 20_000 - pumped.base
    bench.pump.access_port(injected=millilitres("1"))
    assert bench.pump.state.computed == 20_000 - pumped.base


@pytest.mark.req("D02")
def test_what_was_delivered_never_exceeds_what_was_filled() -> None:
    bench = running("240 mg/d", "3")
    for _ in range(50):
        before = bench.volume()
        bench.wait(HOUR)
        assert before <= bench.volume() <= millilitres("1.6")
    assert bench.volume() == millilitres("1.6")


@pytest.mark.req("D02")
def test_a_prime_ends_where_the_reservoir_does_whatever_was_typed() -> None:
    """1.5 mL filled and 20 mL typed: 0.1 mL can leave, less than the prime and than the count."""
    bench = Bench()
    bench.pump.fill(millilitres("1.5"), MORPHINE, programmed_volume=millilitres("20"))
    bench.pump.prime(PrimeKind.FULL)
    bench.wait(DAY)
    assert bench.pump.state.dry
    assert bench.pump.state.physical == ROLLER.residual.base
    assert bench.volume() == millilitres("0.1")


@pytest.mark.req("D02")
def test_a_program_ends_where_the_reservoir_does_while_older_fluid_is_still_in_the_line() -> None:
    """0.05 mL above the residual do not fill the line of 0.3072 mL: no drug reaches the tip."""
    bench = Bench()
    bench.pump.fill(millilitres("1.45"), MORPHINE, programmed_volume=millilitres("20"))
    bench.pump.write(continuous("4 mg/d"))
    bench.wait(DAY)
    assert bench.pump.state.activity is Activity.DRY
    assert bench.pump.state.dry_since == MONDAY + 3 * HOUR  # 0.05 mL at 0.4 mL/d
    assert bench.volume() == millilitres("0.05")
    assert bench.mass("morphine").base == 0


@pytest.mark.req("D03")
def test_an_explanted_pump_takes_along_all_that_it_held() -> None:
    bench = running()
    bench.wait(10 * DAY)
    bench.pump.explant()
    state = bench.pump.state
    assert state.activity is Activity.REMOVED
    delivered = bench.mass("morphine").base
    assert state.account.withdrawn["morphine"] == 200_000 - delivered
    assert state.line.mass() == {}
    for order in (
        lambda: bench.pump.fill(millilitres("20"), MORPHINE),
        lambda: bench.pump.write(continuous("2 mg/d")),
        lambda: bench.pump.prime(PrimeKind.FULL),
        lambda: bench.pump.stop(),
        lambda: bench.pump.resume(),
        lambda: bench.pump.access_port(injected=millilitres("1"), mixture=MORPHINE),
    ):
        with pytest.raises(PumpRefusalError):
            order()
    rows = len(bench.rows)
    bench.wait(10 * DAY)
    assert len(bench.rows) == rows


@pytest.mark.req("D03")
def test_a_replaced_pump_leaves_the_catheter_as_it_was() -> None:
    bench = running()
    bench.wait(10 * DAY)
    bench.pump.replace_pump(STROKES)
    state = bench.pump.state
    assert state.line.catheter.volume == millilitres("0.1672")
    assert state.line.mass()["morphine"] == milligrams("1.672")
    assert state.line.tubing.volume == millilitres("0.14")
    delivered = bench.mass("morphine").base
    assert state.account.withdrawn["morphine"] == 200_000 - 1672 - delivered
    assert state.activity is Activity.UNFILLED
    assert state.program is None
    assert bench.pump.expected_aspirate() == Volume.zero()


@pytest.mark.req("D03")
def test_a_replaced_catheter_holds_no_drug() -> None:
    bench = running()
    bench.wait(10 * DAY)
    bench.pump.replace_catheter(replace(ROLLER, catheter_volume=millilitres("0.2")))
    assert bench.pump.state.account.withdrawn["morphine"] == 1672
    assert bench.pump.state.line.mass()["morphine"] == milligrams("1.4")
    assert bench.pump.state.line.catheter.volume == millilitres("0.2")


# -- suspension, saved states, constant flow ----------------------------------------------------


def test_a_suspended_pump_delivers_nothing_and_goes_on_by_itself() -> None:
    bench = running()
    bench.wait(HOUR)
    bench.pump.suspend(hours(3))
    bench.pump.suspend(hours(1))  # a shorter hold does not end the longer one
    bench.wait(5 * HOUR)
    assert bench.volume() == Volume.of(Fraction("0.4") * 3 / 24, "mL")
    assert bench.pump.state.activity is Activity.RUNNING
    assert all(not (HOUR < row.start - MONDAY < 4 * HOUR) for row in bench.rows)


def test_a_suspended_prime_waits_and_is_then_completed() -> None:
    bench = running()
    bench.wait(DAY)
    bench.pump.prime(PrimeKind.FULL)
    bench.wait(60)
    bench.pump.suspend(hours(1))
    bench.wait(3 * HOUR)
    assert bench.volume(Purpose.PRIME) == millilitres("0.3072")


def test_a_copy_of_the_state_is_independent_to_its_depths() -> None:
    bench = running("0.5 mg/d")
    bench.wait(45 * DAY)
    saved = bench.pump.state.copy()
    deep = copy.deepcopy(saved)
    bench.wait(60 * DAY)
    bench.pump.fill(millilitres("20"), mixture(morphine="20 mg/mL"), aspirated=millilitres("1"))
    bench.pump.access_port(aspirated=millilitres("0.1"))
    bench.pump.write(continuous("4 mg/d"))
    bench.pump.stop()
    bench.wait(3 * DAY)
    assert len(bench.pump.state.alarms) > len(deep.alarms)
    assert saved == deep
    assert saved != bench.pump.state


def test_an_earlier_instant_changes_nothing() -> None:
    bench = running()
    bench.wait(DAY)
    before = bench.pump.state.copy()
    bench.pump.advance(MONDAY)
    assert bench.pump.state == before


CONSTANT = replace(
    ROLLER,
    programmable=False,
    minimum_rate=None,
    maximum_rate=None,
    nominal_flow=VolumeRate.of(1, "mL/d"),
)


def test_a_constant_flow_pump_runs_from_its_first_fill_until_it_is_dry() -> None:
    bench = Bench(CONSTANT)
    bench.wait(DAY)
    bench.pump.fill(millilitres("20"), MORPHINE)
    bench.wait(30 * DAY)
    assert bench.rows[0].start == MONDAY + DAY
    assert bench.rows[-1].end == MONDAY + DAY + Fraction("18.6") * DAY
    assert bench.volume() == millilitres("18.6")


@pytest.mark.parametrize(
    "order",
    [
        lambda pump: pump.write(continuous("2 mg/d")),
        lambda pump: pump.prime(PrimeKind.FULL),
        lambda pump: pump.stop(),
        lambda pump: pump.resume(),
    ],
    ids=["program", "prime", "stop", "resume"],
)
def test_a_constant_flow_pump_takes_no_order(order) -> None:
    bench = Bench(CONSTANT)
    bench.pump.fill(millilitres("20"), MORPHINE)
    before = bench.pump.state.copy()
    with pytest.raises(NotProgrammableError):
        order(bench.pump)
    assert bench.pump.state == before


def test_a_constant_flow_pump_of_unknown_flow_is_not_filled_half() -> None:
    bench = Bench(replace(CONSTANT, nominal_flow=None))
    before = bench.pump.state.copy()
    with pytest.raises(CannotComputeError):
        bench.pump.fill(millilitres("20"), MORPHINE)
    assert bench.pump.state == before


def test_the_minimum_rate_is_what_the_model_says() -> None:
    bench = running()
    bench.pump.write(InfusionProgram(Mode.MINIMUM_RATE))
    bench.wait(10 * DAY)
    assert bench.volume() == millilitres("0.06")
    unknown = Bench(replace(ROLLER, grid=replace(ROLLER.grid, minimum_rate=None)))
    unknown.pump.fill(millilitres("20"), MORPHINE)
    with pytest.raises(CannotComputeError):
        unknown.pump.write(InfusionProgram(Mode.MINIMUM_RATE))


@pytest.mark.req("D14")
@pytest.mark.parametrize(("dose", "strokes"), [("0.5 mg/d", 50), ("0.49 mg/d", 49)])
def test_ten_microlitre_strokes_never_exceed_the_order(dose: str, strokes: int) -> None:
    """devices.md A5 and A6: 0.49 mg is 49 strokes of 0.01 mg, not the 50 that would give 0.5 mg."""
    grid = replace(STROKES.grid, stroke=Volume.of(10, "uL"))
    bench = Bench(replace(STROKES, grid=grid))
    bench.pump.fill(millilitres("20"), mixture(morphine="1 mg/mL"))
    bench.pump.write(continuous(dose))
    bench.wait(DAY)
    assert bench.volume() == Volume.of(10 * strokes, "uL")


@pytest.mark.req("D14")
def test_two_microlitre_strokes_leave_out_the_broken_one() -> None:
    bench = Bench(STROKES)
    bench.pump.fill(millilitres("20"), MORPHINE)
    written = bench.pump.write(continuous("1.999 mg/d"))
    bench.wait(DAY)
    assert bench.volume() == Volume.of(198, "uL")
    assert written.daily_doses() == {"morphine": milligrams("1.999")}
    assert written.achievable_daily_doses() == {"morphine": milligrams("1.98")}


def test_every_alarm_has_a_priority() -> None:
    assert {Alarm(MONDAY, kind).priority for kind in AlarmKind} == set(Priority)


def test_time_to_dry_is_the_same_for_two_drugs_of_one_solution() -> None:
    """devices.md B14: 4 mg/d of morphine at 10 mg/mL carry 2 mg/d of bupivacaine at 5 mg/mL."""
    bench = Bench()
    bench.pump.fill(millilitres("20"), mixture(morphine="10 mg/mL", bupivacaine="5 mg/mL"))
    written = bench.pump.write(continuous("4 mg/d"))
    assert written.background_rate == VolumeRate.of("0.4", "mL/d")
    assert written.daily_doses()["bupivacaine"] == milligrams("2")
    bench.wait(Duration.of(46, "d").base)
    assert bench.mass("morphine").base == 2 * bench.mass("bupivacaine").base
