"""Rates over time: exact Poisson intervals, and published rates beside the clinic's count."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.complications.compare import Place
from thecal.care.complications.person_time import beside, garwood_interval, timed_rate
from thecal.care.complications.register import complication, complications
from thecal.care.complications.rules import definition
from thecal.errors import EntryError

TAIL = 0.025


def poisson_up_to(count: int, mean: float) -> float:
    """The sum itself, term by term: it shares nothing with the quantiles of the gamma."""
    return math.fsum(
        math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count + 1)
    )


@pytest.mark.inventory("S3.19")
@pytest.mark.parametrize(
    ("events", "low", "high"),
    [(0, 0, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668), (10, 4.795, 18.390)],
)
def test_the_interval_of_a_count_is_that_of_the_printed_tables(events, low, high) -> None:
    found = garwood_interval(events)
    assert float(found[0]) == pytest.approx(low, abs=6e-4)
    assert float(found[1]) == pytest.approx(high, abs=6e-4)


@given(st.integers(min_value=1, max_value=300))
def test_beyond_each_end_lies_no_more_than_it_says(events: int) -> None:
    low, high = (float(one) for one in garwood_interval(events))
    assert low < events < high
    assert poisson_up_to(events, high) == pytest.approx(TAIL, rel=1e-6)
    assert 1 - poisson_up_to(events - 1, low) == pytest.approx(TAIL, rel=1e-4)


def test_a_rate_is_events_over_years_and_few_are_called_few() -> None:
    four = timed_rate(4, Fraction(20))
    assert four is not None
    assert four.value == Fraction(1, 5)
    assert (round(float(four.low), 4), round(float(four.high), 4)) == (0.0545, 0.5121)
    assert four.small
    five = timed_rate(5, Fraction(20))
    assert five is not None
    assert not five.small


def test_nothing_observed_has_no_rate_and_below_nothing_is_no_count() -> None:
    assert timed_rate(0, Fraction(0)) is None
    with pytest.raises(EntryError):
        garwood_interval(-1)


def test_a_rate_of_the_same_denominator_is_put_beside_and_another_only_named() -> None:
    over = {"refill": Fraction(400), "patient": Fraction(0), "pump-year": Fraction(80)}
    found = {one.rate.study: one for one in beside(complication("pocket-fill"), 6, 6, over)}
    assert found["maker"].expected is not None
    assert found["maker"].expected.place is Place.MORE
    shares = beside(complication("pump-failure"), 1, 1, over)
    reports = [one for one in shares if one.rate.per == "report of a device"]
    assert reports
    assert all(one.expected is None and "no rate" in one.differs for one in reports)


def test_people_are_held_against_a_share_of_people_and_events_against_operations() -> None:
    over = {"patient": Fraction(50), "procedure": Fraction(60)}
    for one in beside(complication("infection"), 7, 5, over):
        if one.expected is not None:
            assert one.expected.observed == (5 if one.rate.per == "patient" else 7)


def test_how_every_published_denominator_stands_is_said() -> None:
    used = {rate.per for one in complications().values() for rate in one.rates}
    assert {per for per in used if not definition(per)} == set()
