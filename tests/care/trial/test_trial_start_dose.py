"""The first daily dose of baclofen by the US rule, the EU rule and one hospital's half dose."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial_builders import screening

from thecal.care.advice import Weight
from thecal.care.trial.advise import advice_on
from thecal.care.trial.case import HandOverEntries, TrialCase
from thecal.care.trial.start_dose import after_prolonged_reaction, start_doses
from thecal.safety.finding import Amount, Severity
from thecal.units import Duration, Mass, MassRate, VolumeRate


def by_rule(bolus: str, hours: str) -> dict[str, MassRate]:
    found = start_doses(Mass.of(bolus, "ug"), Duration.of(hours, "h"))
    return {one.rule: one.dose for one in found}


def per_day(number: str) -> MassRate:
    return MassRate.of(number, "ug/d")


def worked(bolus: str, hours: str, **known: object) -> TrialCase:
    case = screening((0, bolus, True), **known)
    first = replace(case.boluses[0], effect_duration=Duration.of(hours, "h"))
    return replace(case, boluses=(first,))


@pytest.mark.inventory("T6")
def test_t6_50_ug_for_6_h_and_for_10_h_by_both_labels() -> None:
    assert by_rule("50", "6") == {
        "us": per_day("100"),
        "eu": per_day("100"),
        "half-dose": per_day("100"),
    }
    assert by_rule("50", "10") == {
        "us": per_day("50"),
        "eu": per_day("100"),
        "half-dose": per_day("25"),
    }


@pytest.mark.inventory("T6")
@pytest.mark.parametrize(
    ("hours", "us", "eu"),
    [("8", "100", "100"), ("8.01", "50", "100"), ("12", "50", "100"), ("12.01", "50", "50")],
)
def test_an_effect_of_exactly_the_bound_is_not_long(hours: str, us: str, eu: str) -> None:
    found = by_rule("50", hours)
    assert (found["us"], found["eu"]) == (per_day(us), per_day(eu))


@pytest.mark.inventory("T6")
def test_the_rule_set_is_shown_and_without_a_choice_no_dose_is_taken() -> None:
    advice = advice_on(worked("50", "10"))
    assert "start_dose" not in advice.results
    assert "start_rule" in " ".join(advice.not_checked)
    (shown,) = [one for one in advice.disagreements if "bolus long" in one.question]
    assert not shown.used
    assert {one.what.partition(" rule")[0] for one in shown.answers} == {"us", "eu", "half-dose"}


@pytest.mark.inventory("T6")
def test_the_chosen_rule_is_used_and_shown_first() -> None:
    advice = advice_on(worked("50", "10", start_rule="eu"))
    assert advice.results["start_dose"] == Amount(per_day("100"), "ug/d")
    (shown,) = [one for one in advice.disagreements if "bolus long" in one.question]
    assert shown.used
    assert shown.answers[0].what.startswith("eu rule")
    # The EU rule is only recalled: said, never silent.
    assert "start-rule" in [one.rule for one in advice.reasons if one.weight is Weight.CAUTION]


@pytest.mark.inventory("T7")
def test_t7_75_ug_for_7_h_is_150_ug_a_day_and_0_30_ml_a_day() -> None:
    results = advice_on(worked("75", "7", start_rule="us")).results
    assert results["start_dose"] == Amount(per_day("150"), "ug/d")
    assert results["start_flow"] == Amount(VolumeRate.of("0.3", "mL/d"), "mL/d")


def test_after_a_prolonged_reaction_the_bolus_counts_once_whatever_its_duration() -> None:
    assert after_prolonged_reaction(Mass.of(75, "ug")).dose == per_day("75")
    results = advice_on(worked("75", "2", prolonged_reaction=True)).results
    assert results["start_dose"] == Amount(per_day("75"), "ug/d")


def test_without_a_duration_no_start_dose_is_computed() -> None:
    advice = advice_on(screening((0, "50", True), start_rule="us"))
    assert "start_dose" not in advice.results
    assert "effect_duration" in " ".join(advice.not_checked)


def test_a_start_dose_above_the_ceiling_is_refused_and_above_the_label_asked_about() -> None:
    def severities(dose: str) -> list[Severity]:
        entries = HandOverEntries(start_dose=per_day(dose))
        case = worked("50", "7", origin="spinal", hand_over=entries)
        return [one.severity for one in advice_on(case).findings]

    assert severities("150") == []
    assert severities("1000") == []
    assert severities("1001") == [Severity.SOFT]
    assert severities("2001") == [Severity.HARD]


@given(bolus=st.integers(1, 100), hours=st.integers(1, 48), longer=st.integers(0, 48))
def test_a_longer_effect_never_raises_the_first_dose_and_no_rule_gives_more_than_twice(
    bolus: int, hours: int, longer: int
) -> None:
    short = by_rule(str(bolus), str(hours))
    long = by_rule(str(bolus), str(hours + longer))
    for rule, dose in short.items():
        assert long[rule] <= dose <= per_day(str(2 * bolus))
