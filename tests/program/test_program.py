"""Programs as ordered and as stored: doses to volumes, steps, overlap, boluses, four numbers."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.errors import BadFileError, CannotComputeError
from thecal.pharmacy import Mixture
from thecal.program.program import (
    STOPPED,
    InfusionProgram,
    Mode,
    PatientBolus,
    Step,
    step_intervals,
    write_program,
)
from thecal.program.quantise import DeliveryGrid
from thecal.units import Concentration, Duration, Mass, MassRate, Volume, VolumeRate

HOUR, DAY, WEEK = 3600, 86400, 604800
FREE = DeliveryGrid(stroke=None, minimum_rate=VolumeRate.of("0.006", "mL/d"))
STROKES = DeliveryGrid(stroke=Volume.of(2, "uL"), minimum_rate=None)
MIXTURE = Mixture.of(
    {
        "morphine": Concentration.of(10, "mg/mL"),
        "bupivacaine": Concentration.of(5, "mg/mL"),
    }
)
MONDAY = Fraction(4 * DAY)


def step(days: str, start: float, length: float, dose: str = "0.1") -> Step:
    return Step(
        frozenset(int(day) for day in days),
        Duration(Fraction(start) * HOUR),
        Duration(Fraction(length) * HOUR),
        Mass.of(dose, "mg"),
    )


def flex(*steps: Step, dose: str = "0.5") -> InfusionProgram:
    return InfusionProgram(Mode.FLEX, "morphine", MassRate.of(dose, "mg/d"), steps=steps)


# -- doses to volumes ---------------------------------------------------------------------------


def test_the_others_follow_the_primary_by_concentration() -> None:
    """devices.md B14: 4 mg/d of morphine at 10 mg/mL: 0.4 mL/d and 2 mg/d of bupivacaine."""
    order = InfusionProgram(Mode.CONTINUOUS, "morphine", MassRate.of(4, "mg/d"))
    written = write_program(order, MIXTURE, FREE)
    assert written.background_rate == VolumeRate.of("0.4", "mL/d")
    assert written.daily_doses() == {"morphine": Mass.of(4, "mg"), "bupivacaine": Mass.of(2, "mg")}
    other = replace(order, primary="bupivacaine", daily_dose=MassRate.of(2, "mg/d"))
    assert write_program(other, MIXTURE, FREE).background_rate == written.background_rate


@pytest.mark.req("GIP-1.1.6")
@pytest.mark.inventory("S0.4")
def test_a_step_gives_its_dose_in_total_and_replaces_the_background() -> None:
    written = write_program(
        flex(step("01234", 7, 1, "0.2"), step("0123456", 21, 2, "0.3")), MIXTURE, FREE
    )
    tuesday = MONDAY + DAY
    schedule = written.programmed
    assert schedule.volume_between(tuesday + 7 * HOUR, tuesday + 8 * HOUR) == Volume.of(20, "uL")
    assert schedule.volume_between(tuesday + 21 * HOUR, tuesday + 23 * HOUR) == Volume.of(30, "uL")
    # 0.5 mg in 24 h as background for the 21 hours left, 0.2 mg and 0.3 mg.
    assert written.daily_doses()["morphine"] == Mass.of(
        Fraction(1, 2) * 21 / 24 + Fraction(1, 2), "mg"
    )
    assert written.background_rate == VolumeRate.of("0.05", "mL/d")


def test_a_step_across_midnight_and_sunday_belongs_to_the_day_it_starts() -> None:
    written = write_program(flex(step("6", 23, 2, "0.2")), MIXTURE, FREE)
    schedule = written.programmed
    assert schedule.rate_at(MONDAY) == VolumeRate.of(10, "uL/h")
    assert schedule.rate_at(MONDAY + HOUR) == written.background_rate
    assert schedule.rate_at(MONDAY - HOUR) == VolumeRate.of(10, "uL/h")
    assert schedule.volume_between(MONDAY - HOUR, MONDAY + HOUR) == Volume.of(20, "uL")
    assert schedule.rate_at(MONDAY + DAY) == written.background_rate


def test_a_step_may_pause_below_the_background() -> None:
    written = write_program(flex(step("0123456", 0, 12, "0.001")), MIXTURE, FREE)
    assert written.programmed.rate_at(MONDAY) < written.background_rate


# -- overlap ------------------------------------------------------------------------------------


@st.composite
def some_steps(draw: st.DrawFn) -> tuple[Step, ...]:
    return tuple(
        Step(
            frozenset(draw(st.sets(st.integers(0, 6), min_size=1, max_size=3))),
            Duration(Fraction(draw(st.integers(0, 23)) * HOUR)),
            Duration(Fraction(draw(st.sampled_from([1, 2, 3, 12, 24, 30, 100])) * HOUR)),
            Mass.of(1, "mg"),
        )
        for _ in range(draw(st.integers(0, 4)))
    )


@given(steps=some_steps())
def test_steps_overlap_exactly_where_two_of_them_want_the_same_hour(
    steps: tuple[Step, ...],
) -> None:
    hours: list[int] = []
    for one in steps:
        for day in one.days:
            first = day * 24 + int(one.start.base) // HOUR
            hours += [(first + k) % 168 for k in range(int(one.duration.base) // HOUR)]
    if len(hours) != len(set(hours)):
        with pytest.raises(BadFileError, match="overlap"):
            step_intervals(steps)
        return
    intervals = step_intervals(steps)
    assert sum(int(end - start) // HOUR for start, end, _ in intervals) == len(hours)
    assert intervals == sorted(intervals, key=lambda interval: interval[:2])


def test_steps_may_touch() -> None:
    assert len(step_intervals((step("0", 22, 2), step("1", 0, 1), step("0", 21, 1)))) == 3
    assert len(step_intervals((step("6", 22, 2), step("0", 0, 1)))) == 2


# -- what cannot be written ---------------------------------------------------------------------


def test_a_primary_that_the_mixture_lacks_is_refused() -> None:
    order = InfusionProgram(Mode.CONTINUOUS, "baclofen", MassRate.of(1, "mg/d"))
    with pytest.raises(BadFileError, match="baclofen") as refusal:
        write_program(order, MIXTURE, FREE)
    assert "morphine" in refusal.value.remedy


@pytest.mark.parametrize("mode", [Mode.CONTINUOUS, Mode.FLEX])
@pytest.mark.req("D19")
def test_a_therapy_without_a_dose_is_refused_never_defaulted(mode: Mode) -> None:
    with pytest.raises(BadFileError):
        write_program(InfusionProgram(mode, "morphine"), MIXTURE, FREE)
    with pytest.raises(BadFileError):
        write_program(InfusionProgram(mode, None, MassRate.of(1, "mg/d")), MIXTURE, FREE)


@pytest.mark.req("GIP-1.1.8")
def test_stopped_and_minimum_rate_need_no_drug() -> None:
    stopped = write_program(STOPPED, MIXTURE, FREE)
    assert stopped.background_rate == VolumeRate.zero()
    least = write_program(InfusionProgram(Mode.MINIMUM_RATE), MIXTURE, FREE)
    assert least.background_rate == VolumeRate.of("0.006", "mL/d")
    assert not least.program.is_therapy
    assert least.bolus is None
    with pytest.raises(CannotComputeError):
        write_program(InfusionProgram(Mode.MINIMUM_RATE), MIXTURE, STROKES)


# -- programmed and achievable ------------------------------------------------------------------

doses = st.fractions(Fraction(1, 1000), 20, max_denominator=1000)


@pytest.mark.req("D14")
@given(dose=doses, first=doses, second=doses, bolus=doses)
def test_what_strokes_achieve_never_exceeds_the_order_anywhere(
    dose: Fraction, first: Fraction, second: Fraction, bolus: Fraction
) -> None:
    order = InfusionProgram(
        Mode.FLEX,
        "morphine",
        MassRate.of(dose, "mg/d"),
        steps=(
            replace(step("024", 7, 1), dose=Mass.of(first, "mg")),
            replace(step("0123456", 22, 3), dose=Mass.of(second, "mg")),
        ),
        patient_bolus=PatientBolus(
            Mass.of(bolus, "mg"), Duration.of(5, "min"), Duration.of(1, "h")
        ),
    )
    written = write_program(order, MIXTURE, STROKES)
    hours = [MONDAY + hour * HOUR for hour in range(168)]
    for hour in hours:
        assert written.achievable.rate_at(hour) <= written.programmed.rate_at(hour)
    assert written.achievable_daily_doses()["morphine"] <= written.daily_doses()["morphine"]
    assert written.bolus is not None
    assert written.bolus.achievable <= written.bolus.programmed
    assert written.bolus.programmed - written.bolus.achievable < Volume.of(2, "uL")
    step_volume = written.achievable.volume_between(MONDAY + 22 * HOUR, MONDAY + 25 * HOUR)
    assert step_volume.ratio(Volume.of(2, "uL")).denominator == 1
    free = write_program(order, MIXTURE, FREE)
    assert free.achievable == free.programmed


@pytest.mark.req("D01")
def test_the_largest_rate_is_the_fullest_step_with_a_bolus_on_top() -> None:
    order = replace(
        flex(step("0", 7, 1, "0.24")),
        patient_bolus=PatientBolus(
            Mass.of("0.1", "mg"), Duration.of(5, "min"), Duration.of(1, "h")
        ),
    )
    written = write_program(order, MIXTURE, FREE)
    assert written.largest_rate() == VolumeRate.of(24 + 120, "uL/h")


# -- boluses a day ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lockout", "lasts", "count", "limit", "expected"),
    [
        (6, "5", None, None, Fraction(4)),
        (7, "5", None, None, Fraction(24, 7)),
        (6, "5", 3, None, Fraction(3)),
        (6, "5", 9, None, Fraction(4)),
        (1, "120", None, None, Fraction(12)),
        (1, "5", None, "2.35", Fraction(3)),
        (1, "5", 2, "2.35", Fraction(2)),
        (1, "5", None, "1.9", Fraction(0)),
    ],
)
def test_boluses_a_day_by_lockout_count_and_dose(
    lockout: int, lasts: str, count: int | None, limit: str | None, expected: Fraction
) -> None:
    order = InfusionProgram(
        Mode.CONTINUOUS,
        "morphine",
        MassRate.of(2, "mg/d"),
        patient_bolus=PatientBolus(
            Mass.of("0.1", "mg"),
            Duration.of(lasts, "min"),
            Duration.of(lockout, "h"),
            count,
            None if limit is None else Mass.of(limit, "mg"),
        ),
    )
    assert write_program(order, MIXTURE, FREE).boluses_per_day() == expected
    assert write_program(STOPPED, MIXTURE, FREE).boluses_per_day() == 0
