"""The bands of workflow.md 2.R, exact at their edges, and the trend over earlier refills."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.safety.residual_bands import (
    ResidualAssessment,
    assess_residual,
    residual_facts,
    residual_number,
)
from thecal.units import Volume


def mL(number: str | int | Fraction) -> Volume:  # noqa: N802
    return Volume.of(number, "mL")


def assess(
    filled: str, expected: str, aspirated: str, *earlier: ResidualAssessment
) -> ResidualAssessment:
    return assess_residual(mL(filled), mL(expected), mL(aspirated), earlier=earlier)


def of_ratio(ratio: str, *earlier: ResidualAssessment) -> ResidualAssessment:
    """Assess a refill of 40 mL of which 20 were to be used, with this delivered ratio."""
    return assess_residual(mL(40), mL(20), mL(40 - 20 * Fraction(ratio)), earlier=earlier)


@pytest.mark.req("T18")
@pytest.mark.parametrize(
    ("aspirated", "ratio", "band"),
    [("5.5", "14.5/16", "green"), ("6.5", "13.5/16", "red"), ("1.0", "19/16", "red")],
)
def test_t18_bands_of_a_refill_that_should_have_left_4_ml(aspirated, ratio, band):
    found = assess("20", "4", aspirated)
    above, below = ratio.split("/")
    assert found.delivered_ratio == Fraction(above) / Fraction(below)
    assert found.band == band


@pytest.mark.req("workflow-10.3")
@pytest.mark.inventory("W3")
def test_scenario_3_fatal_case_is_red_although_the_residual_is_11_percent_off():
    found = assess("20", "13", "11.5")
    assert found.delivered_ratio == Fraction(17, 14)
    assert (found.band, found.direction) == ("red", "less")
    assert any("pocket fill at the previous visit" in cause for cause in found.causes)


@pytest.mark.req("workflow-10.4")
@pytest.mark.inventory("W4")
def test_scenario_4_ratio_085_exactly_is_red():
    found = assess("40", "20", "23")
    assert found.delivered_ratio == Fraction(17, 20)
    assert (found.band, found.direction) == ("red", "more")
    assert any("under-delivery" in cause for cause in found.causes)


@pytest.mark.req("workflow-10.5")
@pytest.mark.inventory("W5")
def test_scenario_5_is_green():
    found = assess("20", "5.0", "5.5")
    assert found.delivered_ratio == Fraction(29, 30)
    assert found.band == "green"
    assert found.reasons == found.causes == ()


@pytest.mark.req("workflow-10.6")
@pytest.mark.inventory("W6")
def test_scenario_6_little_use_has_no_ratio_and_is_judged_in_millilitres():
    found = assess("20", "17", "17.4")
    assert found.delivered_ratio is None
    assert found.band == "green"


@pytest.mark.req("B11")
@pytest.mark.parametrize(
    ("aspirated", "error", "band"),
    [("0.5", "8.3", "green"), ("4.0", "-11.1", "amber"), ("4.61", "-14.5", "amber")],
)
def test_b11_errors_of_a_refill_that_used_18_ml(aspirated, error, band):
    found = assess("20", "2.0", aspirated)
    assert round(float(found.delivered_ratio - 1) * 100, 1) == float(error)
    assert found.band == band


@pytest.mark.req("K2")
@pytest.mark.parametrize(
    ("ratio", "band"),
    [
        ("0.9", "green"),
        ("1.1", "green"),
        ("0.899999", "amber"),
        ("1.100001", "amber"),
        ("0.850001", "amber"),
        ("1.149999", "amber"),
        ("0.85", "red"),
        ("1.15", "red"),
    ],
)
def test_ratio_bands_are_exact_at_their_edges(ratio, band):
    assert of_ratio(ratio).band == band


@pytest.mark.req("K2")
@pytest.mark.parametrize(
    ("aspirated", "band"),
    [
        ("18", "green"),
        ("18.000001", "amber"),
        ("19", "amber"),
        ("19.000001", "red"),
        ("16", "green"),
        ("15.999999", "amber"),
        ("14.999999", "red"),
    ],
)
def test_millilitre_bands_are_exact_where_3_ml_were_to_be_used(aspirated, band):
    found = assess("20", "17", aspirated)
    assert found.delivered_ratio is None
    assert found.band == band


def test_ratio_begins_where_exactly_4_ml_were_to_be_used():
    assert assess("20", "16", "16").delivered_ratio == 1
    assert assess("20", "16.000001", "16").delivered_ratio is None


@pytest.mark.req("K2")
def test_more_than_2_ml_is_red_only_below_13_ml_of_use():
    assert "apart" in " ".join(assess("20", "8", "10.1").reasons)
    # 2.1 mL of 32 is within the prediction interval of one refill.
    assert assess("40", "8", "10.1").band == "green"
    # Exactly 13 mL: the rule no longer holds, the ratio alone is red here.
    assert not any("apart" in reason for reason in assess("20", "7", "9.1").reasons)


@pytest.mark.req("K2")
@pytest.mark.parametrize(
    ("filled", "expected", "aspirated", "band"),
    [
        # Ratios of 1.05 and 1.09 are green by themselves; 1 mL is what a syringe may misread.
        ("20", "1", "0", "amber"),
        ("20", "0.999999", "0", "green"),
        ("20", "1", "0.2", "amber"),
        ("20", "1", "0.200001", "green"),
        ("40", "3.3", "0", "amber"),
        # Less than 4 mL were to be used: millilitres alone would let exactly 1 mL pass.
        ("4", "1", "0", "amber"),
        # Nothing was expected and nothing found: the refill was late, which K12 says.
        ("20", "0", "0", "green"),
        # What is red stays red.
        ("20", "4", "0", "red"),
    ],
)
def test_a_pump_found_empty_is_never_green_where_a_syringe_would_have_shown_it(
    filled, expected, aspirated, band
):
    found = assess(filled, expected, aspirated)
    assert found.band == band
    assert any("found empty" in one for one in found.reasons) is (
        band != "green" and aspirated in ("0", "0.2")
    )
    assert bool(found.causes) is (band != "green")


def test_two_ambers_of_the_same_sign_are_red():
    first = of_ratio("0.88")
    assert of_ratio("0.89", first).band == "red"
    assert of_ratio("0.89", first).single_band == "amber"
    assert of_ratio("1.12", first).band == "amber"
    assert of_ratio("0.89", first, of_ratio("1")).band == "amber"


def test_amber_behind_a_red_of_the_same_sign_is_red():
    assert of_ratio("0.89", of_ratio("0.8")).band == "red"


def test_cusum_turns_a_steady_green_error_red_at_the_fifth_refill():
    earlier: list[ResidualAssessment] = []
    for expected in ("green", "green", "green", "green", "red"):
        found = of_ratio("1.1", *earlier)
        assert found.band == expected
        earlier.append(found)
    assert "CUSUM" in found.reasons[0]


def test_cusum_looks_at_six_refills_only_and_not_at_a_good_one():
    bad = [of_ratio("1.1") for _ in range(4)]
    good = [of_ratio("1") for _ in range(6)]
    assert of_ratio("1.1", *bad, *good).band == "green"
    assert of_ratio("1", *[of_ratio("1.14") for _ in range(5)]).band == "green"


def test_cusum_counts_an_outlier_no_more_than_the_red_limit():
    assert of_ratio("1.05", of_ratio("1.9")).band == "green"


def test_more_aspirated_than_filled_is_a_fact_and_is_judged():
    found = assess("20", "4", "21")
    assert found.delivered_ratio < 0
    assert found.band == "red"


def test_a_wrong_programmed_volume_may_expect_more_than_was_filled():
    found = assess("20", "35", "15")
    assert found.delivered_ratio is None
    assert found.band == "red"


def test_every_threshold_is_a_row_with_source_and_unverified():
    for name, fact in residual_facts().items():
        assert fact.source, name
        assert not fact.verified, name
    assert residual_facts()["found-empty-up-to"].recalled
    assert "[proposal]" in residual_number("cusum-slack").source
    assert "[proposal]" in residual_number("cusum-limit").source


volumes = st.integers(0, 40_000).map(lambda microlitres: Volume.of(microlitres, "uL"))


@given(filled=volumes, expected=volumes, aspirated=volumes)
def test_any_volumes_give_a_band_and_a_signed_difference(filled, expected, aspirated):
    found = assess_residual(filled, expected, aspirated)
    assert found.difference == aspirated - expected
    assert (found.delivered_ratio is None) == (filled - expected < mL(4))
    assert (found.band == "green") == (found.reasons == ())


@given(off=st.fractions(0, 1), more=st.fractions(0, 1))
def test_a_larger_deviation_is_never_judged_milder(off, more):
    order = ("green", "amber", "red")
    for sign in (1, -1):
        near = of_ratio(str(1 + sign * off)).band
        far = of_ratio(str(1 + sign * (off + more))).band
        assert order.index(far) >= order.index(near)


@pytest.mark.req("K2")
@given(ratio=st.fractions(Fraction(3, 10), Fraction(17, 10)))
def test_band_is_symmetric_about_one(ratio):
    assert of_ratio(str(ratio)).band == of_ratio(str(2 - ratio)).band


@pytest.mark.req("K2")
@pytest.mark.parametrize("sign", [1, -1])
def test_a_steady_error_adds_up_in_either_direction(sign):
    earlier: list[ResidualAssessment] = []
    for expected in ("green", "green", "green", "green", "red"):
        found = of_ratio(str(1 + sign * Fraction(1, 10)), *earlier)
        assert found.band == expected
        earlier.append(found)
    (reason,) = found.reasons
    name = "over" if sign > 0 else "under"
    assert reason.startswith(f"{name}-delivery adds up to 0.3 over 5 refills, red from 0.3")


@pytest.mark.req("K2")
@pytest.mark.parametrize(
    ("aspirated", "apart"), [("10", False), ("10.001", True), ("6", False), ("5.999", True)]
)
def test_2_ml_apart_are_allowed_and_no_more_where_12_were_to_be_used(aspirated, apart):
    found = assess("20", "8", aspirated)
    assert any("apart, red above 2" in reason for reason in found.reasons) is apart


@pytest.mark.req("K2")
@pytest.mark.parametrize(
    ("aspirated", "direction"),
    [("4", "as expected"), ("4.000001", "more"), ("3.999999", "less")],
)
def test_the_direction_is_that_of_the_millilitres(aspirated, direction):
    assert assess("20", "4", aspirated).direction == direction
