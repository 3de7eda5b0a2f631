"""The stages from referral to maintenance: an illegal jump is blocked, an ending never."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selection_cases import PATHWAYS, clear_answers, complete

from thecal.care.pathway import next_stages, stages
from thecal.care.selection import SelectionCase, assess
from thecal.data import FACT_COLUMNS, use_clinic_tables
from thecal.errors import UnknownIdError
from thecal.safety.finding import Answer, Severity, Verdict, verdict_of

ENDINGS = ("explanted", "deceased", "transferred-out", "ceased")
WAY = [
    *("referred", "assessed", "psychologically-cleared", "funded", "trial-planned"),
    *("trial-passed", "implant-planned", "implanted", "titrating", "maintenance"),
]


def step(pathway: str, stage: str, requested: str, **changes: object) -> Verdict:
    case = complete(pathway, stage=stage, requested_stage=requested, **changes)
    return verdict_of(assess(case).findings)


@pytest.mark.inventory("S3.4")
def test_the_whole_way_from_referral_to_maintenance_is_open_to_whoever_is_eligible() -> None:
    answers = {**clear_answers("non-cancer"), "psychology": "clear", "funding": "authorised"}
    for stage, following in pairwise(WAY):
        assert step("non-cancer", stage, following, answers=answers) is Verdict.ACCEPTED


@pytest.mark.inventory("S3.4")
@pytest.mark.parametrize(
    ("stage", "requested"),
    [
        ("referred", "trial-planned"),
        ("referred", "implanted"),
        ("assessed", "trial-planned"),
        ("trial-failed", "implant-planned"),
        ("trial-planned", "implant-planned"),
        ("trial-repeated", "implanted"),
        ("deceased", "maintenance"),
    ],
)
def test_an_illegal_jump_is_refused(stage: str, requested: str) -> None:
    assert step("non-cancer", stage, requested) is Verdict.REFUSED


@pytest.mark.inventory("S3.4")
@given(
    st.sampled_from(stages()),
    st.sampled_from(ENDINGS),
    st.sampled_from(PATHWAYS),
)
def test_ending_is_open_from_every_stage_whatever_is_missing(
    stage: str, ending: str, pathway: str
) -> None:
    if stage == ending:
        return
    case = SelectionCase(pathway, stage=stage, requested_stage=ending)
    assert not [one for one in assess(case).findings if one.severity is Severity.HARD]


@pytest.mark.inventory("S3.4")
def test_no_table_of_a_clinic_can_block_an_ending(tmp_path: Path) -> None:
    (tmp_path / "pathway_stages.csv").write_text(
        "stage,parameter,rank," + ",".join(FACT_COLUMNS) + "\n"
        "ceased,gate,1,imaging = reviewed,text,ours,read,,2026-11-21,\n"
        "ceased,needs,1,eligible,text,ours,read,,2026-11-21,\n"
    )
    use_clinic_tables(tmp_path)
    try:
        case = SelectionCase("cancer", stage="titrating", requested_stage="ceased")
        assert not [one for one in assess(case).findings if one.severity is Severity.HARD]
    finally:
        use_clinic_tables(None)


def test_who_has_died_is_explanted_before_cremation() -> None:
    assert next_stages("deceased")[0] == "explanted"
    assert "maintenance" not in next_stages("deceased")


@given(st.sampled_from(stages()), st.sampled_from(stages()))
def test_only_the_stages_that_are_named_follow(stage: str, requested: str) -> None:
    case = SelectionCase("cancer", stage=stage, requested_stage=requested)
    hard = [one for one in assess(case).findings if "does not follow" in one.message]
    assert bool(hard) is (requested not in next_stages(stage))


@pytest.mark.inventory("S3.4")
@pytest.mark.parametrize("requested", ["trial-planned"])
def test_evaluation_precedes_the_trial(requested: str) -> None:
    answers = {**clear_answers("non-cancer"), "infection": "active"}
    assert step("non-cancer", "funded", requested, answers=answers) is Verdict.REFUSED
    assert step("non-cancer", "funded", requested) is Verdict.ACCEPTED


@pytest.mark.inventory("S0.12")
def test_the_implant_waits_until_imaging_is_reviewed_or_waived_with_a_reason() -> None:
    for imaging, expected in (
        ("reviewed", Verdict.ACCEPTED),
        ("done", Verdict.REFUSED),
        ("not-done", Verdict.REFUSED),
        ("waived", Verdict.REFUSED),
    ):
        answers = {**clear_answers("cancer"), "imaging": imaging}
        assert step("cancer", "implant-planned", "implanted", answers=answers) is expected
    waived = {**clear_answers("cancer"), "imaging": "waived"}
    reason = {"imaging": Answer("days to live", "Dr. F")}
    assert (
        step("cancer", "implant-planned", "implanted", answers=waived, overrides=reason)
        is Verdict.ACCEPTED
    )


def test_no_implant_before_the_money_is_granted() -> None:
    answers = {**clear_answers("non-cancer"), "funding": "requested"}
    cleared = "psychologically-cleared"
    assert step("non-cancer", cleared, "funded", answers=answers) is Verdict.REFUSED
    answers["funding"] = "authorised"
    assert step("non-cancer", cleared, "funded", answers=answers) is Verdict.ACCEPTED


def test_the_psychologist_may_be_passed_by_only_where_the_pathway_does_not_need_one() -> None:
    silent = {k: v for k, v in clear_answers("cancer").items() if k != "psychology"}
    assert step("cancer", "assessed", "psychology-waived", answers=silent) is Verdict.ACCEPTED
    assert step("non-cancer", "assessed", "psychology-waived", answers=silent) is Verdict.REFUSED
    deferred = {**silent, "psychology": "defer"}
    assert (
        step("non-cancer", "assessed", "psychologically-cleared", answers=deferred)
        is Verdict.REFUSED
    )


@pytest.mark.inventory("S0.10")
def test_only_cancer_may_go_without_a_trial() -> None:
    assert step("cancer", "funded", "trial-waived") is Verdict.ACCEPTED
    assert step("non-cancer", "funded", "trial-waived") is Verdict.REFUSED


def test_without_a_stage_asked_for_nothing_is_refused() -> None:
    case = replace(complete("cancer"), stage="referred")
    assert assess(case).findings == ()


def test_an_unknown_stage_is_refused_by_name() -> None:
    with pytest.raises(UnknownIdError, match="is no stage"):
        next_stages("waiting-room")


def test_a_stage_asked_for_from_nowhere_is_refused_unless_it_ends() -> None:
    from_nowhere = complete("cancer", requested_stage="implanted")
    assert verdict_of(assess(from_nowhere).findings) is Verdict.REFUSED
    assert assess(complete("cancer", requested_stage="ceased")).findings == ()
