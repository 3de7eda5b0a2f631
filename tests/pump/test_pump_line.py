"""Prime, bridge and access port on a pump with 0.14 mL of tubing and 76 cm at 0.0022 mL/cm.

0.0022 mL/cm and the highest rate of 1 mL/h are recalled figures, 0.14 mL is read
(facts/devices.md 6.2).
"""

from __future__ import annotations

from fractions import Fraction

import pytest
from pump_bench import (
    DAY,
    HOUR,
    MONDAY,
    Bench,
    continuous,
    hours,
    joined,
    milligrams,
    mixture,
)

from thecal.errors import BadFileError, PumpRefusalError
from thecal.program.delivery import Purpose
from thecal.program.prime_bridge import PrimeKind
from thecal.program.program import STOPPED, BridgeOrder
from thecal.pump.state import Activity
from thecal.units import Length, Mass, MassRate, Volume, VolumePerLength

MORPHINE = mixture(morphine="10 mg/mL")
BACLOFEN = mixture(baclofen="2000 ug/mL")
LINE = Volume.of("0.3072", "mL")


def micrograms(figure: str | Fraction) -> Mass:
    return Mass.of(figure, "ug")


def filled(what=BACLOFEN) -> Bench:
    bench = Bench()
    bench.pump.fill(Volume.of(20, "mL"), what)
    return bench


def test_the_line_of_these_tests() -> None:
    catheter = Length.of(76, "cm") * VolumePerLength.of("0.0022", "mL/cm")
    assert catheter + Volume.of("0.14", "mL") == LINE


# -- prime --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "volume", "minutes"),
    [
        (PrimeKind.FULL, "0.3072", Fraction("18.432")),
        (PrimeKind.CATHETER, "0.1672", Fraction("10.032")),
        (PrimeKind.BACK_TABLE, "0.14", Fraction("8.4")),
    ],
)
def test_a_prime_pumps_what_its_kind_needs_at_the_highest_rate(
    kind: PrimeKind, volume: str, minutes: Fraction
) -> None:
    """devices.md B7: 0.3072 mL at 1 mL/h take 18.4 min, the tubing alone 8.4 min."""
    bench = filled()
    assert bench.pump.prime(kind) == Volume.of(volume, "mL")
    bench.wait(minutes * 60 - 1)
    assert bench.pump.state.activity is Activity.PRIMING
    bench.wait(1)
    assert bench.pump.state.activity is Activity.STOPPED
    assert bench.pump.state.computed == 20_000 - Volume.of(volume, "mL").base


def test_a_first_full_prime_fills_the_line_and_no_drug_reaches_the_tip() -> None:
    bench = filled()
    bench.pump.prime(PrimeKind.FULL)
    bench.wait(HOUR)
    assert bench.mass("baclofen") == Mass.zero()
    assert bench.volume(Purpose.PRIME) == LINE
    assert bench.pump.state.line.mass() == {"baclofen": micrograms("614.4")}
    bench.pump.write(continuous("200 ug/d", "baclofen"))
    bench.wait(DAY)
    assert bench.mass("baclofen") == micrograms("200")


def test_a_repeated_prime_is_a_bolus_of_614_micrograms_in_18_minutes() -> None:
    bench = filled()
    bench.pump.prime(PrimeKind.FULL)
    bench.wait(HOUR)
    bench.pump.prime(PrimeKind.FULL)
    bench.wait(HOUR)
    assert bench.mass("baclofen", Purpose.PRIME) == micrograms("614.4")
    rows = [row for row in joined(bench.rows) if row.mass_of("baclofen")]
    assert [(r.start - MONDAY, r.end - MONDAY) for r in rows] == [
        (HOUR, HOUR + Fraction("18.432") * 60)
    ]


