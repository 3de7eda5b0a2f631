"""Three pathways, each with its strictness, its forms and its psychological assessment."""

from __future__ import annotations

import pytest
from selection_cases import PATHWAYS, complete, rules, weight_of, with_answers

from thecal.care.advice import Weight
from thecal.care.selection import ELIGIBLE, NOT_ELIGIBLE, NOT_YET, assess
from thecal.care.selection.advise import advice_on
from thecal.care.selection.items import items
from thecal.pharmacy import drugs, limits
from thecal.safety.finding import Answer, Severity


def needed_in(pathway: str) -> set[str]:
    return {one.id for one in items() if one.needed(pathway)}


@pytest.mark.inventory("S2.4", "S0.R5", "S3.20")
def test_non_cancer_needs_more_items_of_the_checklist_than_cancer() -> None:
    assert len(needed_in("non-cancer")) > len(needed_in("cancer"))
    assert needed_in("cancer") < needed_in("non-cancer")
    assert needed_in("non-cancer") - needed_in("cancer") >= {
        "psychology",
        "opioid-reduction",
        "substance-use",
        "objective-cause",
        "further-surgery",
        "expectations",
    }


@pytest.mark.inventory("S1.R16", "S3.20")
@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        ("clear", ELIGIBLE),
        ("clear-with-plan", ELIGIBLE),
        ("defer", NOT_YET),
        ("no", NOT_ELIGIBLE),
        ("waived", NOT_YET),
        (None, NOT_YET),
    ],
)
def test_psychological_clearance_decides_in_non_cancer_pain(
    answer: str | None, verdict: str
) -> None:
    assert assess(with_answers("non-cancer", psychology=answer)).verdict == verdict


@pytest.mark.inventory("S1.R16")
@pytest.mark.parametrize("pathway", ["cancer", "spasticity"])
@pytest.mark.parametrize("answer", ["clear", "clear-with-plan", "defer", "no", "waived", None])
def test_psychological_assessment_is_no_condition_in_cancer_and_spasticity(
    pathway: str, answer: str | None
) -> None:
    case = with_answers(pathway, psychology=answer)
    assert assess(case).verdict == ELIGIBLE
    if answer in ("no", "defer"):
        assert Weight.CAUTION in weight_of(case, "psychology")


@pytest.mark.inventory("S1.R16")
@pytest.mark.parametrize("profile", ["within-limits", "raised-mood", "raised-several", "invalid"])
def test_a_result_code_of_a_personality_profile_never_decides(profile: str) -> None:
    assert assess(with_answers("non-cancer", psychology_profile=profile)).verdict == ELIGIBLE


@pytest.mark.inventory("S0.10", "S0.R16", "S1.R7")
def test_cancer_may_shorten_or_leave_out_the_trial_with_a_documented_reason() -> None:
    for plan in ("short", "none"):
        case = with_answers("cancer", trial_plan=plan)
        found = assess(case)
        assert found.verdict == NOT_YET
        (finding,) = found.findings
        assert finding.severity is Severity.SOFT
        assert finding.check == "trial-plan"
        answered = complete(
            "cancer",
            answers=case.answers,
            overrides={"trial-plan": Answer("weeks to live", "Dr. B")},
        )
        found = assess(answered)
        assert found.verdict == ELIGIBLE
        (kept,) = found.findings
        assert kept.answer == Answer("weeks to live", "Dr. B")
        assert "weeks to live" in next(
            one.said.en for one in found.judgements if one.rule == "trial-plan"
        )


@pytest.mark.inventory("S0.10")
@pytest.mark.parametrize("pathway", ["non-cancer", "spasticity"])
def test_outside_cancer_nobody_goes_without_a_trial_whatever_the_reason(pathway: str) -> None:
    case = with_answers(pathway, trial_plan="none")
    answered = complete(
        pathway, answers=case.answers, overrides={"trial-plan": Answer("in a hurry", "X")}
    )
    assert assess(answered).verdict == NOT_YET
    assert rules(assess(answered), Weight.MISSING) == {"trial-plan"}


