"""Limits: whose, for whom, how well known; conflicts stay visible."""

from __future__ import annotations

from fractions import Fraction

import pytest

from thecal.data import rows
from thecal.errors import DataError, UnknownIdError
from thecal.pharmacy import CEILING, age_band, ceiling, drugs, limit_values, limits
from thecal.units import Concentration, Duration, Mass, MassRate


def rates(drug: str, parameter: str, *populations: str) -> dict[str, MassRate]:
    """Edition to the default answer."""
    found = limits(drug, parameter, populations=populations)
    return {one.edition: one.rate for one in reversed(found)}


@pytest.mark.parametrize(
    ("drug", "population", "number", "unit"),
    [
        ("morphine", "any", "25", "mg/d"),
        ("hydromorphone", "any", "25", "mg/d"),
        ("sufentanil", "any", "100", "ug/d"),
        ("bupivacaine", "any", "21.4", "mg/d"),
        ("clonidine", "any", "2000", "ug/d"),
        ("ziconotide", "any", "21.6", "ug/d"),
        ("baclofen", "spinal", "2000", "ug/d"),
        ("baclofen", "cerebral", "1395", "ug/d"),
        ("baclofen", "child", "1199", "ug/d"),
        ("baclofen", "adolescent", "2000", "ug/d"),
    ],
)
def test_the_ceiling_is_the_highest_dose_that_a_source_reports_as_given(
    drug: str, population: str, number: str, unit: str
) -> None:
    limit = ceiling(drug, populations=[population])
    assert limit is not None
    assert limit.rate == MassRate.of(number, unit)
    assert limit.fact.status == "read"


@pytest.mark.parametrize("drug", ["fentanyl", "ropivacaine"])
def test_no_ceiling_is_invented_where_no_source_reports_a_dose(drug: str) -> None:
    assert ceiling(drug, populations=["adult", "cancer"]) is None


def test_of_two_ceilings_that_apply_the_lower_one_holds() -> None:
    child = ceiling("baclofen", populations=["child", "cerebral"])
    assert child is not None
    assert child.rate == MassRate.of(1199, "ug/d")


def test_baclofen_without_an_origin_has_no_ceiling_and_is_not_passed() -> None:
    assert ceiling("baclofen", populations=["adult"]) is None


def test_no_default_ceiling_is_only_recalled() -> None:
    for one in drugs():
        found = limits(one.id, CEILING, populations=["spinal", "cerebral", "child", "adolescent"])
        assert all(limit.fact.status == "read" for limit in found if limit.rank == 1)


def test_the_recalled_ceilings_of_baclofen_stand_beside_the_read_ones() -> None:
    found = limits("baclofen", CEILING, populations=["spinal"])
    assert [(one.rank, one.fact.status) for one in found] == [(1, "read"), (2, "recalled")]
    assert found[1].rate == MassRate.of(2003, "ug/d")


def test_ziconotide_maximum_differs_between_labels() -> None:
    found = rates("ziconotide", "maximum-daily")
    assert found["label-us"] == MassRate.of("19.2", "ug/d")
    assert found["label-eu"] == MassRate.of("21.6", "ug/d")


def test_soft_maxima() -> None:
    assert rates("morphine", "maximum-daily") == {
        "label-us": MassRate.of(20, "mg/d"),
        "pacc-2017": MassRate.of(15, "mg/d"),
    }
    for drug, number, unit in (
        ("hydromorphone", "10", "mg/d"),
        ("fentanyl", "1000", "ug/d"),
        ("sufentanil", "500", "ug/d"),
        ("bupivacaine", "20", "mg/d"),
        ("clonidine", "600", "ug/d"),
    ):
        assert rates(drug, "maximum-daily")["pacc-2017"] == MassRate.of(number, unit)
    assert rates("ropivacaine", "maximum-daily") == {"practice": MassRate.of(8, "mg/d")}
    assert rates("baclofen", "maximum-daily") == {"label-us": MassRate.of(1000, "ug/d")}


def test_every_consensus_figure_is_recalled_but_the_start_of_ziconotide() -> None:
    for row in rows("limits"):
        if row["edition"].startswith("pacc") and row["status"] == "read":
            assert (row["drug"], row["parameter"][:5]) == ("ziconotide", "start"), row


def test_the_conflict_over_sufentanil_is_shown_not_hidden() -> None:
    (limit,) = limits("sufentanil", "maximum-daily", populations=())
    given = ceiling("sufentanil", populations=())
    assert given is not None
    assert limit.rate > given.rate
    assert "conflict" in limit.fact.note


