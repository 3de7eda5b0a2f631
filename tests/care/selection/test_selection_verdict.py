"""The verdict: eligible, not yet (and what is missing), not eligible (and why)."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selection_cases import PATHWAYS, clear_answers, complete, rules, weight_of, with_answers

from thecal.care.advice import Weight
from thecal.care.selection import (
    ELIGIBLE,
    NOT_ELIGIBLE,
    NOT_YET,
    PriorTherapy,
    SelectionCase,
    assess,
)
from thecal.care.selection.assess import verdict_on
from thecal.care.selection.items import items
from thecal.errors import UnknownIdError
from thecal.safety.finding import Answer, Severity, Verdict, verdict_of

ORDER = (ELIGIBLE, NOT_YET, NOT_ELIGIBLE)
ABSOLUTE = [
    ("raised_intracranial_pressure", "yes"),
    ("infection", "active"),
    ("coagulopathy", "uncorrected"),
    ("allergy", "to-the-drug"),
    ("allergy", "to-the-implant"),
    ("csf_flow_block", "yes"),
    ("body_size", "too-small"),
]


@pytest.mark.inventory("S1.2", "S1.3", "S3.20")
@pytest.mark.parametrize("pathway", PATHWAYS)
def test_whoever_has_every_answer_and_nothing_against_it_is_eligible(pathway: str) -> None:
    found = assess(complete(pathway))
    assert found.verdict == ELIGIBLE
    assert not found.of(Weight.AGAINST)
    assert not found.of(Weight.MISSING)
    assert verdict_of(found.findings) is Verdict.ACCEPTED


@pytest.mark.parametrize("pathway", PATHWAYS)
def test_a_referral_that_says_nothing_is_never_eligible_and_names_what_is_missing(
    pathway: str,
) -> None:
    found = assess(SelectionCase(pathway))
    assert found.verdict == NOT_YET
    missing = rules(found, Weight.MISSING)
    assert missing >= {"infection", "coagulopathy", "age", "goals", "therapies", "attendance"}
    assert all(one.said.en for one in found.of(Weight.MISSING))


@pytest.mark.inventory("S3.20", "S1.5")
@pytest.mark.parametrize("pathway", PATHWAYS)
@pytest.mark.parametrize(("item", "answer"), ABSOLUTE)
def test_an_absolute_contraindication_refuses_in_every_pathway_and_says_why(
    pathway: str, item: str, answer: str
) -> None:
    found = assess(with_answers(pathway, **{item: answer}))
    assert found.verdict == NOT_ELIGIBLE
    (reason,) = [one.reason() for one in found.of(Weight.AGAINST)]
    assert reason.rule == item.replace("_", "-")
    assert reason.figures[0].fact.source.startswith("pharmacology.md 4.2")
    assert reason.figures[0].fact.status == "read"


@pytest.mark.parametrize("pathway", PATHWAYS)
def test_an_anticoagulant_without_a_plan_is_open_and_one_with_a_plan_is_a_caution(
    pathway: str,
) -> None:
    present = assess(with_answers(pathway, anticoagulant="present"))
    assert present.verdict == NOT_YET
    assert rules(present, Weight.MISSING) == {"anticoagulant"}
    planned = assess(with_answers(pathway, anticoagulant="plan-made"))
    assert planned.verdict == ELIGIBLE
    assert "anticoagulant" in rules(planned, Weight.CAUTION)


@pytest.mark.inventory("S0.9", "S3.20")
@pytest.mark.parametrize(
    ("drug", "item", "answer"),
    [
        ("ziconotide", "psychosis", "yes"),
        ("morphine", "respiratory_depression", "yes"),
        ("morphine", "asthma", "severe-unmonitored"),
        ("morphine", "mao_inhibitor", "yes"),
        ("morphine", "gastrointestinal_obstruction", "yes"),
    ],
)
def test_a_contraindication_of_one_drug_refuses_that_drug_and_is_noted_for_others(
    drug: str, item: str, answer: str
) -> None:
    answers = {**clear_answers("non-cancer"), item.replace("_", "-"): answer}
    planned = complete("non-cancer", drugs=(drug,), answers=answers)
    assert assess(planned).verdict == NOT_ELIGIBLE
    other = complete("non-cancer", drugs=("clonidine",), answers=answers)
    assert assess(other).verdict == ELIGIBLE
    assert weight_of(other, item.replace("_", "-")) == {Weight.NOTE}


@pytest.mark.inventory("S0.9")
def test_ziconotide_without_an_answer_about_psychosis_is_not_decided() -> None:
    answers = clear_answers("non-cancer")
    del answers["psychosis"]
    case = complete("non-cancer", drugs=("ziconotide",), answers=answers)
    assert rules(assess(case), Weight.MISSING) == {"psychosis"}


@pytest.mark.parametrize(
    "item", ["lung_disease", "home_support", "immunosuppression", "spine", "psychology_profile"]
)
def test_what_is_only_recalled_never_decides(item: str) -> None:
    id = item.replace("_", "-")
    (one,) = [one for one in items() if one.id == id]
    for answer in one.answers:
        if one.effect(answer, "non-cancer").recalled:
            found = assess(with_answers("non-cancer", **{item: answer}))
            assert found.verdict == ELIGIBLE
    assert assess(with_answers("non-cancer", **{item: None})).verdict == ELIGIBLE


def test_a_recalled_row_that_would_decide_becomes_a_caution_that_says_so() -> None:
    found = assess(with_answers("non-cancer", psychology_profile="invalid"))
    (judgement,) = [one for one in found.judgements if one.rule == "psychology-profile"]
    assert judgement.weight is Weight.CAUTION
    assert "does not decide" in judgement.said.en
    assert "entscheidet nicht" in judgement.said.de


@pytest.mark.parametrize("pathway", PATHWAYS)
def test_every_deciding_row_was_read_somewhere(pathway: str) -> None:
    for one in items():
        for answer in one.answers:
            effect = one.effect(answer, pathway)
            if effect.value in ("absolute", "unresolved") and effect.recalled:
                case = with_answers(pathway, **{one.id: answer})
                assert Weight.AGAINST not in weight_of(case, one.id)
                assert Weight.MISSING not in weight_of(case, one.id)


@pytest.mark.inventory("S0.12")
@pytest.mark.parametrize("pathway", PATHWAYS)
def test_imaging_is_reviewed_or_waived_with_a_reason_before_anything_is_decided(
    pathway: str,
) -> None:
    for open_answer in ("done", "not-done", None):
        assert assess(with_answers(pathway, imaging=open_answer)).verdict == NOT_YET
    waived = with_answers(pathway, imaging="waived")
    found = assess(waived)
    assert found.verdict == NOT_YET
    assert [one.severity for one in found.findings] == [Severity.SOFT]
    assert verdict_of(found.findings) is Verdict.OVERRIDE_NEEDED
    answered = complete(
        pathway, answers=waived.answers, overrides={"imaging": Answer("dying", "A. Physician")}
    )
    assert assess(answered).verdict == ELIGIBLE
    assert "dying" in next(
        one.said.en for one in assess(answered).judgements if one.rule == "imaging"
    )


@given(st.data())
def test_a_worse_answer_never_makes_the_verdict_better(data: st.DataObject) -> None:
    pathway = data.draw(st.sampled_from(PATHWAYS))
    one = data.draw(st.sampled_from(items()))
    answer = data.draw(st.sampled_from((*one.answers, None)))
    base = assess(complete(pathway)).verdict
    changed = assess(with_answers(pathway, **{one.id: answer})).verdict
    assert ORDER.index(changed) >= ORDER.index(base)


@given(st.lists(st.sampled_from(items()), max_size=6), st.sampled_from(PATHWAYS))
def test_leaving_answers_out_never_makes_anybody_eligible(left_out: list, pathway: str) -> None:
    answers = {**clear_answers(pathway), "attendance": "unable"}
    for one in left_out:
        answers.pop(one.id, None)
    assert assess(complete(pathway, answers=answers)).verdict != ELIGIBLE


@pytest.mark.parametrize("pathway", PATHWAYS)
def test_who_cannot_attend_refills_waits_until_that_is_arranged(pathway: str) -> None:
    found = assess(with_answers(pathway, attendance="unable"))
    assert found.verdict == NOT_YET
    assert rules(found, Weight.MISSING) == {"attendance"}
    assert weight_of(with_answers(pathway, attendance="doubtful"), "attendance") == {Weight.CAUTION}


@pytest.mark.inventory("S1.R6")
@pytest.mark.parametrize(
    ("item", "answer"),
    [("nutrition", "poor"), ("smoking", "yes"), ("diabetes", "poorly-controlled")],
)
def test_what_delays_healing_is_a_caution(item: str, answer: str) -> None:
    case = with_answers("non-cancer", **{item: answer})
    assert weight_of(case, item) == {Weight.CAUTION}
    assert assess(case).verdict == ELIGIBLE


def test_the_verdict_of_nothing_at_all_is_eligible_and_of_both_kinds_is_a_refusal() -> None:
    case = with_answers("cancer", infection="active", imaging="not-done")
    assert verdict_on(()) == ELIGIBLE
    assert assess(case).verdict == NOT_ELIGIBLE


def test_sources_that_weigh_unreachable_refills_differently_are_both_shown() -> None:
    (found,) = [
        one
        for one in assess(with_answers("non-cancer", attendance="unable")).disagreements
        if "refills" in one.question
    ]
    assert [one.fact.value for one in found.answers] == ["unresolved", "relative"]
    assert found.used


def test_a_reason_cannot_talk_a_contraindication_away_and_is_kept() -> None:
    reason = {"body-size": Answer("we will manage", "Dr. H")}
    answers = {**clear_answers("cancer"), "body-size": "too-small"}
    found = assess(complete("cancer", answers=answers, overrides=reason))
    assert found.verdict == NOT_ELIGIBLE
    (kept,) = [one for one in found.of(Weight.NOTE) if one.rule == "body-size"]
    assert "we will manage" in kept.said.en


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"answers": {"infections": "active"}}, "infections"),
        ({"answers": {"infection": "maybe"}}, "answer to infection"),
        ({"labs": {"crp": Fraction(5)}}, "crp"),
        ({"system": "backpack"}, "backpack"),
        ({"therapies": (PriorTherapy("leeches", "failed"),)}, "leeches"),
        ({"therapies": (PriorTherapy("surgery", "so-so"),)}, "so-so"),
        ({"overrides": {"imagin": Answer("x", "y")}}, "imagin"),
        ({"drugs": ("asprin",)}, "asprin"),
    ],
)
def test_a_misspelt_entry_is_refused_for_it_would_silently_not_count(
    changes: dict[str, object], words: str
) -> None:
    with pytest.raises(UnknownIdError, match=words):
        assess(complete("non-cancer", **changes))
