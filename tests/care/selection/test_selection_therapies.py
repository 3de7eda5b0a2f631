"""Simpler treatment comes first: it failed or was not tolerated, oral drugs were tried."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selection_cases import PATHWAYS, complete, rules, weight_of, with_answers

from thecal.care.advice import Weight
from thecal.care.selection import ELIGIBLE, NOT_YET, PriorTherapy, assess
from thecal.care.selection.therapies import counts_in, is_oral, therapy_kinds
from thecal.safety.finding import Answer, Verdict, verdict_of
from thecal.units import MassRate

ORAL = {"non-cancer": "oral-opioid", "cancer": "oral-opioid", "spasticity": "oral-baclofen"}


def tried(*pairs: tuple[str, str]) -> tuple[PriorTherapy, ...]:
    return tuple(PriorTherapy(kind, outcome) for kind, outcome in pairs)


@pytest.mark.inventory("S1.3", "S1.4", "S3.1", "S3.3")
@pytest.mark.parametrize("pathway", PATHWAYS)
@pytest.mark.parametrize("outcome", ["failed", "not-tolerated"])
def test_failure_and_intolerance_suffice_each_alone(pathway: str, outcome: str) -> None:
    case = complete(pathway, therapies=tried((ORAL[pathway], outcome)))
    assert assess(case).verdict == ELIGIBLE
    assert weight_of(case, "therapies") == {Weight.FOR}


@pytest.mark.inventory("S3.1")
@pytest.mark.parametrize("pathway", PATHWAYS)
def test_without_a_list_of_earlier_treatments_nothing_is_decided(pathway: str) -> None:
    found = assess(complete(pathway, therapies=()))
    assert found.verdict == NOT_YET
    assert "therapies" in rules(found, Weight.MISSING)
    assert any("please list them" in one.said.en for one in found.of(Weight.MISSING))


@pytest.mark.parametrize("pathway", PATHWAYS)
@pytest.mark.parametrize("outcome", ["helped", "not-tried"])
def test_treatment_that_helps_or_was_never_tried_is_no_reason_for_a_pump(
    pathway: str, outcome: str
) -> None:
    case = complete(pathway, therapies=tried((ORAL[pathway], outcome)))
    assert assess(case).verdict == NOT_YET
    assert Weight.MISSING in weight_of(case, "therapies")


@pytest.mark.inventory("S0.6", "S1.4")
def test_a_candidate_without_an_oral_trial_is_an_open_question_whose_reason_is_kept() -> None:
    without = complete("spasticity", therapies=tried(("botulinum-toxin", "failed")))
    found = assess(without)
    assert found.verdict == NOT_YET
    assert verdict_of(found.findings) is Verdict.OVERRIDE_NEEDED
    assert [one.check for one in found.findings] == ["oral-trial"]
    answered = assess(
        complete(
            "spasticity",
            therapies=without.therapies,
            overrides={"oral-trial": Answer("cannot swallow", "Dr. D")},
        )
    )
    assert answered.verdict == ELIGIBLE
    assert verdict_of(answered.findings) is Verdict.ACCEPTED
    assert answered.findings[0].answer == Answer("cannot swallow", "Dr. D")
    (kept,) = [one for one in answered.judgements if one.rule == "oral-trial"]
    assert kept.weight is Weight.CAUTION
    assert "cannot swallow" in kept.said.de


def test_a_treatment_of_another_pathway_does_not_count() -> None:
    case = complete("spasticity", therapies=tried(("oral-opioid", "failed")))
    assert assess(case).verdict == NOT_YET


@pytest.mark.inventory("S0.10", "S1.R7")
@pytest.mark.parametrize(("dose", "enough"), [("299.9", False), ("300", True), ("480", True)])
def test_cancer_pain_counts_as_refractory_from_300_mg_of_oral_morphine_equivalent(
    dose: str, enough: bool
) -> None:
    case = complete("cancer", therapies=(), morphine_equivalent=MassRate.of(dose, "mg/d"))
    assert (assess(case).verdict == ELIGIBLE) is enough
    other = complete("non-cancer", therapies=(), morphine_equivalent=MassRate.of(dose, "mg/d"))
    assert assess(other).verdict == NOT_YET


@pytest.mark.parametrize(("site", "early"), [("pancreas-or-liver", True), ("other", False)])
def test_some_sites_of_a_tumour_speak_for_an_early_start(site: str, early: bool) -> None:
    answers = with_answers("cancer", tumour_site=site).answers
    case = complete("cancer", therapies=(), answers=answers)
    assert (assess(case).verdict == ELIGIBLE) is early


@given(st.lists(st.sampled_from(therapy_kinds()), max_size=4), st.sampled_from(PATHWAYS))
def test_a_further_failed_treatment_never_takes_eligibility_away(
    kinds: list[str], pathway: str
) -> None:
    more = tried((ORAL[pathway], "failed"), *((kind, "failed") for kind in kinds))
    assert assess(complete(pathway, therapies=more)).verdict == ELIGIBLE


@pytest.mark.parametrize("pathway", PATHWAYS)
def test_every_pathway_knows_drugs_by_mouth_and_other_treatments(pathway: str) -> None:
    kinds = [kind for kind in therapy_kinds() if counts_in(kind, pathway)]
    assert any(is_oral(kind) for kind in kinds)
    assert any(not is_oral(kind) for kind in kinds)
