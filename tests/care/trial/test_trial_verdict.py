"""What counts as success: every published rule at its boundary, and what weakens a pass."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial_builders import BOLUS, START, trial

from thecal.care.advice import Weight
from thecal.care.trial.advise import advice_on
from thecal.care.trial.case import Bolus, Infusion, Score, TrialCase
from thecal.care.trial.judge import judge
from thecal.care.trial.rules import Compare, TrialRule, trial_rule, trial_rules
from thecal.care.trial.series import courses
from thecal.care.trial.verdict import DISCUSS, FAILED, INCOMPLETE, PASSED, PLANNED, verdict
from thecal.data import FACT_COLUMNS, use_clinic_tables
from thecal.errors import UnknownIdError
from thecal.safety.finding import Amount
from thecal.units import Mass, MassRate


def smith(vas: str, toxicity: str) -> bool | None:
    """Whether the rule of Smith holds from 7.57 and a toxicity of 10."""
    before = Score(START, {"vas-cm": Fraction("7.57"), "toxicity": Fraction(10)})
    after = Score(
        START + timedelta(days=28), {"vas-cm": Fraction(vas), "toxicity": Fraction(toxicity)}
    )
    case = replace(trial(8), scores=(before, after))
    return judge(trial_rule("smith"), courses(case)[0]).passed


@pytest.mark.inventory("W21", "S2.10", "S0.14")
def test_a_fall_from_8_to_4_passes_and_to_4_1_fails() -> None:
    assert verdict(trial(8, 4)).word == PASSED
    assert verdict(trial(8, "4.1")).word == FAILED


@pytest.mark.inventory("S2.10")
def test_49_percent_fails_and_50_percent_passes() -> None:
    assert verdict(trial(100, 51, scale="vas")).word == FAILED
    assert verdict(trial(100, 50, scale="vas")).word == PASSED


@pytest.mark.inventory("S2.10")
def test_a_clinic_sets_its_own_threshold_for_one_indication(tmp_path: Path) -> None:
    (tmp_path / "trial_rules.csv").write_text(
        "rule,indication,parameter,rank," + ",".join(FACT_COLUMNS) + "\n"
        "half-relief,arachnoiditis,threshold,1,0.6,1,our board,read,,2026-11-21,\n"
    )
    use_clinic_tables(tmp_path)
    try:
        assert verdict(trial(8, 4)).word == PASSED
        stricter = replace(trial(8, 4), indication="arachnoiditis")
        assert verdict(stricter).word == FAILED
        assert verdict(replace(trial(10, 4), indication="arachnoiditis")).word == PASSED
    finally:
        use_clinic_tables(None)


@pytest.mark.inventory("T32")
def test_t32_the_rule_of_smith() -> None:
    case = trial("7.57", "3.67", scale="vas-cm")
    outcome = judge(trial_rule("smith"), courses(case)[0])
    assert outcome.passed
    assert outcome.best is not None
    assert round(outcome.best.fraction * 1000) == 515  # -51.5 %
    assert smith("7.57", "8") is True  # equal pain, toxicity -20 %
    assert smith("6.813", "9") is False  # both -10 %
    assert smith("7.57", "8.1") is False
    assert smith("7.58", "5") is False  # gentler, but more pain


def test_more_than_70_percent_is_more_than_70() -> None:
    rule = trial_rule("more-than-seventy")
    assert judge(rule, courses(trial(10, 3))[0]).passed is False
    assert judge(rule, courses(trial(10, "2.9"))[0]).passed is True


@pytest.mark.parametrize(
    ("rule", "scale", "short", "enough"),
    [("spasm-two", "penn-frequency", 2, 1), ("third-relief", "vas", 71, 70)],
)
def test_other_rules_at_their_boundary(rule: str, scale: str, short: int, enough: int) -> None:
    before = 3 if scale == "penn-frequency" else 100
    found = trial_rule(rule)
    assert judge(found, courses(trial(before, short, scale=scale))[0]).passed is False
    assert judge(found, courses(trial(before, enough, scale=scale))[0]).passed is True


def test_ashworth_falls_by_one_point_of_the_mean_and_by_two() -> None:
    def course(groups: dict[str, str]) -> TrialCase:
        before = {"left-hip": "3", "left-knee": "3"}
        scores = (Score(START, ashworth=before), Score(START + timedelta(hours=2), ashworth=groups))
        return replace(trial(8), scores=scores)

    short = course({"left-hip": "2", "left-knee": "3"})
    one = course({"left-hip": "2", "left-knee": "2"})
    two = course({"left-hip": "1", "left-knee": "1"})
    assert judge(trial_rule("ashworth-one"), courses(short)[0]).passed is False
    assert judge(trial_rule("ashworth-one"), courses(one)[0]).passed is True
    assert judge(trial_rule("ashworth-two"), courses(one)[0]).passed is False
    assert judge(trial_rule("ashworth-two"), courses(two)[0]).passed is True


@given(
    before=st.integers(1, 100),
    after=st.integers(0, 100),
    better=st.integers(0, 100),
    name=st.sampled_from([one.id for one in trial_rules() if "vas" in one.measures]),
)
def test_less_pain_never_turns_a_pass_into_a_failure(
    before: int, after: int, better: int, name: str
) -> None:
    rule = trial_rule(name)
    worse, gentler = max(after, better), min(after, better)
    first = judge(rule, courses(trial(before, worse, scale="vas"))[0])
    second = judge(rule, courses(trial(before, gentler, scale="vas"))[0])
    assert second.passed or not first.passed


@given(rule=st.sampled_from(trial_rules()), by=st.fractions(Fraction(1, 10**6), Fraction(1, 10)))
def test_every_rule_turns_exactly_at_its_threshold(rule: TrialRule, by: Fraction) -> None:
    at = rule.threshold.value
    assert rule.reached(at) is (rule.compare is not Compare.FRACTION_MORE_THAN)
    assert rule.reached(at + by)
    assert not rule.reached(at - by)


def test_scores_of_another_scale_or_without_a_baseline_are_not_judged() -> None:
    lost = replace(trial(8), scores=(Score(START + timedelta(hours=1), {"nrs": Fraction(2)}),))
    assert verdict(lost).word == INCOMPLETE
    assert verdict(trial(0, 0)).word == INCOMPLETE


def test_nothing_given_is_a_plan_and_not_a_failure() -> None:
    assert verdict(replace(trial(8), boluses=())).word == PLANNED


def test_a_response_that_is_only_stated_is_named_as_such() -> None:
    stated = replace(trial(8), boluses=(replace(BOLUS, responded=True),))
    advice = advice_on(stated)
    assert advice.verdict == PASSED
    assert "stated" in [one.rule for one in advice.reasons if one.weight is Weight.CAUTION]


def test_scores_go_before_what_was_stated() -> None:
    case = replace(trial(8, 7), boluses=(replace(BOLUS, responded=True),))
    advice = advice_on(case)
    assert advice.verdict == FAILED
    assert "stated" in [one.rule for one in advice.reasons]


@pytest.mark.parametrize(
    ("changes", "word", "rule"),
    [
        ({"side_effects": "intolerable"}, FAILED, "side-effects"),
        ({"accepted": False}, FAILED, "acceptance"),
        ({"goals_met": False}, DISCUSS, "goals"),
    ],
)
def test_relief_alone_is_not_enough(changes: dict[str, object], word: str, rule: str) -> None:
    advice = advice_on(replace(trial(8, 4), **changes))
    assert advice.verdict == word
    assert rule in [one.rule for one in advice.reasons if one.weight is Weight.AGAINST]


def test_worse_function_is_to_be_discussed() -> None:
    scores = trial(8, 4).scores
    case = replace(trial(8), scores=(*scores[:-1], replace(scores[-1], function="worse")))
    assert verdict(case).word == DISCUSS


def test_what_the_verdict_needs_besides_the_scores_is_named_as_left_out() -> None:
    left = " ".join(advice_on(trial(8, 4)).not_checked)
    assert all(one in left for one in ("side_effects", "goals_met", "accepted", "function"))


def test_a_single_bolus_and_a_single_moment_are_a_possible_placebo_peak() -> None:
    rules = [one.rule for one in advice_on(trial(8, 4, 7, 8)).reasons]
    assert "placebo-peak" in rules
    assert "one-moment" in rules
    lasting = [one.rule for one in advice_on(trial(8, 4, 3, 4)).reasons]
    assert "one-moment" not in lasting


def test_fewer_than_two_scores_in_four_hours_after_baclofen_are_named() -> None:
    def rules(*after: int) -> list[str]:
        case = replace(trial(3, *after, scale="penn-frequency"), drug="baclofen")
        return [one.rule for one in advice_on(replace(case, therapy="spasticity")).reasons]

    assert "few-scores" in rules(1)
    assert "few-scores" not in rules(1, 1)


def test_a_pass_by_gentler_drugs_is_not_called_a_small_change() -> None:
    before = Score(START, {"vas-cm": Fraction("7.57"), "toxicity": Fraction(10)})
    after = Score(START + timedelta(days=28), {"vas-cm": Fraction(7), "toxicity": Fraction(8)})
    advice = advice_on(replace(trial(8), scores=(before, after), rule="smith"))
    assert advice.verdict == PASSED
    assert "small-change" not in [one.rule for one in advice.reasons]


def test_a_fall_below_the_smallest_change_that_matters_is_named() -> None:
    assert "small-change" in [one.rule for one in advice_on(trial(2, 1)).reasons]
    assert "small-change" not in [one.rule for one in advice_on(trial(4, 2)).reasons]


def test_a_recalled_rule_never_decides_silently() -> None:
    case = replace(trial(3, 1, scale="penn-frequency"), therapy="spasticity", drug="baclofen")
    advice = advice_on(case)
    assert advice.verdict == PASSED
    assert "recalled-rule" in [one.rule for one in advice.reasons if one.weight is Weight.CAUTION]


def test_every_published_rule_of_the_therapy_is_shown_beside_the_one_used() -> None:
    (shown,) = [one for one in advice_on(trial(8, 4)).disagreements if "successful" in one.question]
    assert [one.fact.value for one in shown.answers[:2]] == [Fraction(1, 2), Fraction(1, 2)]
    assert {Fraction(7, 10), Fraction(1, 5), Fraction(3, 10)} <= {
        one.fact.value for one in shown.answers
    }


def test_each_bolus_has_its_own_baseline_and_the_first_that_worked_counts() -> None:
    second = Bolus(START + timedelta(hours=25), Mass.of("0.5", "mg"))
    hours = ((-1, 8), (2, 7), (24, 8), (27, 3))
    case = replace(
        trial(8),
        method="repeated-bolus",
        boluses=(BOLUS, second),
        scores=tuple(
            Score(START + timedelta(hours=hour), {"nrs": Fraction(score)}) for hour, score in hours
        ),
    )
    found = verdict(case)
    assert (found.word, found.effective) == (PASSED, 1)
    assert advice_on(case).results["effective_bolus"] is not None


def test_an_infusion_is_judged_against_the_scores_before_it() -> None:
    case = replace(
        trial(8, 4),
        method="catheter",
        boluses=(),
        infusion=Infusion(START, MassRate.of("0.5", "mg/d")),
    )
    assert verdict(case).word == PASSED


@pytest.mark.inventory("S1.R15")
def test_the_predictors_systemic_opioid_and_trial_dose_stand_in_the_answer() -> None:
    known = replace(trial(8, 4), systemic_opioid=MassRate.of(120, "mg/d"))
    results = advice_on(known).results
    assert results["systemic_opioid_before"] == Amount(MassRate.of(120, "mg/d"), "mg/d")
    assert results["effective_bolus"] == Amount(BOLUS.dose, "mg")


def test_an_unknown_rule_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownIdError, match="half-relief"):
        trial_rule("half")