@pytest.mark.parametrize(
    ("population", "step"),
    [("spinal", "0.3"), ("cerebral", "0.15"), ("child", "0.15"), ("adolescent", "0.15")],
)
def test_t9_t10_steps_of_baclofen(population: str, step: str) -> None:
    found = limits("baclofen", "step-up", populations=[population])
    label = [one.number for one in found if one.edition == "label-us"]
    assert label == [Fraction(step)]
    (interval,) = limits("baclofen", "step-interval", populations=[population])
    assert interval.duration == Duration.of(24, "h")
    (wait,) = limits("baclofen", "no-increase-within", populations=())
    assert wait.duration == Duration.of(24, "h")


def test_opioid_steps_differ_between_cancer_and_other_pain() -> None:
    (other,) = limits("morphine", "step-up", populations=["non-cancer"])
    (cancer,) = limits("morphine", "step-up", populations=["cancer"])
    assert (other.number, cancer.number) == (Fraction("0.3"), Fraction("0.5"))


def test_t16_steps_of_ziconotide() -> None:
    """2.4 to 19.2 in steps of 2.4 is 7 steps; the slow scheme goes 0.5 a week."""
    steps = {one.edition: one.rate for one in limits("ziconotide", "step-up-rate", populations=())}
    assert steps["label-us"] == MassRate.of("2.4", "ug/d")
    assert steps["practice"] == MassRate.of("0.5", "ug/d")
    top = rates("ziconotide", "maximum-daily")["label-us"]
    start = rates("ziconotide", "start-high")["label-us"]
    assert (top - start).ratio(steps["label-us"]) == 7
    weekly = limits("ziconotide", "steps-per-week", populations=())
    assert [one.number for one in weekly] == [3, 2]


def test_morphine_start_of_the_label_and_of_the_consensus_disagree() -> None:
    tolerant = rates("morphine", "start-high", "tolerant")
    naive = rates("morphine", "start-high", "naive")
    assert tolerant["label-us"] == MassRate.of(10, "mg/d")
    assert naive["label-us"] == MassRate.of(1, "mg/d")
    assert tolerant["pacc-2017"] == MassRate.of("0.5", "mg/d")


def test_t12_t23_consensus_concentrations() -> None:
    for drug, number, unit in (
        ("morphine", "20", "mg/mL"),
        ("hydromorphone", "15", "mg/mL"),
        ("ziconotide", "100", "ug/mL"),
        ("fentanyl", "10", "mg/mL"),
        ("sufentanil", "5", "mg/mL"),
        ("bupivacaine", "30", "mg/mL"),
        ("clonidine", "1000", "ug/mL"),
    ):
        (found,) = limits(drug, "maximum-concentration", populations=())
        assert found.concentration == Concentration.of(number, unit)


def test_trial_doses_by_edition() -> None:
    found = {
        one.edition: one.mass for one in limits("morphine", "trial-high", populations=["adult"])
    }
    assert found == {"pacc-2017": Mass.of("0.5", "mg"), "pacc-2012": Mass.of(1, "mg")}


def test_t6_the_doubling_rule_of_baclofen_differs_between_labels() -> None:
    found = limits("baclofen", "start-long-effect", populations=())
    assert {one.edition: one.duration for one in found} == {
        "label-us": Duration.of(8, "h"),
        "label-eu": Duration.of(12, "h"),
    }


def test_t38_the_epidural_start_of_clonidine_is_above_the_intrathecal_maximum() -> None:
    (epidural,) = limits("clonidine", "start-epidural", populations=())
    assert epidural.rate == MassRate.of(30, "ug/h")
    assert epidural.rate > rates("clonidine", "maximum-daily")["pacc-2017"]


def test_minimum_ages() -> None:
    (morphine,) = limits("morphine", "minimum-age", populations=())
    (baclofen,) = limits("baclofen", "minimum-age", populations=())
    assert (morphine.number, baclofen.number) == (18, 4)


@pytest.mark.parametrize(
    ("years", "band"),
    [(4, "child"), (11, "child"), (12, "adolescent"), (17, "adolescent"), (18, "adult")],
)
def test_age_bands(years: int, band: str) -> None:
    assert age_band(years) == band


def test_an_unknown_drug_is_refused_and_an_unknown_parameter_has_no_limit() -> None:
    with pytest.raises(UnknownIdError):
        limits("morfine", "maximum-daily", populations=())
    assert limits("morphine", "maximum-monthly", populations=()) == ()


def test_an_unknown_population_is_refused_for_it_would_silently_match_nothing() -> None:
    with pytest.raises(DataError, match="kid"):
        limits("baclofen", CEILING, populations=["kid"])


def test_a_limit_says_whose_it_is() -> None:
    (limit,) = limits("baclofen", "step-up", populations=["cerebral"])[:1]
    assert limit.whose() == "label-us, cerebral: pharmacology.md L4a, unverified (read)"
    with pytest.raises(DataError, match="MassRate is needed"):
        _ = limit.rate
    assert limit_values("fentanyl", "maximum-daily", MassRate, populations=()) == (
        MassRate.of(1000, "ug/d"),
    )