def test_a_back_table_prime_goes_into_the_open_before_the_catheter_is_joined() -> None:
    bench = filled()
    bench.pump.prime(PrimeKind.BACK_TABLE, Volume.of("0.2", "mL"))
    bench.wait(HOUR)
    assert bench.rows == []
    line = bench.pump.state.line
    assert line.drug_free_at_tip == Volume.of("0.1672", "mL")
    assert line.mass() == {"baclofen": micrograms("280")}
    assert bench.pump.state.account.withdrawn == {"baclofen": 120}


def test_a_prime_of_a_typed_volume_pumps_just_that() -> None:
    bench = filled()
    assert bench.pump.prime(PrimeKind.FULL, Volume.of("0.4", "mL")) == Volume.of("0.4", "mL")
    bench.wait(HOUR)
    assert bench.mass("baclofen") == micrograms("185.6")


def test_a_program_written_during_a_prime_starts_when_the_prime_ends() -> None:
    bench = filled()
    bench.pump.prime(PrimeKind.FULL)
    bench.wait(60)
    bench.pump.write(continuous("200 ug/d", "baclofen"))
    assert bench.pump.state.activity is Activity.PRIMING
    bench.wait(DAY)
    end = MONDAY + Fraction("18.432") * 60
    assert bench.pump.state.program_start == end
    assert bench.volume(Purpose.PRIME) == LINE
    first = next(row for row in bench.rows if row.purpose is Purpose.THERAPY)
    assert first.start == end


@pytest.mark.parametrize("stop", [lambda p: p.stop(), lambda p: p.write(STOPPED)])
def test_a_stop_ends_a_prime_and_nothing_follows(stop) -> None:
    bench = filled()
    bench.pump.prime(PrimeKind.FULL)
    bench.pump.write(continuous("200 ug/d", "baclofen"))
    bench.wait(360)
    stop(bench.pump)
    bench.wait(DAY)
    assert bench.volume() == Volume.of("0.1", "mL")
    assert bench.pump.state.activity is Activity.STOPPED


def test_a_running_therapy_goes_on_after_a_prime() -> None:
    bench = filled()
    bench.pump.write(continuous("200 ug/d", "baclofen"))
    bench.wait(DAY)
    bench.pump.prime(PrimeKind.CATHETER)
    bench.wait(DAY)
    assert bench.pump.state.activity is Activity.RUNNING
    away = Fraction("10.032") * 60
    assert bench.volume(Purpose.THERAPY).base == Fraction(100, DAY) * (2 * DAY - away)


def test_an_unfilled_pump_cannot_be_primed() -> None:
    with pytest.raises(PumpRefusalError):
        Bench().pump.prime(PrimeKind.FULL)


# -- bridge -------------------------------------------------------------------------------------


def changed(old: str, new: str, dose: str, *, bridge: str | None) -> tuple[Bench, Fraction]:
    """Return a primed pump after a refill at another concentration, and when it was programmed."""
    bench = Bench()
    bench.pump.fill(Volume.of(20, "mL"), mixture(baclofen=old))
    bench.pump.prime(PrimeKind.FULL)
    bench.pump.write(continuous(dose, "baclofen"))
    bench.wait(10 * DAY)
    bench.pump.fill(Volume.of(20, "mL"), mixture(baclofen=new))
    order = None if bridge is None else BridgeOrder(MassRate.of(*bridge.split(" ")))
    bench.pump.write(continuous(dose, "baclofen", bridge=order))
    return bench, bench.pump.state.now


