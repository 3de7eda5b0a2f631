"""Life expectancy decides the system: external epidural, external intrathecal, implanted pump."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selection_cases import complete, weight_of

from thecal.care.advice import Weight
from thecal.care.selection import ELIGIBLE, NOT_ELIGIBLE, assess, system_for
from thecal.care.selection.case import SYSTEMS
from thecal.units import Duration


def days(number: int) -> Duration:
    return Duration.of(number, "d")


@pytest.mark.inventory("S2.8", "S0.R16")
@pytest.mark.parametrize(
    ("expected", "system"),
    [
        (1, "external-epidural"),
        (20, "external-epidural"),
        (21, "external-intrathecal"),
        (89, "external-intrathecal"),
        (90, "implanted-pump"),
        (4000, "implanted-pump"),
    ],
)
def test_the_system_follows_the_duration_with_sharp_bounds(expected: int, system: str) -> None:
    assert system_for(days(expected)) == system


@given(st.integers(1, 5000), st.integers(0, 5000))
def test_a_longer_life_never_points_to_a_shorter_lived_system(expected: int, more: int) -> None:
    shorter, longer = system_for(days(expected)), system_for(days(expected + more))
    assert SYSTEMS.index(longer) >= SYSTEMS.index(shorter)


@pytest.mark.inventory("S0.10")
def test_an_implanted_pump_below_three_months_is_refused_and_the_other_system_named() -> None:
    case = complete("cancer", life_expectancy=days(89), system="implanted-pump")
    found = assess(case)
    assert found.verdict == NOT_ELIGIBLE
    (against,) = found.of(Weight.AGAINST)
    assert "89 days" in against.said.en
    assert "90 days" in against.said.en
    assert "external pump with an intrathecal catheter" in against.said.en
    assert (
        assess(complete("cancer", life_expectancy=days(90), system="implanted-pump")).verdict
        == ELIGIBLE
    )


def test_without_a_wish_the_short_life_gets_an_external_system_and_no_refusal() -> None:
    found = assess(complete("cancer", life_expectancy=days(30)))
    assert found.verdict == ELIGIBLE
    assert found.system == "external-intrathecal"


@pytest.mark.parametrize(
    ("expected", "wanted"),
    [(10, "external-intrathecal"), (30, "external-epidural"), (200, "external-intrathecal")],
)
def test_another_external_system_than_the_sources_name_is_a_caution(
    expected: int, wanted: str
) -> None:
    case = complete("cancer", life_expectancy=days(expected), system=wanted)
    assert weight_of(case, "life-expectancy") == {Weight.CAUTION}
    (said,) = [one for one in assess(case).judgements if one.rule == "life-expectancy"]
    shown = {str(one.fact.value) for one in said.figures}
    assert shown >= {"2/25", "1/4", "11/20", "1/20"}  # 8, 25, 55 and 5 % of complications


def test_the_sources_on_three_months_are_all_shown() -> None:
    (found,) = [
        one for one in assess(complete("cancer")).disagreements if "implanted" in one.question
    ]
    assert len(found.answers) == 3
    assert found.used
