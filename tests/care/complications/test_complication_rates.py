"""Published rates, what they let expect, and how far a count may lie from it."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.complications.compare import Place, expectation, expectations
from thecal.care.complications.register import DENOMINATORS, complication, complications, grades
from thecal.care.intervals import binomial_range, poisson_range, wilson_interval
from thecal.errors import EntryError, UnknownIdError

RATES = {rate.shown: rate for one in complications().values() for rate in one.rates}
PROPORTIONS = [one for one in RATES.values() if one.value <= 1]


def rate(name: str, study: str) -> Fraction:
    return next(one.value for one in complication(name).rates if one.study == study)


@pytest.mark.inventory("T35")
def test_1000_patients_with_6_refills_a_year_let_expect_0_6_pocket_fills() -> None:
    maker = complication("pocket-fill").rates[0]
    assert maker.study == "maker"
    found = expectation(maker, Fraction(1000 * 6))
    assert found.expected == Fraction(6, 10)
    assert (found.least, found.most) == (0, 2)


def test_clinics_count_3_to_40_times_the_figure_of_the_maker() -> None:
    maker = rate("pocket-fill", "maker")
    ratios = [
        rate("pocket-fill", study) / maker
        for study in ("one clinic, ten years", "one clinic, 2019", "one clinic, 2020")
    ]
    assert [round(float(one), 1) for one in ratios] == [2.9, 12.0, 39.9]


def test_wilson_gives_the_interval_of_the_facts_for_3_of_752() -> None:
    least, most = wilson_interval(3, 752)
    assert round(float(least) * 100, 2) == 0.14
    assert round(float(most) * 100, 2) == 1.17


@pytest.mark.inventory("S1.R10")
def test_deaths_after_the_start_of_intrathecal_opioids() -> None:
    expected = {"death-3-days": "0.088", "death-1-month": "0.39", "death-1-year": "3.89"}
    for name, percent in expected.items():
        (one,) = complication(name).rates
        assert one.value == Fraction(percent) / 100
        assert "times a matched population" in one.fact.note


@pytest.mark.inventory("S3.19")
@pytest.mark.parametrize(
    ("name", "rates"),
    [
        ("catheter-dislodgement", 0),
        ("catheter-obstruction", 1),
        ("overdose", 0),
        ("pump-failure", 5),
        ("infection", 8),
    ],
)
def test_each_risk_of_the_patient_page_is_coded_with_the_rates_on_record(
    name: str, rates: int
) -> None:
    assert len(complication(name).rates) == rates


@pytest.mark.inventory("S1.R25")
def test_a_blocked_catheter_leads_to_the_troubleshooting() -> None:
    step = complication("catheter-obstruction").next_step
    assert step is not None
    assert "troubleshoot" in step.value
    assert rate("catheter-obstruction", "n = 126, 43 months") == Fraction(6, 126)


@pytest.mark.parametrize(
    ("name", "study", "percent"),
    [
        ("pump-failure", "maker", "2.4"),
        ("nausea-vomiting", "Turner 2007", "33"),
        ("urinary-retention", "Turner 2007", "24"),
        ("pruritus", "Turner 2007", "26"),
        ("nausea-vomiting", "label, nausea", "40"),
        ("memory-impairment", "label", "12"),
        ("csf-leak", "n = 341, 6.3 years", "24.9"),
        ("infection", "n = 430, 8.6 years", "9.3"),
    ],
)
def test_published_figures(name: str, study: str, percent: str) -> None:
    assert rate(name, study) == Fraction(percent) / 100


def test_every_complication_has_two_names_and_every_grade_a_meaning() -> None:
    for one in complications().values():
        assert one.name.en
        assert one.name.de
    assert tuple(grades()) == ("1", "2", "3", "4", "5")


def test_an_unknown_complication_is_refused() -> None:
    with pytest.raises(UnknownIdError, match="did you mean"):
        complication("granulom")


@pytest.mark.parametrize(
    ("expected", "range_"),
    [("0", (0, 0)), ("0.6", (0, 2)), ("1", (0, 3)), ("10", (4, 17)), ("100", (81, 120))],
)
def test_poisson_ranges_of_the_tables(expected: str, range_: tuple[int, int]) -> None:
    assert poisson_range(Fraction(expected)) == range_


@pytest.mark.parametrize(
    ("number", "chance", "range_"),
    [
        (10, "0.5", (2, 8)),
        (20, "0.1", (0, 5)),
        (5, "0", (0, 0)),
        (5, "1", (5, 5)),
        (0, "0.3", (0, 0)),
    ],
)
def test_binomial_ranges_of_the_tables(number: int, chance: str, range_: tuple[int, int]) -> None:
    assert binomial_range(number, Fraction(chance)) == range_


@given(st.integers(1, 200), st.fractions(0, 1))
def test_the_binomial_range_holds_its_level_and_stays_among_the_number(
    number: int, chance: Fraction
) -> None:
    least, most = binomial_range(number, chance)
    assert 0 <= least <= most <= number
    inside = sum(
        math.comb(number, k) * float(chance) ** k * float(1 - chance) ** (number - k)
        for k in range(least, most + 1)
    )
    assert inside >= 0.95 - 1e-9


@given(st.fractions(0, 5000), st.fractions(0, 5000))
def test_a_larger_expectation_never_lowers_the_range(one: Fraction, other: Fraction) -> None:
    low, high = sorted((one, other))
    first, second = poisson_range(low), poisson_range(high)
    assert first[0] <= second[0]
    assert first[1] <= second[1]


@given(st.integers(1, 100_000), st.data())
def test_wilson_holds_the_share_between_0_and_1(number: int, data: st.DataObject) -> None:
    events = data.draw(st.integers(0, number))
    least, most = wilson_interval(events, number)
    assert 0 <= least <= Fraction(events, number) <= most <= 1


@given(st.sampled_from(sorted(RATES)), st.integers(1, 5000), st.integers(1, 5000))
def test_more_refills_or_patients_never_let_expect_fewer(name: str, one: int, other: int) -> None:
    low, high = sorted((one, other))
    first, second = (expectation(RATES[name], Fraction(number)) for number in (low, high))
    assert first.expected <= second.expected
    assert first.most <= second.most


@pytest.mark.parametrize(("count", "place"), [(2, Place.WITHIN), (3, Place.MORE)])
def test_the_edge_of_the_range_is_within(count: int, place: Place) -> None:
    maker = complication("pocket-fill").rates[0]
    assert expectation(maker, Fraction(6000), count).place is place


def test_a_rate_is_held_only_against_what_was_counted() -> None:
    found = expectations(complication("pocket-fill"), {"patient": Fraction(200)}, 3)
    assert found == ()
    assert any(rate.per not in DENOMINATORS for rate in complication("granuloma").rates)


@pytest.mark.parametrize(("events", "number"), [(1, 0), (5, 4), (-1, 4)])
def test_counts_that_are_no_proportion_are_refused(events: int, number: int) -> None:
    with pytest.raises(EntryError, match="no proportion"):
        wilson_interval(events, number)


def test_a_negative_expectation_and_a_rate_above_one_are_refused() -> None:
    with pytest.raises(EntryError, match="below zero"):
        poisson_range(Fraction(-1))
    with pytest.raises(EntryError, match="no proportion"):
        binomial_range(3, Fraction(2))
