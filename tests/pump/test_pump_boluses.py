"""When the pump grants a bolus: lockout, count, dose limit, and every state that denies one."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pump_bench import (
    DAY,
    HOUR,
    MONDAY,
    ROLLER,
    STROKES,
    Bench,
    continuous,
    hours,
    joined,
    milligrams,
    minutes,
    mixture,
    share,
)

from thecal.errors import PumpRefusalError, RateRefusalError
from thecal.program.delivery import Purpose
from thecal.program.prime_bridge import PrimeKind
from thecal.program.program import STOPPED, BridgeOrder, InfusionProgram, Mode, PatientBolus, Step
from thecal.pump.guard import Denial
from thecal.pump.state import Activity
from thecal.units import Duration, Mass, MassRate, Volume, VolumeRate

MORPHINE = mixture(morphine="10 mg/mL")


def bolus(
    dose: str = "0.1",
    *,
    lasts: Duration | None = None,
    lockout: Duration | None = None,
    max_per_day: int | None = None,
    max_dose: str | None = None,
) -> PatientBolus:
    return PatientBolus(
        milligrams(dose),
        lasts or minutes(5),
        lockout or hours(3),
        max_per_day,
        None if max_dose is None else milligrams(max_dose),
    )


def running(order: PatientBolus | None, dose: str = "2 mg/d", setup=ROLLER) -> Bench:
    """Return a pump that has begun to run."""
    bench = Bench(setup)
    bench.pump.fill(Volume.of(20, "mL"), MORPHINE)
    bench.pump.write(continuous(dose, bolus=order))
    return bench


# -- D06: the lockout ---------------------------------------------------------------------------


@pytest.mark.req("D06")
@pytest.mark.parametrize(
    ("late", "denial"),
    [
        (Fraction(-1), Denial.LOCKOUT),
        (Fraction(-1, 1000), Denial.LOCKOUT),
        (Fraction(0), None),
        (Fraction(1), None),
    ],
)
def test_a_press_is_granted_from_the_very_end_of_the_lockout(
    late: Fraction, denial: Denial | None
) -> None:
    bench = running(bolus(lockout=hours(3)))
    assert bench.pump.press() is None
    bench.wait(3 * HOUR + late)
    assert bench.pump.press() is denial


@pytest.mark.req("D06")
def test_a_denied_press_does_not_move_the_lockout() -> None:
    bench = running(bolus(lockout=hours(3)))
    assert bench.pump.press() is None
    for _ in range(179):
        bench.wait(60)
        assert bench.pump.press() in (Denial.LOCKOUT, Denial.BOLUS_RUNNING)
    bench.wait(60)
    assert bench.pump.press() is None


@pytest.mark.req("D06")
def test_the_lockout_runs_from_the_start_of_the_bolus_not_from_its_end() -> None:
    bench = running(bolus(lasts=hours(2), lockout=hours(3)))
    assert bench.pump.press() is None
    bench.wait(3 * HOUR)
    assert bench.pump.press() is None


@pytest.mark.req("D06")
def test_the_lockout_survives_a_program_change_a_stop_and_a_refill() -> None:
    bench = running(bolus(lockout=hours(3)))
    assert bench.pump.press() is None
    bench.wait(HOUR)
    bench.pump.write(continuous("1 mg/d", bolus=bolus("0.05", lockout=hours(3))))
    assert bench.pump.press() is Denial.LOCKOUT
    bench.pump.stop()
    bench.pump.resume()
    assert bench.pump.press() is Denial.LOCKOUT
    bench.pump.fill(Volume.of(20, "mL"), MORPHINE)
    assert bench.pump.press() is Denial.LOCKOUT
    bench.wait(2 * HOUR)
    assert bench.pump.press() is None


@pytest.mark.req("D06")
def test_a_lockout_longer_than_a_day_holds_after_a_clinician_bolus() -> None:
    bench = running(bolus(lockout=hours(30)))
    assert bench.pump.press() is None
    bench.wait(25 * HOUR)
    bench.pump.clinician_bolus(milligrams("0.1"), minutes(5))
    bench.wait(HOUR)
    assert bench.pump.press() is Denial.LOCKOUT
    bench.wait(4 * HOUR)
    assert bench.pump.press() is None


# -- D07: count and dose in the closed window of 24 hours ---------------------------------------


@pytest.mark.req("D07")
def test_a_grant_exactly_24_hours_ago_still_counts() -> None:
    bench = running(bolus(lockout=hours(1), max_per_day=1))
    assert bench.pump.press() is None
    bench.wait(DAY)
    assert bench.pump.press() is Denial.COUNT
    bench.wait(Fraction(1, 1000))
    assert bench.pump.press() is None


@pytest.mark.req("D07")
def test_the_count_survives_a_program_change() -> None:
    bench = running(bolus(lockout=hours(1), max_per_day=2))
    assert bench.pump.press() is None
    bench.wait(2 * HOUR)
    assert bench.pump.press() is None
    bench.wait(2 * HOUR)
    bench.pump.write(continuous("1 mg/d", bolus=bolus(lockout=hours(1), max_per_day=2)))
    assert bench.pump.press() is Denial.COUNT
    bench.pump.write(continuous("1 mg/d", bolus=bolus(lockout=hours(1), max_per_day=3)))
    assert bench.pump.press() is None


@pytest.mark.req("D07")
def test_the_published_case_grants_two_and_keeps_the_worst_window_at_the_limit() -> None:
    """standards.md 1.1: limit 1.10 mg in 24 h, 1.0 mg/d, boluses of 0.05 mg, a press each hour.

    A rule that only looks back grants 12 and gives 1.60 mg on the first day.
    """
    order = bolus("0.05", lockout=hours(1), max_dose="1.10")
    bench = running(order, "1.0 mg/d")
    granted: list[int] = []
    for hour in range(96):
        bench.go_to(hour * HOUR)
        if bench.pump.press() is None:
            granted.append(hour)
    bench.go_to(96 * HOUR)

    assert granted == [0, 1, 25, 26, 50, 51, 75, 76]
    assert all(sum(1 for g in granted if end - 24 <= g <= end) <= 2 for end in range(97))
    pumped = [(row.start, row.end, row.volume.base * 10) for row in bench.rows]
    edges = {edge for start, end, _ in pumped for edge in (start, end)}
    starts = {max(MONDAY, s) for edge in edges for s in (edge, edge - DAY)}
    worst = max(_within(pumped, start, start + DAY) for start in starts)
    assert worst == milligrams("1.10").base


def _within(
    pumped: list[tuple[Fraction, Fraction, Fraction]], low: Fraction, high: Fraction
) -> Fraction:
    return sum(
        (
            mass * max(Fraction(0), min(end, high) - max(start, low)) / (end - start)
            for start, end, mass in pumped
        ),
        Fraction(0),
    )


@pytest.mark.req("D07")
def test_the_dose_window_is_closed() -> None:
    bench = running(bolus("0.05", lockout=hours(1), max_dose="1.05"), "1.0 mg/d")
    assert bench.pump.press() is None
    bench.wait(DAY)
    assert bench.pump.press() is Denial.DOSE
    bench.wait(1)
    assert bench.pump.press() is None


@pytest.mark.req("D07")
def test_a_background_that_fills_the_day_leaves_no_room_for_a_bolus() -> None:
    bench = running(bolus("0.05", max_dose="2.0499"), "2 mg/d")
    assert bench.pump.press() is Denial.DOSE
    bench = running(bolus("0.05", max_dose="2.05"), "2 mg/d")
    assert bench.pump.press() is None


@pytest.mark.req("D07")
def test_the_dose_limit_reckons_with_the_larger_background_of_the_last_day() -> None:
    order = bolus("0.05", max_dose="2")
    bench = running(None, "4 mg/d")
    bench.wait(12 * HOUR)
    bench.pump.write(continuous("0.5 mg/d", bolus=order))
    # Until the first 24 h are over, they are the worst window: 12 h of each, 2.25 mg.
    assert bench.pump.press() is Denial.DOSE
    bench.go_to(25 * HOUR)
    # The last 24 h: 11 h at 4 mg/d and 13 h at 0.5 mg/d are 2.104 mg.
    assert bench.pump.press() is Denial.DOSE
    bench.go_to(26 * HOUR)
    # 10 h and 14 h: 1.958 mg, and with the bolus 2.008 mg.
    assert bench.pump.press() is Denial.DOSE
    bench.go_to(27 * HOUR)
    # 9 h and 15 h: 1.8125 mg, with the bolus 1.8625 mg.
    assert bench.pump.press() is None


@pytest.mark.req("D07")
def test_the_dose_limit_reaches_back_over_two_programs() -> None:
    bench = running(None, "4 mg/d")
    bench.go_to(6 * HOUR)
    bench.pump.write(continuous("0.5 mg/d"))
    bench.go_to(20 * HOUR)
    # The first 24 h hold 6 h at 4 mg/d and 18 h at 0.5 mg/d: 1.375 mg.
    bench.pump.write(continuous("0.5 mg/d", bolus=bolus("0.1", max_dose="1.474")))
    assert bench.pump.press() is Denial.DOSE
    bench.pump.write(continuous("0.5 mg/d", bolus=bolus("0.1", max_dose="1.475")))
    assert bench.pump.press() is None


@pytest.mark.req("D07")
def test_the_dose_limit_looks_ahead_to_the_fullest_day_of_a_flex_program() -> None:
    evening = Step(frozenset({1}), hours(20), hours(2), milligrams("1"))
    order = InfusionProgram(
        Mode.FLEX,
        "morphine",
        MassRate.of("0.5", "mg/d"),
        steps=(evening,),
        patient_bolus=bolus("0.1", max_dose="1.5"),
    )
    bench = Bench()
    bench.pump.fill(Volume.of(20, "mL"), MORPHINE)
    bench.pump.write(order)
    # Monday morning the background is 0.5 mg/d, but Tuesday's fullest 24 h hold 1.458 mg.
    assert bench.pump.press() is Denial.DOSE
    bench.pump.write(replace(order, patient_bolus=bolus("0.1", max_dose="1.5584")))
    assert bench.pump.press() is None


@pytest.mark.req("D07")
def test_a_clinician_bolus_counts_for_the_dose_and_not_for_lockout_or_count() -> None:
    bench = running(bolus("0.1", lockout=hours(3), max_per_day=1, max_dose="2.15"), "2 mg/d")
    bench.pump.clinician_bolus(milligrams("0.1"), minutes(5))
    bench.wait(HOUR)
    assert bench.pump.press() is Denial.DOSE
    bench = running(bolus("0.1", lockout=hours(3), max_per_day=1), "2 mg/d")
    bench.pump.clinician_bolus(milligrams("0.1"), minutes(5))
    bench.wait(5 * 60)
    assert bench.pump.press() is None


# -- D08, D05: what a bolus leaves alone --------------------------------------------------------


@pytest.mark.req("D08")
def test_a_limit_that_denies_a_bolus_never_cuts_the_background() -> None:
    bench = running(bolus("0.05", lockout=hours(1), max_dose="1.10"), "1.0 mg/d")
    quiet = running(None, "1.0 mg/d")
    for hour in range(48):
        bench.go_to(hour * HOUR)
        bench.pump.press()
    bench.go_to(48 * HOUR)
    quiet.go_to(48 * HOUR)
    assert bench.volume(Purpose.THERAPY) == quiet.volume(Purpose.THERAPY)


@pytest.mark.req("D05")
def test_a_bolus_leaves_the_stored_program_as_it_was() -> None:
    bench = running(bolus())
    before = bench.pump.state.program
    assert bench.pump.press() is None
    assert bench.pump.state.program is before
    bench.wait(HOUR)
    assert bench.pump.state.program is before
    assert bench.pump.state.bolus is None


@pytest.mark.req("D06")
def test_a_denied_press_changes_nothing_at_all() -> None:
    bench = running(bolus())
    bench.pump.press()
    bench.wait(HOUR)
    before = bench.pump.state.copy()
    assert bench.pump.press() is Denial.LOCKOUT
    assert bench.pump.state == before


# -- D10: one bolus at a time -------------------------------------------------------------------


@pytest.mark.req("D10")
def test_a_second_bolus_is_refused_and_not_queued() -> None:
    bench = running(bolus(lasts=hours(1), lockout=minutes(1)))
    assert bench.pump.press() is None
    bench.wait(30 * 60)
    assert bench.pump.press() is Denial.BOLUS_RUNNING
    with pytest.raises(PumpRefusalError, match="another bolus"):
        bench.pump.clinician_bolus(milligrams("0.1"), minutes(5))
    bench.wait(5 * HOUR)
    assert bench.volume(Purpose.PATIENT_BOLUS) == Volume.of("0.01", "mL")
    assert bench.volume(Purpose.CLINICIAN_BOLUS) == Volume.zero()


@pytest.mark.req("D10")
def test_a_clinician_bolus_denies_presses_only_while_it_runs() -> None:
    bench = running(bolus())
    bench.pump.clinician_bolus(milligrams("0.1"), minutes(10))
    bench.wait(10 * 60 - 1)
    assert bench.pump.press() is Denial.BOLUS_RUNNING
    bench.wait(1)
    assert bench.pump.press() is None


# -- D11: every state against a request ---------------------------------------------------------


def _unfilled() -> Bench:
    return Bench()


def _filled_only() -> Bench:
    bench = Bench()
    bench.pump.fill(Volume.of(20, "mL"), MORPHINE)
    return bench


def _stopped() -> Bench:
    bench = running(bolus())
    bench.pump.stop()
    return bench


def _stopped_by_program() -> Bench:
    bench = running(bolus())
    bench.pump.write(STOPPED)
    return bench


def _priming() -> Bench:
    bench = running(bolus())
    bench.pump.prime(PrimeKind.FULL)
    return bench


def _priming_with_a_program_waiting() -> Bench:
    bench = _filled_only()
    bench.pump.prime(PrimeKind.FULL)
    bench.pump.write(continuous("2 mg/d", bolus=bolus()))
    return bench


def _bridging() -> Bench:
    bench = running(bolus())
    bench.pump.fill(Volume.of(20, "mL"), mixture(morphine="20 mg/mL"))
    order = continuous("2 mg/d", bolus=bolus(), bridge=BridgeOrder(MassRate.of(2, "mg/d")))
    bench.pump.write(order)
    return bench


def _dry() -> Bench:
    bench = running(bolus(), "40 mg/d")
    bench.wait(10 * DAY)
    return bench


def _suspended() -> Bench:
    bench = running(bolus())
    bench.pump.suspend(hours(1))
    return bench


def _explanted() -> Bench:
    bench = running(bolus())
    bench.pump.explant()
    return bench


def _at_minimum_rate() -> Bench:
    bench = running(bolus())
    bench.pump.write(InfusionProgram(Mode.MINIMUM_RATE))
    return bench


def _without_bolus() -> Bench:
    return running(None)


def _during_a_bolus() -> Bench:
    bench = running(bolus(lasts=hours(1)))
    assert bench.pump.press() is None
    bench.wait(60)
    return bench


def name_of(value: object) -> str:
    """Return the same name for a state in every process."""
    return getattr(value, "__name__", str(value))


STATES = [
    (_unfilled, Activity.UNFILLED, Denial.STOPPED),
    (_filled_only, Activity.STOPPED, Denial.STOPPED),
    (_stopped, Activity.STOPPED, Denial.STOPPED),
    (_stopped_by_program, Activity.STOPPED, Denial.STOPPED),
    (_priming, Activity.PRIMING, Denial.PRIME),
    (_priming_with_a_program_waiting, Activity.PRIMING, Denial.PRIME),
    (_bridging, Activity.BRIDGING, Denial.BRIDGE),
    (_dry, Activity.DRY, Denial.DRY),
    (_suspended, Activity.RUNNING, Denial.STOPPED),
    (_explanted, Activity.REMOVED, Denial.STOPPED),
    (_at_minimum_rate, Activity.RUNNING, Denial.NO_BOLUS),
    (_without_bolus, Activity.RUNNING, Denial.NO_BOLUS),
    (_during_a_bolus, Activity.RUNNING, Denial.BOLUS_RUNNING),
]


@pytest.mark.req("D11")
@pytest.mark.parametrize(("make", "activity", "denial"), STATES, ids=name_of)
def test_no_press_is_granted_where_no_bolus_may_run(make, activity, denial) -> None:
    bench = make()
    assert bench.pump.state.activity is activity
    before = bench.pump.state.copy()
    assert bench.pump.press() is denial
    assert bench.pump.state == before


@pytest.mark.req("D11")
@pytest.mark.parametrize(("make", "activity", "denial"), STATES, ids=name_of)
def test_no_clinician_bolus_starts_where_none_may_run(make, activity, denial) -> None:
    bench = make()
    before = bench.pump.state.copy()
    if make is _without_bolus:
        bench.pump.clinician_bolus(milligrams("0.1"), minutes(5))
        assert bench.pump.state.bolus is not None
        return
    with pytest.raises(PumpRefusalError):
        bench.pump.clinician_bolus(milligrams("0.1"), minutes(5))
    assert bench.pump.state == before


@pytest.mark.req("D11")
@pytest.mark.parametrize(
    "order",
    [
        lambda pump: pump.stop(),
        lambda pump: pump.write(continuous("1 mg/d", bolus=bolus())),
        lambda pump: pump.write(STOPPED),
        lambda pump: pump.prime(PrimeKind.CATHETER),
        lambda pump: pump.suspend(hours(1)),
        lambda pump: pump.explant(),
    ],
    ids=["stop", "program", "program that stops", "prime", "suspend", "explant"],
)
def test_a_running_bolus_ends_where_it_may_not_run_on(order) -> None:
    bench = running(bolus(lasts=hours(1)))
    bench.pump.press()
    bench.wait(15 * 60)
    order(bench.pump)
    bench.wait(5 * HOUR)
    # A quarter of 0.1 mg at 10 mg/mL.
    assert bench.volume(Purpose.PATIENT_BOLUS) == Volume.of("0.0025", "mL")


@pytest.mark.req("D11")
def test_running_dry_ends_a_bolus() -> None:
    bench = running(bolus("10", lasts=hours(20), lockout=hours(20)), "40 mg/d")
    usable = Volume.of("18.6", "mL")
    bench.wait(4 * DAY)
    assert bench.pump.press() is None
    bench.wait(2 * DAY)
    assert bench.pump.state.activity is Activity.DRY
    assert bench.pump.state.bolus is None
    assert bench.volume() == usable


# -- D12, D13, D01: stop, evenness, rate --------------------------------------------------------


@pytest.mark.req("D12")
def test_a_stop_stops_at_once_and_the_volume_given_until_then_is_booked() -> None:
    bench = running(bolus(lasts=hours(1)))
    bench.wait(10 * HOUR)
    bench.pump.press()
    bench.wait(20 * 60)
    bench.pump.stop()
    given = bench.volume()
    # 10 h 20 min at 0.2 mL/d, and a third of 0.01 mL.
    assert given == Volume.of(Fraction(2, 10) * Fraction(31, 72) + Fraction(1, 300), "mL")
    bench.wait(30 * DAY)
    assert bench.volume() == given


@pytest.mark.req("D13")
@given(
    cuts=st.lists(st.fractions(0, 1), min_size=1, max_size=6),
    lasts=st.sampled_from([minutes(1), minutes(5), hours(2), Duration.of(41, "s")]),
)
def test_a_bolus_is_even_from_its_start_to_its_end(cuts: list[Fraction], lasts: Duration) -> None:
    bench = running(bolus(lasts=lasts))
    assert bench.pump.press() is None
    start = bench.pump.state.now
    for cut in sorted(cuts):
        bench.pump.advance(start + lasts.base * cut)
        given = sum(r.volume.base for r in bench.rows if r.purpose is Purpose.PATIENT_BOLUS)
        assert given == 10 * cut
    bench.pump.advance(start + lasts.base + 1)
    assert bench.volume(Purpose.PATIENT_BOLUS) == Volume.of(10, "uL")
    rows = [row for row in joined(bench.rows) if row.purpose is Purpose.PATIENT_BOLUS]
    assert [(row.start, row.end) for row in rows] == [(start, start + lasts.base)]


@pytest.mark.req("D13")
def test_a_bolus_comes_on_top_of_the_background_in_rows_of_its_own() -> None:
    bench = running(bolus())
    bench.wait(DAY)
    bench.pump.press()
    bench.wait(HOUR)
    start = MONDAY + DAY
    background = [row for row in bench.rows if row.purpose is Purpose.THERAPY]
    during = sum(row.volume.base * share(row, start, start + 300) for row in background)
    assert during == Volume.of("0.2", "mL").base * Fraction(300, DAY)


@pytest.mark.req("D01")
def test_a_bolus_that_would_exceed_the_highest_rate_is_denied() -> None:
    # 0.2 mL/d and 23.8 mL/d are just the highest rate of 24 mL/d: 0.0826 mL in 5 min.
    just = Fraction("23.8") * 300 / DAY * 10
    assert running(bolus(str(just))).pump.press() is None
    assert running(bolus(str(just * Fraction(1001, 1000)))).pump.press() is Denial.RATE


@pytest.mark.req("D01")
@pytest.mark.parametrize("by", ["patient", "clinician"])
def test_a_bolus_that_a_step_would_lift_above_the_highest_rate_is_denied(by: str) -> None:
    """The background rises under the bolus: 12 and 11 mL/d fit, 12 and 15 mL/d do not."""
    step = Step(frozenset({0}), hours(1), hours(1), MassRate.of(15 * 10, "mg/d") * hours(1))
    dose = MassRate.of(12 * 10, "mg/d") * hours(1)
    order = InfusionProgram(
        Mode.FLEX,
        "morphine",
        MassRate.of(11 * 10, "mg/d"),
        steps=(step,),
        patient_bolus=PatientBolus(dose, hours(1), hours(2)),
    )
    bench = Bench()
    bench.pump.fill(Volume.of(20, "mL"), MORPHINE)
    bench.pump.write(order)
    bench.go_to(1)
    if by == "patient":
        assert bench.pump.press() is Denial.RATE
    else:
        with pytest.raises(RateRefusalError):
            bench.pump.clinician_bolus(dose, hours(1))
    # A bolus that ends as the step begins fits.
    bench = Bench()
    bench.pump.fill(Volume.of(20, "mL"), MORPHINE)
    bench.pump.write(order)
    assert bench.pump.press() is None
    bench.go_to(3 * HOUR)
    for row in bench.rows:
        rate = sum(
            r.volume.base / (r.end - r.start) for r in bench.rows if r.start <= row.start < r.end
        )
        assert rate <= ROLLER.maximum_rate.base


@pytest.mark.req("D14")
@pytest.mark.parametrize(
    ("dose", "volume"), [("0.05", "4"), ("0.039", "2"), ("0.0599", "4"), ("0.06", "6")]
)
def test_a_bolus_in_strokes_never_exceeds_the_order(dose: str, volume: str) -> None:
    bench = running(bolus(dose), setup=STROKES)
    assert bench.pump.press() is None
    bench.wait(HOUR)
    assert bench.volume(Purpose.PATIENT_BOLUS) == Volume.of(volume, "uL")
    assert Volume.of(volume, "uL").base * 10 <= milligrams(dose).base


@pytest.mark.req("D14")
def test_a_bolus_below_one_stroke_is_denied() -> None:
    bench = running(bolus("0.0199"), setup=STROKES)
    assert bench.pump.press() is Denial.NOTHING_TO_DELIVER


@pytest.mark.req("D14")
def test_limits_hold_after_rounding_to_strokes() -> None:
    """The dose limit reckons with the strokes that will be given, never with more."""
    order = bolus("0.05", lockout=hours(1), max_dose="1.08")
    bench = running(order, "1 mg/d", setup=STROKES)
    granted = 0
    for hour in range(24):
        bench.go_to(hour * HOUR)
        granted += bench.pump.press() is None
    bench.go_to(24 * HOUR)
    # 1 mg of background and two boluses of 0.04 mg are 1.08 mg.
    assert granted == 2
    assert bench.volume().base * 10 == milligrams("1.08").base


@pytest.mark.req("D01")
def test_a_program_outside_the_rates_of_the_model_is_refused_and_the_old_one_runs_on() -> None:
    bench = running(None)
    for dose in ("0.47 mg/d", "240.1 mg/d"):
        before = bench.pump.state.copy()
        with pytest.raises(RateRefusalError):
            bench.pump.write(continuous(dose))
        assert bench.pump.state == before
    bench.wait(DAY)
    assert bench.volume() == Volume.of("0.2", "mL")


@pytest.mark.req("D01")
@pytest.mark.parametrize("dose", ["0.47 mg/d", "240.1 mg/d"])
def test_a_bridge_outside_the_rates_of_the_model_is_refused(dose: str) -> None:
    bench = running(None)
    bench.pump.fill(Volume.of(20, "mL"), mixture(morphine="20 mg/mL"))
    before = bench.pump.state.copy()
    order = continuous("2 mg/d", bridge=BridgeOrder(MassRate.of(*dose.split(" "))))
    with pytest.raises(RateRefusalError):
        bench.pump.write(order)
    assert bench.pump.state == before


def test_what_a_grant_is_reckoned_with() -> None:
    bench = running(bolus())
    bench.pump.press()
    grant = bench.pump.state.grants[-1]
    assert grant.mass_of("morphine") == Mass.of("0.1", "mg")
    assert grant.mass_of("baclofen") == Mass.zero()
    assert bench.pump.state.bolus.rate == VolumeRate.of(Fraction(10 * 12), "uL/h")
