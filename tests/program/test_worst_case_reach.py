"""Absurd inputs stay within reach: idle weeks change nothing, grouped boluses never give less."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thecal.errors import CannotComputeError
from thecal.pharmacy import Mixture
from thecal.program.schedule import WeeklySchedule
from thecal.program.worst_case import BolusRule, KnownDelivery, Phase, worst_case
from thecal.program.worst_case_reach import grouped, without_idle_weeks
from thecal.units import DAY, Concentration, Duration, Mass, Volume, VolumeRate

MIXTURE = Mixture.of({"morphine": Concentration.of(10, "mg/mL")})
WEEK = 7 * 86400
FLEX = WeeklySchedule.from_intervals(
    VolumeRate.of(100, "uL/d"),
    [(Fraction(3600 * 30), Fraction(3600 * 33), VolumeRate.of(40, "uL/h"))],
)


def rule(spacing: Fraction, count: int | None = None) -> BolusRule:
    return BolusRule(
        volume=Volume(Fraction(5)),
        duration=Duration(spacing),
        lockout=Duration(spacing),
        max_per_day=count,
        dose=Mass(Fraction(50)),
        max_dose_per_day=None,
        largest_background=Mass(Fraction(1000)),
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(5, 14), st.integers(0, 3 * WEEK), st.integers(1, 4))
def test_idle_weeks_can_be_cut_without_changing_the_worst_case(
    weeks: int, offset: int, count: int
) -> None:
    middle = Fraction(offset + weeks * WEEK)
    bolus = rule(Fraction(3600), count)
    phases = [
        Phase(Fraction(0), Fraction(offset), FLEX, MIXTURE, bolus),
        Phase(Fraction(offset), middle, FLEX, MIXTURE, None),
        Phase(middle, None, WeeklySchedule.constant(VolumeRate.of(90, "uL/d")), MIXTURE, bolus),
    ]
    known = [KnownDelivery(Fraction(offset), middle, Volume(Fraction(70 * weeks)), MIXTURE)]
    short, short_known, ends = without_idle_weeks(phases, known, Fraction(offset))
    assert short[1].end is not None
    assert short[1].end - short[1].start < 5 * WEEK + 1
    rate = known[0].volume.base / (known[0].end - known[0].start)
    cut = short_known[0]
    assert cut.volume.base / (cut.end - cut.start) == rate
    assert (cut.start, cut.end) == (short[1].start, short[1].end)
    longer = [phases[0], phases[1], phases[2]]
    assert worst_case(short, short_known, window=DAY, ends_after=ends) == worst_case(
        longer, known, window=DAY, ends_after=Fraction(offset)
    )


def test_a_stretch_of_ten_thousand_years_is_judged_at_once() -> None:
    end = Fraction(10_000 * 365 * 86400)
    phases = [
        Phase(Fraction(0), end, FLEX, MIXTURE, None),
        Phase(end, None, FLEX, MIXTURE, rule(Fraction(3600), 2)),
    ]
    known = [KnownDelivery(Fraction(0), end, Volume(Fraction(10**9)), MIXTURE)]
    result = worst_case(phases, known, window=DAY, ends_after=Fraction(0))
    assert result["morphine"] > Mass(FLEX.fullest_day.base * 10)


@settings(max_examples=30, deadline=None)
@given(st.fractions(Fraction(1, 2), Fraction(9)))
def test_grouped_boluses_give_no_less_and_little_more(spacing: Fraction) -> None:
    phase = Phase(Fraction(0), None, FLEX, MIXTURE, rule(spacing))
    result = worst_case([phase], [], window=DAY, ends_after=Fraction(0))["morphine"].base
    whole, rest = divmod(Fraction(86400), spacing)
    exact = (FLEX.fullest_day.base + (whole + rest / spacing) * 5) * 10
    assert exact <= result <= exact * Fraction(103, 100)


def test_ordinary_boluses_are_not_grouped() -> None:
    for ordinary in (rule(Fraction(10)), rule(Fraction(300)), rule(Fraction(1, 100), 6)):
        phase = Phase(Fraction(0), None, FLEX, MIXTURE, ordinary)
        assert grouped(phase) is phase


def test_boluses_of_a_microsecond_are_judged_at_once() -> None:
    phase = Phase(Fraction(0), None, FLEX, MIXTURE, rule(Fraction(1, 10**6)))
    assert worst_case([phase], [], window=DAY, ends_after=Fraction(0))["morphine"]


def test_groups_of_boluses_six_seconds_apart_worked_by_hand() -> None:
    """600 s hold 100 of them: a group gives 101 volumes as fast as one, and counts as 100."""
    single = replace(rule(Fraction(6), 10_000), duration=Duration(Fraction(4)))
    together = grouped(Phase(Fraction(0), None, FLEX, MIXTURE, single)).bolus
    assert together == BolusRule(
        volume=Volume(Fraction(505)),
        duration=Duration(Fraction(6)),
        lockout=Duration(Fraction(600)),
        max_per_day=101,
        dose=Mass(Fraction(5000)),
        max_dose_per_day=None,
        largest_background=Mass(Fraction(1000)),
    )


@pytest.mark.parametrize(("count", "is_grouped"), [(8640, False), (8641, True), (None, True)])
def test_boluses_are_grouped_where_more_than_8640_a_day_are_let_through(
    count: int | None, is_grouped: bool
) -> None:
    phase = Phase(Fraction(0), None, FLEX, MIXTURE, rule(Fraction(1), count))
    assert (grouped(phase) is not phase) == is_grouped


@pytest.mark.parametrize(("boluses", "is_grouped"), [(8640, False), (8641, True)])
def test_a_dose_of_the_day_that_few_boluses_use_up_needs_no_groups(
    boluses: int, is_grouped: bool
) -> None:
    """Room is what the largest background, 1000 mcg, leaves of the dose of a day."""
    most = Mass(Fraction(1000 + 50 * boluses))
    phase = Phase(
        Fraction(0), None, FLEX, MIXTURE, replace(rule(Fraction(1)), max_dose_per_day=most)
    )
    assert (grouped(phase) is not phase) == is_grouped


def test_so_many_weeks_are_kept_that_a_lockout_of_weeks_still_ends_in_time() -> None:
    """A bolus of six weeks, 1 uL/h; its sixth week is over when 5.5 weeks of lockout are.

    Before the change 23 h of it fit into the window, after it the whole of the new bolus, 5 uL.
    """
    hour, change = 3600, 20 * WEEK
    old = replace(
        rule(Fraction(6 * WEEK)), volume=Volume(Fraction(42 * 24)), lockout=Duration(Fraction(0))
    )
    new = replace(rule(Fraction(hour)), lockout=Duration(Fraction(11 * WEEK, 2)))
    still = WeeklySchedule.constant(VolumeRate.zero())
    phases = [
        Phase(Fraction(-hour), Fraction(0), still, MIXTURE, rule(Fraction(hour))),
        Phase(Fraction(0), Fraction(change), still, MIXTURE, old),
        Phase(Fraction(change), None, still, MIXTURE, new),
    ]
    result = worst_case(phases, [], window=DAY, ends_after=Fraction(change))
    assert result["morphine"] == Mass(Fraction((23 + 5) * 10))


def test_a_delivery_in_no_time_is_refused_after_idle_weeks_too() -> None:
    moment = Fraction(50 * WEEK)
    phases = [Phase(Fraction(0), None, FLEX, MIXTURE, None)]
    known = [KnownDelivery(moment, moment, Volume(Fraction(1)), MIXTURE)]
    with pytest.raises(CannotComputeError):
        worst_case(phases, known, window=DAY, ends_after=Fraction(0))
