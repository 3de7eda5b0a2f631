"""Scores come from the values of items: every value in its range, no open item filled in."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.outcomes.instrument import instrument, instruments
from thecal.care.outcomes.score import (
    Score,
    score_codes,
    score_gas,
    score_items,
    score_penn,
    score_single,
    score_total,
    square_root,
)
from thecal.care.outcomes.tariff import read_tariff, score_state
from thecal.errors import BadFileError, EntryError, UnknownIdError


def items(name: str, *values: int | None) -> Score:
    return score_items(instrument(name), [None if v is None else Fraction(v) for v in values])


@pytest.mark.inventory("T29")
@pytest.mark.parametrize(
    ("total", "band"),
    [(14, "moderate"), (36, "moderately-severe"), (37, "severe"), (4, "none"), (5, "mild")],
)
def test_withdrawal_scores_fall_into_the_published_bands(total: int, band: str) -> None:
    assert score_total(instrument("cows"), Fraction(total)).band == band


@given(st.integers(0, 48), st.integers(0, 48))
def test_more_withdrawal_is_never_a_milder_band(one: int, other: int) -> None:
    bands = ("none", "mild", "moderate", "moderately-severe", "severe")
    low, high = (
        bands.index(str(score_total(instrument("cows"), Fraction(total)).band))
        for total in sorted((one, other))
    )
    assert low <= high


@pytest.mark.parametrize("total", [-1, 49, Fraction(7, 2)])
def test_a_withdrawal_total_outside_the_scale_is_refused(total: Fraction) -> None:
    with pytest.raises(EntryError):
        score_total(instrument("cows"), Fraction(total))


@pytest.mark.inventory("T30")
def test_the_disability_index_counts_answered_sections_only() -> None:
    full = items("odi", 3, 3, 2, 2, 2, 2, 2, 3, 2, 2)
    assert full.value == 46
    assert full.band == "severe"
    assert full.shown == "46 %, severe"
    open_one = items("odi", 3, 3, 2, 2, 2, 2, 2, 3, 2, None)
    assert open_one.value == Fraction(2100, 45)
    assert open_one.shown == "46.7 %, severe"
    assert open_one.remarks == ("1 of 10 items are open",)


def test_a_disability_index_without_any_answer_has_no_figure() -> None:
    assert items("odi", *[None] * 10).value is None


@given(st.lists(st.one_of(st.none(), st.integers(0, 5)), min_size=10, max_size=10))
def test_the_disability_index_stays_between_0_and_100(values: list[int | None]) -> None:
    found = items("odi", *values)
    assert found.value is None or 0 <= found.value <= 100
    assert (found.value is None) == all(one is None for one in values)


@pytest.mark.parametrize(
    ("percent", "band"),
    [(20, "minimal"), (40, "moderate"), (60, "severe"), (80, "crippling"), (100, "bed-bound")],
)
def test_a_band_reaches_up_to_its_limit_and_not_beyond(percent: int, band: str) -> None:
    odi = instrument("odi")
    assert odi.band(Fraction(percent)) == band
    assert odi.band(Fraction(percent) + Fraction(1, 10)) != band


@pytest.mark.inventory("S0.R1")
def test_the_pain_inventory_is_the_mean_of_4_and_of_7_items() -> None:
    assert items("bpi-severity", 9, 5, 7, 8).value == Fraction(29, 4)
    assert items("bpi-interference", 1, 2, 3, 4, 5, 6, 7).value == 4


def test_a_mean_or_a_sum_with_an_open_item_is_not_computed() -> None:
    for name, count in (("bpi-severity", 4), ("bpi-interference", 7), ("rmdq", 24)):
        found = items(name, *[1] * (count - 1), None)
        assert found.value is None
        assert f"1 of {count} items are open" in found.remarks[0]


def test_the_roland_morris_questionnaire_counts_its_statements() -> None:
    assert items("rmdq", *[1] * 15, *[0] * 9).value == 15
    assert items("rmdq", *[1] * 24).value == 24


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("odi", [6] * 10),
        ("odi", [-1] * 10),
        ("odi", [1] * 9),
        ("rmdq", [2] * 24),
        ("cows", [6] * 11),
    ],
)
def test_items_outside_their_range_or_number_are_refused(name: str, values: list[int]) -> None:
    with pytest.raises(EntryError):
        items(name, *values)


@pytest.mark.parametrize(("name", "most"), [("nrs", 10), ("vas", 100), ("eq-vas", 100)])
def test_a_rating_stays_within_its_scale(name: str, most: int) -> None:
    about = instrument(name)
    assert score_single(about, Fraction(most)).value == most
    assert score_single(about, Fraction(0)).value == 0
    for wrong in (Fraction(-1), most + Fraction(1, 100)):
        with pytest.raises(EntryError, match="outside"):
            score_single(about, wrong)


@pytest.mark.parametrize(
    ("point", "band"), [(1, "satisfied"), (2, "satisfied"), (3, "not-satisfied")]
)
def test_the_first_two_points_of_the_impression_are_satisfied(point: int, band: str) -> None:
    assert score_single(instrument("pgic"), Fraction(point)).band == band


def test_the_impression_has_whole_points_from_1_to_7() -> None:
    for wrong in (Fraction(0), Fraction(8), Fraction(3, 2)):
        with pytest.raises(EntryError):
            score_single(instrument("pgic"), wrong)


@pytest.mark.inventory("S0.R4", "S0.R11")
def test_1_plus_of_the_ashworth_scale_counts_one_and_a_half() -> None:
    found = score_codes(instrument("ashworth"), ["1+", "2", "3", "1"])
    assert found.value == Fraction(15, 8)
    assert "1+" in found.shown
    assert found.remarks == ()


def test_fewer_than_four_muscle_groups_are_scored_with_a_caution() -> None:
    assert "reliable from 4" in score_codes(instrument("ashworth"), ["1+", "2", "3"]).remarks[0]


@pytest.mark.parametrize("code", ["1.5", "5", "", "2 "])
def test_a_number_is_no_ashworth_category(code: str) -> None:
    with pytest.raises(EntryError, match="is no code"):
        score_codes(instrument("ashworth"), [code])


@pytest.mark.inventory("S0.R4")
def test_spasms_have_a_severity_only_where_there_are_any() -> None:
    assert score_penn(Fraction(0), None).value == 0
    assert score_penn(Fraction(4), Fraction(3)).shown == "4, severity 3"
    for frequency, severity in ((0, 1), (2, None), (5, 1), (2, 0), (2, 4)):
        with pytest.raises(EntryError):
            score_penn(Fraction(frequency), None if severity is None else Fraction(severity))


@pytest.mark.inventory("T31")
def test_sedation_is_a_category_with_what_to_do() -> None:
    about = instrument("poss")
    assert about.words("codes") == ("S", "1", "2", "3", "4")
    assert "lower the opioid by 25 to 50 %" in score_codes(about, ["3"]).shown
    assert "notify" in score_codes(about, ["3"]).shown
    assert "naloxone" in score_codes(about, ["4"]).shown
    for code in ("S", "1", "2"):
        found = score_codes(about, [code])
        assert found.shown.endswith("acceptable")
        assert found.value is None


def test_goals_attained_as_expected_give_50() -> None:
    assert score_gas([(Fraction(1), Fraction(0)), (Fraction(3), Fraction(0))]).value == 50


@pytest.mark.inventory("S0.7")
def test_the_goal_score_of_two_equal_goals_follows_the_formula() -> None:
    """50 + 10 x 2 / sqrt(0.7 x 2 + 0.3 x 4) = 62.403."""
    found = score_gas([(Fraction(1), Fraction(1)), (Fraction(1), Fraction(1))])
    assert found.value is not None
    assert abs(found.value - Fraction("62.403473")) < Fraction(1, 10**5)
    assert any("Kiresuk" in cited.fact.note for cited in found.figures)


@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(-2, 2)), min_size=1, max_size=6),
    st.integers(0, 5),
)
def test_a_goal_that_is_attained_better_never_lowers_the_score(
    goals: list[tuple[int, int]], which: int
) -> None:
    place = which % len(goals)
    weight, attained = goals[place]
    better = [*goals]
    better[place] = (weight, min(2, attained + 1))
    low, high = (
        score_gas([(Fraction(w), Fraction(x)) for w, x in some]).value for some in (goals, better)
    )
    assert low is not None
    assert high is not None
    assert low <= high


@pytest.mark.parametrize("goals", [[], [(0, 1)], [(1, 3)], [(1, -3)]])
def test_goals_outside_the_formula_are_refused(goals: list[tuple[int, int]]) -> None:
    with pytest.raises(EntryError):
        score_gas([(Fraction(w), Fraction(x)) for w, x in goals])


@given(st.fractions(min_value=0, max_value=10**6))
def test_a_root_squared_is_the_number_again(value: Fraction) -> None:
    assert abs(square_root(value) ** 2 - value) <= Fraction(1, 10**25)


def test_a_state_has_an_index_only_by_a_tariff_that_somebody_brought() -> None:
    tariff = read_tariff(b"state,index\n11111,1\n21232,0.436\n55555,-0.2\n", "tariff.csv")
    assert score_state("21232", tariff).value == Fraction("0.436")
    assert score_state("55555", tariff).value == Fraction("-0.2")
    bare = score_state("21232", None)
    assert bare.value is None
    assert "tariff" in bare.remarks[0]
    with pytest.raises(EntryError, match="no state 33333"):
        score_state("33333", tariff)


@pytest.mark.parametrize("state", ["1111", "111116", "61111", "01111", "1111a", ""])
def test_what_is_no_state_of_five_levels_is_refused(state: str) -> None:
    with pytest.raises(EntryError, match="is no state"):
        score_state(state, None)


@pytest.mark.parametrize(
    "text",
    [
        b"state,index\n11111,1\n11111,0.9\n",
        b"state,index\n11111,1.2\n",
        b"state,index\n11111,\n",
        b"state,index\n71111,1\n",
        b"state\n11111\n",
        b"state,index\n",
        b"\xff",
    ],
)
def test_a_tariff_that_cannot_be_read_is_refused_by_name(text: bytes) -> None:
    with pytest.raises(BadFileError, match=r"tariff\.csv"):
        read_tariff(text, "tariff.csv")


def test_every_instrument_says_how_it_is_scored_and_what_is_better() -> None:
    for one in instruments():
        assert one.name
        assert one.kind
        assert one.domain
        assert one.text("better") in ("lower", "higher")
    with pytest.raises(UnknownIdError, match="odi"):
        instrument("oddi")
