"""The model: exact curves, break-even, ratio; properties that any pump and price must keep."""

from __future__ import annotations

from dataclasses import fields, replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.errors import EntryError
from thecal.lab.economics.inputs import Inputs
from thecal.lab.economics.model import break_even, curves, icer, monthly_running
from thecal.lab.economics.tornado import tornado
from thecal.lab.economics.uncertainty import sample, uncertainty

MONEY = st.integers(0, 20000).map(Fraction)
NONE = {one.name: Fraction(0) for one in fields(Inputs)}
PLAIN = Inputs(
    **(
        NONE
        | {
            "implant": Fraction(12000),
            "trial_success": Fraction(1),
            "other_monthly": Fraction(100),
            "conventional_monthly": Fraction(500),
            "replacement_years": Fraction(100),
        }
    )
)


def test_break_even_is_the_first_month_at_which_the_pump_costs_no_more() -> None:
    found = break_even(curves(PLAIN, 60))
    assert found is not None
    assert (found.month, found.exact, found.stays) == (30, 30, True)
    dearer = break_even(curves(replace(PLAIN, implant=Fraction(12001)), 60))
    assert dearer is not None
    assert dearer.month == 31
    assert 30 < dearer.exact < 31
    assert break_even(curves(PLAIN, 29)) is None


@given(MONEY, MONEY, MONEY, st.integers(1, 120))
def test_without_inflation_and_discount_the_curves_are_straight(
    implant: Fraction, monthly: Fraction, without: Fraction, months: int
) -> None:
    given_ = replace(PLAIN, implant=implant, other_monthly=monthly, conventional_monthly=without)
    found = curves(given_, months)
    assert found.pump[-1] == implant + monthly * months
    assert found.conventional[-1] == without * months
    even = break_even(found)
    if even is not None and implant > 0:
        assert even.exact == implant / (without - monthly)


@given(MONEY, MONEY)
def test_a_dearer_implant_never_breaks_even_earlier(one: Fraction, other: Fraction) -> None:
    low, high = (
        break_even(curves(replace(PLAIN, implant=cost), 60)) for cost in sorted((one, other))
    )
    if high is not None:
        assert low is not None
        assert low.exact <= high.exact


@given(st.integers(0, 100).map(lambda n: Fraction(n, 100)), st.integers(1, 60))
def test_of_the_tried_only_the_successful_get_a_pump(share: Fraction, months: int) -> None:
    tried = replace(PLAIN, trial=Fraction(1000), trial_success=share)
    found, all_of_them = curves(tried, months), curves(PLAIN, months)
    expected = 1000 + share * all_of_them.pump[-1] + (1 - share) * all_of_them.conventional[-1]
    assert found.pump[-1] == expected


@pytest.mark.parametrize(
    ("years", "months", "pumps"),
    [("5", 60, 0), ("5", 61, 1), ("5", 120, 1), ("5", 121, 2), ("5.4", 64, 0), ("5.4", 66, 1)],
)
def test_a_pump_is_replaced_every_so_many_years_and_not_in_the_last_month(
    years: str, months: int, pumps: int
) -> None:
    given_ = replace(PLAIN, replacement=Fraction(9000), replacement_years=Fraction(years))
    extra = curves(given_, months).pump[-1] - curves(PLAIN, months).pump[-1]
    assert extra == 9000 * pumps


def test_a_replacement_can_undo_the_break_even() -> None:
    given_ = replace(PLAIN, replacement=Fraction(9000), replacement_years=Fraction(3))
    found = break_even(curves(given_, 40))
    assert found is not None
    assert (found.month, found.stays) == (30, False)


def test_prices_rise_and_values_are_discounted_at_each_full_year() -> None:
    changed = replace(PLAIN, inflation=Fraction(2, 100), discount=Fraction(5, 100))
    found = curves(changed, 24)
    assert found.conventional[12] == 6000
    assert found.conventional[24] == 6000 + 6000 * Fraction(102, 105)


def test_what_a_month_with_a_pump_costs() -> None:
    given_ = replace(
        PLAIN,
        refill_visit=Fraction(180),
        refill_drug=Fraction(140),
        refills_per_year=Fraction(6),
        programming=Fraction(300),
        complication_cost=Fraction(4200),
        complications_per_year=Fraction("0.4"),
    )
    assert monthly_running(given_) == 100 + (320 * 6 + 300 + 1680) / Fraction(12)