@pytest.mark.inventory("S0.10", "S0.R16")
def test_cancer_needs_an_estimate_of_survival() -> None:
    assert rules(assess(complete("cancer", life_expectancy=None)), Weight.MISSING) == {
        "life-expectancy"
    }
    assert assess(complete("non-cancer", life_expectancy=None)).verdict == ELIGIBLE


def test_the_laxer_pathway_is_not_open_to_an_indication_outside_cancer_without_a_reason() -> None:
    case = complete("cancer", indication_id="failed-back-surgery-syndrome")
    found = assess(case)
    assert found.verdict == NOT_YET
    assert [one.check for one in found.findings] == ["pathway"]
    reason = {"pathway": Answer("tumour in the old scar", "Dr. C")}
    answered = complete("cancer", indication_id="failed-back-surgery-syndrome", overrides=reason)
    assert assess(answered).verdict == ELIGIBLE


@pytest.mark.inventory("S1.5")
@pytest.mark.parametrize(
    ("answer", "verdict"),
    [("attempted", ELIGIBLE), ("no-opioids", ELIGIBLE), ("not-attempted", NOT_YET)],
)
def test_non_cancer_pain_asks_for_an_attempt_to_reduce_opioids(answer: str, verdict: str) -> None:
    assert assess(with_answers("non-cancer", opioid_reduction=answer)).verdict == verdict
    assert assess(with_answers("cancer", opioid_reduction=answer)).verdict == ELIGIBLE


@pytest.mark.inventory("S1.2", "S0.7")
def test_every_pathway_loads_its_own_forms_and_outcome_scales() -> None:
    forms = {pathway: advice_on(assess(complete(pathway))).results for pathway in PATHWAYS}
    assert len({found["forms"] for found in forms.values()}) == 3
    assert "Penn spasm scale" in str(forms["spasticity"]["outcome_scales"])
    assert "goal attainment scaling" in str(forms["spasticity"]["outcome_scales"])
    assert "survival estimate" in str(forms["cancer"]["forms"])
    assert "psychological assessment" in str(forms["non-cancer"]["forms"])
    assert "oncology" in str(forms["cancer"]["letter_copies"])


@pytest.mark.inventory("S0.9")
def test_every_drug_of_the_library_has_a_limit_with_a_source() -> None:
    populations = ("adult", "tolerant", "naive", "spinal", "cerebral", "cancer", "non-cancer")
    parameters = ("maximum-daily", "start-high", "maximum-concentration", "highest-reported-daily")
    for one in drugs():
        found = [
            limit
            for parameter in parameters
            for limit in limits(one.id, parameter, populations=populations)
        ]
        assert found, one.id
        assert all(limit.fact.source for limit in found)


@pytest.mark.inventory("S1.R26")
@pytest.mark.parametrize(
    ("item", "answer"),
    [
        ("expectations", "unrealistic"),
        ("mental_health", "unmanaged"),
        ("adherence", "doubtful"),
        ("funding", "refused"),
    ],
)
def test_the_relative_contraindications_of_baclofen_pumps_are_cautions(
    item: str, answer: str
) -> None:
    case = with_answers("spasticity", **{item: answer})
    assert weight_of(case, item.replace("_", "-")) == {Weight.CAUTION}
    assert assess(case).verdict == ELIGIBLE


@pytest.mark.inventory("S1.R26")
def test_a_ventricular_shunt_is_no_contraindication() -> None:
    case = with_answers("spasticity", ventricular_shunt="yes")
    assert weight_of(case, "ventricular-shunt") == {Weight.NOTE}
    assert assess(case).verdict == ELIGIBLE


def test_goals_are_agreed_before_anything_is_decided() -> None:
    found = assess(complete("spasticity", goals=()))
    assert rules(found, Weight.MISSING) == {"goals"}
    assert assess(complete("spasticity", goals=("sit for an hour",))).verdict == ELIGIBLE
