"""What a selection hands the pathway: its verdict and the answers of which nothing is open."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from selection_cases import with_answers

from thecal.care.pathway import Given, PathwayState, Refusal, Transition, transition
from thecal.care.selection import SelectionCase, assess, given_by
from thecal.safety.finding import Answer

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def given_of(case: SelectionCase, **more: object) -> Given:
    found = assess(case)
    given = given_by(found.case, found.verdict, found.entries)
    return replace(given, role="physician", reason="in the notes", **more)


def step(case: SelectionCase, stage: str, to: str, **more: object) -> Transition | Refusal:
    state = PathwayState(case.pathway, stage, NOW, landmarks=frozenset({"assessed"}))
    return transition(state, to, given_of(case, **more), NOW)


@pytest.mark.inventory("S3.4")
def test_only_who_is_eligible_is_planned_a_trial() -> None:
    more = {"forms": frozenset({"F11"}), "trial_method": "catheter"}
    eligible = with_answers("non-cancer", psychology="clear")
    assert isinstance(step(eligible, "funded", "trial-planned", **more), Transition)
    infected = with_answers("non-cancer", psychology="clear", infection="active")
    assert isinstance(step(infected, "funded", "trial-planned", **more), Refusal)


@pytest.mark.inventory("S0.12")
def test_an_answer_that_waits_for_a_reason_is_not_settled() -> None:
    waived = with_answers("non-cancer", psychology="waived")
    assert isinstance(step(waived, "assessed", "psychology-waived"), Refusal)
    said = replace(waived, overrides={"psychology": Answer("days to live", "Dr. F")})
    assert isinstance(step(said, "assessed", "psychology-waived"), Transition)
    assert "psychology" not in given_of(waived).answers
    assert given_of(said).answers["psychology"] == "waived"


def test_cancer_and_spasticity_pass_without_a_psychologist_who_was_not_asked() -> None:
    for pathway in ("cancer", "spasticity"):
        silent = with_answers(pathway, psychology=None)
        assert isinstance(step(silent, "assessed", "psychology-waived"), Transition)
    silent = with_answers("non-cancer", psychology=None)
    assert isinstance(step(silent, "assessed", "psychology-waived"), Refusal)


def test_the_drugs_that_are_planned_come_along() -> None:
    assert given_of(with_answers("spasticity")).drugs == ("baclofen",)