@pytest.mark.parametrize(
    ("old", "new", "dose", "end", "mass", "rate", "new_rate"),
    [
        ("500 ug/mL", "2000 ug/mL", "200 ug/d", "18.432", "153.6", "0.4", "0.1"),
        ("2000 ug/mL", "500 ug/mL", "400 ug/d", "36.864", "614.4", "0.2", "0.8"),
    ],
    ids=["B1", "B3"],
)
def test_a_bridge_clears_the_line_at_the_old_dose_then_the_program_starts(
    old: str, new: str, dose: str, end: str, mass: str, rate: str, new_rate: str
) -> None:
    """devices.md B1 (18.43 h, 153.6 mcg) and B3 (36.86 h, 614.4 mcg)."""
    bench, start = changed(old, new, dose, bridge=dose)
    over = start + Fraction(end) * HOUR
    bench.pump.advance(over - 1)
    assert bench.pump.state.activity is Activity.BRIDGING
    bench.pump.advance(over)
    assert bench.pump.state.activity is Activity.RUNNING
    bench.wait(10 * DAY)

    assert bench.mass("baclofen", Purpose.BRIDGE) == micrograms(mass)
    assert bench.volume(Purpose.BRIDGE) == LINE
    (row,) = [row for row in joined(bench.rows) if row.purpose is Purpose.BRIDGE]
    assert (row.start, row.end) == (start, over)
    assert row.volume.base / (row.end - row.start) == Volume.of(rate, "mL").base / DAY
    # While the line clears, the tip gets the ordered dose; the new solution reaches it at the end.
    figure, unit = dose.split(" ")
    during = bench.mass("baclofen", since=start, until=over)
    assert during.base * DAY / (over - start) == MassRate.of(figure, unit).per_day().base
    after = next(r for r in bench.rows if r.start == over)
    assert after.purpose is Purpose.THERAPY
    assert after.mixture == bench.pump.state.solution.actual
    assert after.volume.base / (after.end - after.start) == Volume.of(new_rate, "mL").base / DAY


@pytest.mark.parametrize(
    ("old", "new", "dose", "a_day", "lasts"),
    [
        ("500 ug/mL", "2000 ug/mL", "200 ug/d", "50", "73.728"),
        ("2000 ug/mL", "500 ug/mL", "400 ug/d", "1600", "9.216"),
    ],
    ids=["B2", "B4"],
)
def test_without_a_bridge_old_solution_leaves_at_the_new_rate(
    old: str, new: str, dose: str, a_day: str, lasts: str
) -> None:
    """devices.md B2 (50 mcg/d for 73.7 h) and B4 (1600 mcg/d for 9.2 h)."""
    bench, start = changed(old, new, dose, bridge=None)
    over = start + Fraction(lasts) * HOUR
    bench.wait(10 * DAY)
    during = bench.mass("baclofen", since=start, until=over)
    assert during.base * DAY / (over - start) == Fraction(a_day)
    assert next(r for r in bench.rows if r.start == over).mixture == (
        bench.pump.state.solution.actual
    )


def test_an_order_over_a_bridge_ends_it_and_a_stop_lets_it_wait() -> None:
    bench, _ = changed("500 ug/mL", "2000 ug/mL", "200 ug/d", bridge="200 ug/d")
    bench.wait(6 * HOUR)
    bench.pump.stop()
    bench.wait(DAY)
    assert bench.volume(Purpose.BRIDGE) == Volume.of("0.1", "mL")
    bench.pump.resume()
    assert bench.pump.state.activity is Activity.BRIDGING
    bench.wait(DAY)
    assert bench.volume(Purpose.BRIDGE) == LINE

    bench, _ = changed("500 ug/mL", "2000 ug/mL", "200 ug/d", bridge="200 ug/d")
    bench.wait(6 * HOUR)
    bench.pump.write(continuous("200 ug/d", "baclofen"))
    bench.wait(DAY)
    assert bench.volume(Purpose.BRIDGE) == Volume.of("0.1", "mL")


