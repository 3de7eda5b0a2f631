"""The verdict on a trial decides which stage follows: 50 % passes by default, 49 % fails."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from pathway_cases import START, at, refused, step, taken

from thecal.care.pathway import pathway, trial_word
from thecal.care.trial.case import Bolus, Score, TrialCase
from thecal.units import Mass


def trial(after: str, **known: object) -> TrialCase:
    """A bolus of morphine: pain of 100 mm before it, `after` two hours later."""
    case = TrialCase(
        "single-bolus",
        "pain",
        drug="morphine",
        boluses=(Bolus(START, Mass.of("0.3", "mg")),),
        scores=(
            Score(START - timedelta(hours=1), {"vas": Fraction(100)}),
            Score(START + timedelta(hours=2), {"vas": Fraction(after)}),
        ),
    )
    return replace(case, **known)


@pytest.mark.inventory("S2.10")
def test_half_passes_and_49_percent_fails() -> None:
    state = at("trial-planned")
    half, less = trial_word(trial("50")), trial_word(trial("51"))
    assert (half, less) == ("passed", "failed")
    taken(step(state, "trial-passed", trial_verdict=half))
    assert "it takes passed" in refused(step(state, "trial-passed", trial_verdict=less))
    taken(step(state, "trial-failed", trial_verdict=less))
    assert [one.id for one in pathway("non-cancer").pass_rules] == ["half-relief"]
    assert {one.id for one in pathway("spasticity").pass_rules} == {"ashworth-one", "spasm-two"}


@pytest.mark.parametrize("word", [None, "failed", "incomplete", "next-bolus", "planned"])
def test_no_reason_makes_a_trial_pass_that_did_not(word: str | None) -> None:
    refused(step(at("trial-planned"), "trial-passed", trial_verdict=word))


def test_good_scores_without_the_goals_pass_only_with_a_reason() -> None:
    word = trial_word(trial("40", goals_met=False))
    assert word == "to-discuss"
    state = at("trial-planned")
    assert "write the reason" in refused(
        step(state, "trial-passed", trial_verdict=word, reason=None)
    )
    taken(step(state, "trial-passed", trial_verdict=word))


def test_a_trial_that_passed_is_called_failed_or_repeated_only_with_a_reason() -> None:
    for to in ("trial-failed", "trial-repeated"):
        state = at("trial-planned")
        refused(step(state, to, trial_verdict="passed", reason=None))
        taken(step(state, to, trial_verdict="passed"))


def test_after_a_repeated_trial_the_verdict_is_asked_again() -> None:
    again = taken(step(at("trial-planned"), "trial-repeated")).after
    assert "tried" not in again.landmarks
    taken(step(again, "trial-passed"))


def test_a_therapy_without_trial_has_its_own_word() -> None:
    assert trial_word(TrialCase("none", "pain", setting="cancer", reason="days")) == "no-trial"
    assert trial_word(TrialCase("none", "pain", setting="cancer")) == "not-without-trial"
