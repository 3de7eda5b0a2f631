"""Absurd inputs stay within reach: idle weeks change nothing, grouped boluses never give less."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

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
