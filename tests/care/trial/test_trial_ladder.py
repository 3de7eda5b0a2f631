"""The screening boluses of baclofen: next dose, 24 hours between two, and the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial_builders import START, screening

from thecal.care.trial.advise import advice_on
from thecal.care.trial.case import Bolus, TrialCase
from thecal.care.trial.ladder import check_ladder, next_bolus, next_dose, rungs
from thecal.care.trial.verdict import FAILED, INCOMPLETE, NEXT_BOLUS, NO_CANDIDATE, PASSED, verdict
from thecal.safety.finding import Severity
from thecal.units import Mass


def ug(number: str) -> Mass:
    return Mass.of(number, "ug")


def planned(case: TrialCase, hours: float, dose: str) -> list[tuple[str, Severity]]:
    """Findings on a bolus planned so many hours after the first."""
    bolus = Bolus(START + timedelta(hours=hours), ug(dose))
    return [(one.check, one.severity) for one in check_ladder(replace(case, planned=bolus))]


@pytest.mark.inventory("S2.9")
def test_50_then_75_then_100_then_nothing() -> None:
    assert next_dose([], small_child=False) == ug("50")
    assert next_dose([ug("50")], small_child=False) == ug("75")
    assert next_dose([ug("50"), ug("75")], small_child=False) == ug("100")
    assert next_dose([ug("50"), ug("75"), ug("100")], small_child=False) is None


@pytest.mark.inventory("T8")
def test_t8_no_response_up_to_100_is_no_candidate_and_a_fourth_bolus_is_refused() -> None:
    case = screening((0, "50", False), (24, "75", False), (48, "100", False))
    assert verdict(case).word == NO_CANDIDATE
    assert next_bolus(case) is None
    assert planned(case, 96, "100") == [("K27", Severity.HARD)]
    assert planned(case, 96, "50") == [("K27", Severity.HARD)]


@pytest.mark.inventory("T8", "W22")
@pytest.mark.parametrize(("hours", "refused"), [(20, True), (23.9, True), (24, False), (30, False)])
def test_w22_75_ug_20_h_after_50_is_blocked_and_24_h_is_enough(hours: float, refused: bool) -> None:
    case = screening((0, "50", False))
    assert planned(case, hours, "75") == ([("K4", Severity.HARD)] if refused else [])


def test_the_next_bolus_comes_with_its_first_moment() -> None:
    case = screening((0, "50", False))
    assert verdict(case).word == NEXT_BOLUS
    results = advice_on(case).results
    assert results["next_bolus"].quantity == ug("75")
    assert results["next_not_before"] == "3 March 2026, 09:00"


def test_a_skipped_step_is_asked_about_and_more_than_the_largest_is_refused() -> None:
    case = screening((0, "50", False))
    assert planned(case, 24, "100") == [("K27", Severity.SOFT)]
    assert planned(case, 24, "101") == [("K27", Severity.HARD)]
    assert planned(screening(), 0, "50000") == [("K27", Severity.HARD)]


def test_after_a_response_a_further_bolus_only_warns() -> None:
    assert planned(screening((0, "50", True)), 24, "75") == [("K27", Severity.WARN)]


def test_a_smaller_bolus_is_never_in_the_way() -> None:
    assert planned(screening((0, "50", False)), 24, "50") == []


def test_a_very_small_child_begins_with_25_and_rises_by_half() -> None:
    assert next_dose([], small_child=True) == ug("25")
    assert next_dose([ug("25")], small_child=True) == ug("37.5")
    assert next_dose([ug("25"), ug("37.5")], small_child=True) == ug("50")
    assert planned(screening(small_child=True), 0, "50") == [("K27", Severity.SOFT)]
    assert planned(screening(small_child=True), 0, "25") == []


def test_a_child_whose_boluses_ended_below_the_largest_is_not_called_no_candidate() -> None:
    small = screening((0, "25", False), (24, "37.5", False), (48, "50", False), small_child=True)
    assert verdict(small).word == FAILED
    assert "below-largest" in [one.rule for one in advice_on(small).reasons]


def test_what_was_given_too_early_stays_a_fact_and_warns() -> None:
    case = screening((0, "50", False), (20, "75", True))
    assert [one.severity for one in check_ladder(case)] == [Severity.WARN]
    assert verdict(case).word == PASSED


def test_an_early_bolus_without_an_answer_leaves_the_trial_open() -> None:
    case = screening((0, "50", None), (24, "75", False), (48, "100", False))
    assert verdict(case).word == INCOMPLETE


@given(
    doses=st.lists(st.integers(1, 200), max_size=4),
    small_child=st.booleans(),
)
def test_no_bolus_is_ever_proposed_above_the_largest_of_the_label(
    doses: list[int], small_child: bool
) -> None:
    found = next_dose([ug(str(one)) for one in doses], small_child=small_child)
    assert found is None or found <= rungs()[-1].mass
    if len(doses) >= len(rungs()):
        assert found is None


@given(first=st.integers(1, 99), more=st.integers(0, 99), small_child=st.booleans())
def test_a_larger_bolus_never_leads_to_a_smaller_next_one(
    first: int, more: int, small_child: bool
) -> None:
    low, high = sorted((first, min(99, first + more)))
    below = next_dose([ug(str(low))], small_child=small_child)
    above = next_dose([ug(str(high))], small_child=small_child)
    assert below is not None
    assert above is not None
    assert below <= above
    assert ug(str(low)) < below