def test_a_bridge_names_the_old_drug_where_the_primary_changed() -> None:
    bench = filled(MORPHINE)
    bench.pump.write(continuous("2 mg/d"))
    bench.wait(10 * DAY)
    bench.pump.fill(Volume.of(20, "mL"), mixture(hydromorphone="10 mg/mL"))
    before = bench.pump.state.copy()
    with pytest.raises(BadFileError, match="morphine"):
        bench.pump.write(
            continuous("0.5 mg/d", "hydromorphone", bridge=BridgeOrder(MassRate.of(2, "mg/d")))
        )
    assert bench.pump.state == before
    bench.pump.write(
        continuous(
            "0.5 mg/d", "hydromorphone", bridge=BridgeOrder(MassRate.of(2, "mg/d"), "morphine")
        )
    )
    bench.wait(10 * DAY)
    assert bench.mass("morphine", Purpose.BRIDGE) == milligrams("3.072")


# -- access port --------------------------------------------------------------------------------


def test_aspirating_the_catheter_leaves_cerebrospinal_fluid_behind() -> None:
    bench = filled()
    bench.pump.prime(PrimeKind.FULL)
    bench.wait(HOUR)
    bench.pump.access_port(aspirated=Volume.of("0.5", "mL"))
    line = bench.pump.state.line
    assert line.drug_free_at_tip == line.catheter.volume == Volume.of("0.1672", "mL")
    assert bench.pump.state.account.withdrawn == {"baclofen": Fraction("334.4")}
    # The therapy begins with fluid that holds no drug: 0.1672 mL at 0.1 mL/d.
    bench.pump.write(continuous("200 ug/d", "baclofen"))
    bench.wait(3 * DAY)
    first = next(row for row in bench.rows if row.mass_of("baclofen"))
    assert first.start == MONDAY + HOUR + Fraction("1.672") * DAY


def test_a_smaller_aspirate_draws_the_end_at_the_port_and_shifts_the_rest() -> None:
    bench = filled()
    bench.pump.prime(PrimeKind.FULL)
    bench.wait(HOUR)
    bench.pump.access_port(aspirated=Volume.of("0.1", "mL"))
    assert bench.pump.state.line.drug_free_at_tip == Volume.of("0.1", "mL")
    assert bench.pump.state.account.withdrawn == {"baclofen": 200}


def test_what_is_pushed_at_the_port_drives_the_catheter_content_out_at_once() -> None:
    bench = filled()
    bench.pump.prime(PrimeKind.FULL)
    bench.wait(HOUR)
    bench.pump.access_port(injected=Volume.of("0.1", "mL"))
    assert bench.mass("baclofen", Purpose.PURGE) == micrograms("200")
    assert all(row.start == row.end for row in bench.rows if row.purpose is Purpose.PURGE)
    bench.pump.access_port(injected=Volume.of("1", "mL"), mixture=MORPHINE)
    assert bench.mass("baclofen", Purpose.PURGE) == micrograms("334.4")
    assert bench.mass("morphine", Purpose.PURGE) == milligrams("8.328")
    assert bench.pump.state.account.filled["morphine"] == 10_000
    assert bench.pump.state.line.catheter.volume == Volume.of("0.1672", "mL")


def test_a_line_set_by_record_is_booked_on_both_sides() -> None:
    bench = filled()
    bench.pump.prime(PrimeKind.FULL)
    bench.wait(HOUR)
    bench.pump.set_line(MORPHINE)
    state = bench.pump.state
    assert state.line.mass() == {"morphine": milligrams("3.072")}
    assert state.account.withdrawn["baclofen"] == Fraction("614.4")
    assert state.account.filled["morphine"] == 3072
    assert state.line.volume == LINE


@pytest.mark.inventory("S2.1", "S2.6")
def test_the_drug_front_moves_through_tubing_and_catheter_in_order() -> None:
    bench = filled()
    bench.pump.write(continuous("200 ug/d", "baclofen"))
    bench.wait(hours(24).base)
    assert bench.pump.state.line.drug_free_at_tip == Volume.of("0.2072", "mL")
    bench.wait(Fraction("2.072") * DAY)
    assert bench.pump.state.line.drug_free_at_tip == Volume.zero()
    assert bench.mass("baclofen") == Mass.zero()
    bench.wait(DAY)
    assert bench.mass("baclofen") == micrograms("200")
