"""The hand-over to the implanter: every field of the form, and what is missing by name."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial_builders import screening, trial

from thecal.care.document import LANGUAGES
from thecal.care.trial.advise import advice_on
from thecal.care.trial.case import HandOverEntries, TrialCase
from thecal.care.trial.hand_over import TrialResult, hand_over
from thecal.units import Concentration, Duration, Mass, MassRate

FULL = HandOverEntries(
    aetiology="stroke 2021",
    tip="T2",
    pump="synchromed-ii-20",
    concentration=Concentration.of(500, "ug/mL"),
    start_dose=MassRate.of(100, "ug/d"),
    position="left",
    anticoagulant_plan="none taken",
)
RESULT = TrialResult("passed", Mass.of(50, "ug"), effect_duration=Duration.of(6, "h"))
KEYS = {
    "aetiology": "aetiology",
    "tip": "tip",
    "pump": "pump",
    "concentration": "drug",
    "start_dose": "start-dose",
    "anticoagulant_plan": "anticoagulant-plan",
}


def case(entries: HandOverEntries) -> TrialCase:
    return screening((0, "50", True), hand_over=entries)


@pytest.mark.inventory("S3.6")
def test_a_complete_hand_over_has_every_field_and_both_units() -> None:
    handed = hand_over(case(FULL), RESULT)
    assert handed.missing == ()
    shown = {one.label.en: one.value.en for one in handed.document.sections[0].fields}
    assert len(shown) == 10
    assert "50" in shown["Effective dose"]
    assert "(0.05" in shown["Effective dose"]
    assert shown["Wanted tip level"] == "T2"
    assert handed.document.one_page


@given(left_out=st.sets(st.sampled_from(sorted(KEYS))))
def test_an_incomplete_hand_over_names_exactly_what_is_missing(left_out: set[str]) -> None:
    entries = replace(FULL, **dict.fromkeys(left_out))
    handed = hand_over(case(entries), RESULT)
    assert set(handed.missing) == {KEYS[one] for one in left_out}
    marked = [one for one in handed.document.sections[0].fields if one.value.en == "MISSING"]
    assert len(marked) == len(left_out)


def test_without_an_effective_dose_or_a_duration_both_are_missing() -> None:
    handed = hand_over(case(FULL), TrialResult("incomplete"))
    assert handed.missing == ("effective-dose", "effect-duration")


def test_position_may_be_left_out() -> None:
    assert hand_over(case(replace(FULL, position=None)), RESULT).missing == ()


def test_every_text_is_there_in_both_languages() -> None:
    document = hand_over(case(FULL), RESULT).document
    for language in LANGUAGES:
        for field in document.sections[0].fields:
            assert field.label.get(language)
            assert field.value.get(language)


def test_the_advice_names_what_the_hand_over_lacks() -> None:
    results = advice_on(trial(8, 4)).results
    assert results["hand_over_complete"] is False
    assert "tip" in results["hand_over_missing"]


def test_no_entry_of_the_form_is_forgotten() -> None:
    assert {one.name for one in fields(HandOverEntries)} == {*KEYS, "position"}
