"""The five ways of a trial, and none with a reason."""

from __future__ import annotations

from dataclasses import replace

import pytest
from trial_builders import START, trial

from thecal.care.trial.advise import advice_on
from thecal.care.trial.case import METHODS, Infusion, TrialCase
from thecal.care.trial.no_trial import REFUSED, WITHOUT_TRIAL
from thecal.safety.finding import Severity
from thecal.units import MassRate


def none(**known: object) -> TrialCase:
    return replace(TrialCase("none", "pain"), **known)


@pytest.mark.inventory("S0.13", "S2.9")
def test_every_method_of_the_sources_is_there() -> None:
    assert (
        *("single-bolus", "repeated-bolus", "catheter", "port", "external-pump", "none"),
    ) == METHODS


@pytest.mark.inventory("S0.13", "S2.9")
@pytest.mark.parametrize("method", ["catheter", "port", "external-pump"])
def test_an_infusion_gives_the_daily_dose_that_worked(method: str) -> None:
    infusion = Infusion(START, MassRate.of("0.5", "mg/d"))
    case = replace(trial(8, 4), method=method, boluses=(), infusion=infusion)
    advice = advice_on(case)
    assert advice.results["effective_daily_dose"].quantity == infusion.daily_dose
    assert "Observation from 2 March 2026, 09:00" in [one.title for one in advice.listings]


@pytest.mark.inventory("S0.13")
@pytest.mark.parametrize("method", METHODS[:-1])
def test_every_method_names_its_usual_errors_with_their_source(method: str) -> None:
    case = replace(trial(8), method=method, boluses=())
    (reason,) = [one for one in advice_on(case).reasons if one.rule == "method"]
    assert reason.figures[0].fact.source.startswith("workflow.md 2.5")


@pytest.mark.inventory("S1.R7")
def test_no_trial_is_for_cancer_with_a_written_reason() -> None:
    advice = advice_on(none(setting="cancer", reason="weeks to live"))
    assert advice.verdict == WITHOUT_TRIAL
    assert advice.findings == ()
    assert "effective-dose" not in advice.results["hand_over_missing"]


@pytest.mark.inventory("S1.R7")
def test_no_trial_without_a_reason_is_refused() -> None:
    advice = advice_on(none(setting="cancer"))
    assert advice.verdict == REFUSED
    assert [one.severity for one in advice.findings] == [Severity.HARD]


def test_no_trial_outside_cancer_is_asked_about() -> None:
    for setting in ("non-cancer", None):
        advice = advice_on(none(setting=setting, reason="far from home"))
        assert advice.verdict == REFUSED
        assert [one.severity for one in advice.findings] == [Severity.SOFT]


@pytest.mark.inventory("S1.R7")
def test_the_algorithm_without_trial_is_named_and_nothing_is_computed_from_memory() -> None:
    advice = advice_on(none(setting="cancer", reason="weeks to live"))
    (reason,) = [one for one in advice.reasons if one.rule == "no-trial-dose"]
    assert reason.figures[0].fact.recalled
    assert not any("dose" in key for key in advice.results)
