"""Where the worst case begins to be asked: shortest windows, phases and deliveries at the edge."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from thecal.errors import CannotComputeError
from thecal.pharmacy.mixture import Mixture
from thecal.program.schedule import WeeklySchedule
from thecal.program.worst_case import BolusRule, KnownDelivery, Phase, worst_case
from thecal.units import Concentration, Duration, Mass, Volume, VolumeRate

HOUR = 3600
MORPHINE = Mixture.of({"morphine": Concentration(Fraction(1))})


def flat(rate: int) -> WeeklySchedule:
    """So many microlitres an hour."""
    return WeeklySchedule.constant(VolumeRate(Fraction(rate, HOUR)))


def bolus(volume: int, minutes: int, lockout_minutes: int) -> BolusRule:
    return BolusRule(
        Volume(Fraction(volume)),
        Duration(Fraction(60 * minutes)),
        Duration(Fraction(60 * lockout_minutes)),
        None,
        Mass(Fraction(volume)),
        None,
        Mass.zero(),
    )


def phase(begin: int, end: int | None, rate: int, rule: BolusRule | None = None) -> Phase:
    """From hour `begin` to hour `end`."""
    close = None if end is None else Fraction(end * HOUR)
    return Phase(Fraction(begin * HOUR), close, flat(rate), MORPHINE, rule)


def delivery(begin: int, end: int, volume: int) -> KnownDelivery:
    return KnownDelivery(
        Fraction(begin * HOUR), Fraction(end * HOUR), Volume(Fraction(volume)), MORPHINE
    )


def morphine(
    phases: list[Phase], known: list[KnownDelivery], *, seconds: Fraction = Fraction(24 * HOUR)
) -> Fraction:
    """In windows that end after hour 0."""
    found = worst_case(phases, known, window=Duration(seconds), ends_after=Fraction(0))
    return found["morphine"].base if found else Fraction(0)


@pytest.mark.parametrize("seconds", [Fraction(1), Fraction(1, 3), Fraction(24 * HOUR)])
def test_any_window_up_to_24_hours_is_answered(seconds: Fraction) -> None:
    assert morphine([phase(-48, None, 1)], [], seconds=seconds) == seconds / HOUR


@pytest.mark.parametrize("seconds", [Fraction(0), Fraction(24 * HOUR) + Fraction(1, 1000)])
def test_a_window_without_length_and_one_beyond_24_hours_are_refused(seconds: Fraction) -> None:
    with pytest.raises(CannotComputeError):
        morphine([phase(-48, None, 1)], [], seconds=seconds)


def test_what_is_over_when_the_first_window_opens_is_not_judged() -> None:
    """Windows of 24 h that end after hour 0 begin after hour -24."""
    in_no_time = bolus(1, 0, 60)
    assert morphine([phase(-30, -24, 9, in_no_time), phase(-24, None, 1)], []) == 24
    with pytest.raises(CannotComputeError):
        morphine([phase(-30, -23, 9, in_no_time), phase(-23, None, 1)], [])
    assert morphine([phase(-24, None, 1)], [delivery(-24, -24, 5)]) == 24
    with pytest.raises(CannotComputeError):
        morphine([phase(-24, None, 1)], [delivery(-23, -23, 5)])


def test_a_delivery_of_nothing_may_take_no_time() -> None:
    assert morphine([phase(-24, None, 1)], [delivery(1, 1, 0)]) == 24


def test_a_phase_of_no_length_gives_nothing() -> None:
    phases = [phase(-48, 0, 1), phase(0, 0, 9, bolus(9, 5, 5)), phase(0, None, 2)]
    assert morphine(phases, []) == 48


def test_a_bolus_longer_than_the_window_runs_on_in_the_last_program() -> None:
    """Half an hour at 30 uL/h, then half an hour at 20; either alone is less."""
    phases = [phase(-48, 0, 0, bolus(15, 30, 180)), phase(0, None, 0, bolus(40, 120, 0))]
    assert morphine(phases, [], seconds=Fraction(HOUR)) == 15 + 10


@pytest.mark.parametrize(("last_hours", "most"), [(0, 0), (1, 2), (4, 8)])
def test_a_step_lies_on_its_own_day_to_the_second(last_hours: int, most: int) -> None:
    """2 uL/h on Sunday from 20:00 to 24:00; the program runs from a Monday to that evening."""
    monday = 4 * 24  # 1970-01-05
    sunday_evening = (Fraction((6 * 24 + 20) * HOUR), Fraction(7 * 24 * HOUR))
    schedule = WeeklySchedule.from_intervals(
        VolumeRate.zero(), [(*sunday_evening, VolumeRate(Fraction(2, HOUR)))]
    )
    start, end = monday * HOUR, (monday + 6 * 24 + 20 + last_hours) * HOUR
    assert morphine([Phase(Fraction(start), Fraction(end), schedule, MORPHINE, None)], []) == most


def test_parts_of_a_microgram_count_towards_the_dose_of_a_day() -> None:
    """Room for 1.5 mcg: three boluses of half a microgram, one of 1.5 mcg, none of 1.51 mcg."""
    half = replace(
        bolus(1, 60, 60), dose=Mass(Fraction(1, 2)), max_dose_per_day=Mass(Fraction(3, 2))
    )
    assert morphine([phase(0, None, 0, half)], []) == 3
    assert morphine([phase(0, None, 0, replace(half, dose=Mass(Fraction(3, 2))))], []) == 1
    assert morphine([phase(0, None, 0, replace(half, dose=Mass(Fraction(151, 100))))], []) == 0


def test_a_delivery_after_all_programs_have_ended_still_counts() -> None:
    assert morphine([phase(0, 6, 1)], [delivery(100, 102, 9)]) == 9
    assert morphine([], [delivery(100, 102, 9)]) == 9
    assert morphine([phase(0, 6, 1)], [delivery(7, 9, 9), delivery(1, 3, 4)]) == 6 + 9 + 4