@pytest.mark.parametrize(
    ("implant", "gain", "verdict"),
    [
        (0, "0.1", "dominant"),
        (99999, "-0.1", "dominated"),
        (99999, "0.1", "dearer-and-better"),
        (0, "-0.1", "cheaper-and-worse"),
    ],
)
def test_the_ratio_says_in_which_corner_it_lies(implant: int, gain: str, verdict: str) -> None:
    given_ = replace(
        PLAIN,
        implant=Fraction(implant),
        utility_conventional=Fraction("0.5"),
        utility_pump=Fraction("0.5") + Fraction(gain),
    )
    found = curves(given_, 12)
    word, ratio = icer(found)
    assert word == verdict
    assert found.quality_years == Fraction(gain)
    assert ratio == (None if word.startswith("domin") else found.increment / Fraction(gain))


@given(MONEY, MONEY)
def test_who_is_willing_to_pay_the_ratio_has_no_net_benefit_left(
    one: Fraction, two: Fraction
) -> None:
    given_ = replace(PLAIN, implant=one, conventional_monthly=two, utility_pump=Fraction("0.6"))
    found = curves(given_, 12)
    _, ratio = icer(found)
    if ratio is not None:
        assert found.net_benefit(ratio) == 0


def test_the_tornado_puts_the_widest_swing_first() -> None:
    ranges = {
        "implant": (Fraction(11000), Fraction(13000)),
        "conventional_monthly": (Fraction(300), Fraction(700)),
    }
    first, second = tornado(PLAIN, ranges, 60, None)
    assert (first.name, first.width) == ("conventional_monthly", 400 * 60)
    assert (second.name, second.result_low, second.result_high) == ("implant", 13000, 11000)


ERRORS = {"implant": Fraction(1500), "conventional_monthly": Fraction(60)}


def test_the_same_seed_gives_the_same_draws_and_another_gives_others() -> None:
    one, again, other = (uncertainty(PLAIN, ERRORS, 60, (), 2000, seed) for seed in (7, 7, 8))
    assert one == again
    assert one.increment != other.increment


def test_the_mean_of_the_draws_is_the_base_case() -> None:
    drawn = uncertainty(PLAIN, ERRORS, 60, (Fraction(20000),), 20000, 3)
    base = float(curves(PLAIN, 60).increment)
    # Standard error of the mean: sqrt(1500^2 + (60 x 60)^2) / sqrt(20000) = 28.
    assert abs(drawn.increment[0] - base) < 5 * 28
    assert drawn.increment[1] < base < drawn.increment[2]
    assert drawn.effective[Fraction(20000)] == drawn.cheaper


@pytest.mark.parametrize(("mean", "error", "share"), [("0.55", "0.03", True), ("900", "90", False)])
def test_draws_have_the_mean_and_error_asked_for(mean: str, error: str, share: bool) -> None:
    found = sample(Fraction(mean), Fraction(error), share, 200_000, np.random.default_rng(5))
    assert np.mean(found) == pytest.approx(float(Fraction(mean)), rel=0.01)
    assert np.std(found) == pytest.approx(float(Fraction(error)), rel=0.02)
    assert found.min() > 0
    assert not share or found.max() < 1


@pytest.mark.parametrize(("mean", "error", "share"), [("0", "1", False), ("0.5", "0.5", True)])
def test_an_error_that_fits_no_distribution_is_refused(mean: str, error: str, share: bool) -> None:
    with pytest.raises(EntryError):
        sample(Fraction(mean), Fraction(error), share, 10, np.random.default_rng(5))


def test_draws_without_spread_are_the_exact_model() -> None:
    """One formula serves exact numbers and draws: inputs that do not vary give the same."""
    given_ = replace(
        PLAIN,
        inflation=Fraction(2, 100),
        discount=Fraction(3, 100),
        replacement=Fraction(9000),
        replacement_years=Fraction("2.7"),
        utility_pump=Fraction("0.6"),
        utility_conventional=Fraction("0.4"),
    )
    drawn = uncertainty(given_, {}, 60, (), 10, 1)
    exact = curves(given_, 60)
    assert drawn.increment == pytest.approx([float(exact.increment)] * 3)
    assert drawn.quality_years == pytest.approx([float(exact.quality_years)] * 3)
