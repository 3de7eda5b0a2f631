"""Step 9, K2 and K17: what the aspirate says, and what answers a red difference."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from visit_cases import KNOWN, ROUTINE, changed, dose, found, knowing, ml, without, worst

from thecal.care.visit import Visit, categories, discrepancy
from thecal.care.visit.needle import Colour, Discrepancy
from thecal.care.visit.residual import action_title
from thecal.program.program import Mode
from thecal.safety.residual_bands import assess_residual
from thecal.units import Volume


def drawn(text: str, visit: Visit = ROUTINE) -> Visit:
    return changed("aspirate", visit, volume=ml(text), colour=Colour.YELLOW)


def decided(visit: Visit, category: str, action: str) -> Visit:
    return replace(
        visit, discrepancy=Discrepancy(category=category, action=action, decided_by="dr.c")
    )


@pytest.mark.req("K2")
@pytest.mark.parametrize(
    ("filled", "expected", "aspirated", "ratio", "band"),
    [
        ("20", "13", "11.5", Fraction(17, 14), "red"),
        ("40", "20", "23", Fraction(17, 20), "red"),
        ("20", "5", "5.5", Fraction(29, 30), "green"),
        ("20", "17", "17.4", None, "green"),
    ],
)
def test_the_bands_are_those_of_the_one_rule(
    filled: str, expected: str, aspirated: str, ratio: Fraction | None, band: str
) -> None:
    known = {"filled": ml(filled), "expected": ml(expected)}
    advice = discrepancy(drawn(aspirated), knowing(**known))
    assert advice is not None
    assert advice.assessed.delivered_ratio == ratio
    assert advice.assessed.band == band
    assert advice.due == (band != "green") == bool(advice.categories)
    assert worst(drawn(aspirated), "K2", **known) == ("soft" if band == "red" else "silent")


@given(micro=st.integers(0, 20_000))
def test_the_visit_never_judges_a_difference_otherwise_than_the_safety_rule(micro: int) -> None:
    volume = Volume.of(micro, "uL")
    advice = discrepancy(changed("aspirate", volume=volume), KNOWN)
    assert advice is not None
    assert advice.assessed == assess_residual(ml("20"), ml("4"), volume)
    assert all(advice.assessed.direction in one.directions for one in advice.categories)


@pytest.mark.req("K2")
def test_a_red_difference_is_answered_by_looking_into_it_and_not_by_going_on() -> None:
    red = drawn("7")
    open_, done = (
        found(decided(red, "under-delivery", "troubleshoot"), "K2"),
        found(decided(red, "syringe-reading", "record"), "K2"),
    )
    assert open_[0].answer is not None
    assert open_[0].answer.by == "dr.c"
    assert not any(one.blocks for one in open_)
    assert any(one.blocks for one in done)
    alone = replace(decided(red, "under-delivery", "troubleshoot"), operator="dr.c")
    assert any(one.blocks for one in found(alone, "K2"))
    assert not any(one.blocks for one in found(alone, "K2", exception_allowed=True))
    assert any("not enough where the difference is red" in one.message for one in done)


@pytest.mark.req("K2")
@pytest.mark.parametrize(
    ("category", "action", "says"),
    [
        ("leak", "image-the-line", "does not explain more than expected"),
        ("under-delivery", "aspirate-again", "is no action for"),
        ("gremlins", "record", "does not explain"),
    ],
)
def test_a_category_that_does_not_fit_is_told_and_answers_nothing(
    category: str, action: str, says: str
) -> None:
    findings = found(decided(drawn("7"), category, action), "K2")
    assert any(says in one.message for one in findings)
    assert any(one.blocks for one in findings)


@pytest.mark.req("K2")
def test_an_amber_difference_warns_and_is_recorded() -> None:
    amber = drawn("5.9")
    assert worst(amber, "K2") == "warn"
    assert not any(one.blocks for one in found(amber, "K2"))
    assert len(found(decided(amber, "syringe-reading", "record"), "K2")) == 1


def test_every_category_has_a_title_a_direction_and_actions_in_words() -> None:
    for one in categories():
        assert one.title
        assert set(one.directions) <= {"more", "less"}
        assert one.actions
        assert all(action_title(action) for action in one.actions)
    assert {"more", "less"} == {each for one in categories() for each in one.directions}


@pytest.mark.req("K17")
@pytest.mark.inventory("W7")
def test_scenario_7_residual_19_of_20_shuts_the_way_to_the_same_dose() -> None:
    stuck = drawn("19")
    assert worst(ROUTINE, "K17") == "silent"
    assert worst(stuck, "K17") == "hard"
    assert worst(without("decide", visit=stuck), "K17") == "hard"
    low = changed("decide", stuck, daily_doses=(dose("morphine", "1 mg/d"),), reason="stall")
    assert worst(low, "K17") == "warn"
    stopped = changed("decide", stuck, mode=Mode.STOPPED, daily_doses=(), reason="stall")
    assert worst(stopped, "K17") == "warn"


@pytest.mark.req("K2")
def test_a_first_fill_has_nothing_to_compare_with() -> None:
    assert discrepancy(ROUTINE, knowing(filled=None, expected=None)) is None
    assert worst(drawn("19"), "K2", filled=None, expected=None) == "silent"
