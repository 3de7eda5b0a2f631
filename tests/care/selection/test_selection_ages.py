"""Age: labels of drugs and pumps, children and their cautions, the elderly, brain injury."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selection_cases import TODAY, complete, rules, weight_of

from thecal.care.advice import Weight
from thecal.care.selection import ELIGIBLE, NOT_ELIGIBLE, NOT_YET, SelectionCase, assess
from thecal.safety.finding import Answer


def born(years: int, extra_days: int = 0) -> date:
    """The date of birth of somebody who turned `years` today, or some days ago."""
    return date(TODAY.year - years, TODAY.month, TODAY.day) - timedelta(days=extra_days)


def child(years: int = 8, **changes: object) -> SelectionCase:
    """A child with cerebral palsy whose referral is complete; keys with `_` are answers."""
    base = complete("spasticity", indication_id="cerebral-palsy", birth_date=born(years))
    answers = {**base.answers, "gross-motor-class": "4"}
    for key in [key for key in changes if key.replace("_", "-") in answers]:
        answers[key.replace("_", "-")] = str(changes.pop(key))
    return complete(
        "spasticity",
        indication_id="cerebral-palsy",
        **{"birth_date": born(years), "answers": answers, **changes},
    )


@pytest.mark.inventory("S0.R9", "S1.5")
def test_baclofen_from_the_fourth_birthday_and_not_the_day_before() -> None:
    assert assess(child(4)).verdict == ELIGIBLE
    the_day_before = assess(child(birth_date=born(4) + timedelta(days=1)))
    assert the_day_before.verdict == NOT_ELIGIBLE
    assert rules(the_day_before, Weight.AGAINST) == {"minimum-age"}
    (against,) = the_day_before.of(Weight.AGAINST)
    assert "4 years" in against.said.en


@given(st.integers(0, 17), st.integers(0, 10))
def test_growing_older_never_makes_a_child_less_eligible_by_the_label(
    years: int, more: int
) -> None:
    younger, older = assess(child(years)), assess(child(min(17, years + more)))
    assert younger.verdict != ELIGIBLE or older.verdict == ELIGIBLE


def test_a_drug_below_the_age_of_its_label_is_off_label_and_no_refusal() -> None:
    case = complete("cancer", birth_date=born(17))
    assert assess(case).verdict == ELIGIBLE
    assert weight_of(case, "minimum-age") == {Weight.CAUTION}
    assert weight_of(complete("cancer", birth_date=born(18)), "minimum-age") == {Weight.FOR}


@pytest.mark.parametrize(("years", "weight"), [(11, Weight.CAUTION), (12, Weight.FOR)])
def test_the_age_on_the_label_of_a_pump_asks_for_another_pump(years: int, weight: Weight) -> None:
    case = child(years, pump="prometra-ii-20")
    assert assess(case).verdict == ELIGIBLE
    on_pump = [one for one in assess(case).judgements if "prometra" in one.said.en]
    assert [one.weight for one in on_pump] == [weight]


@pytest.mark.inventory("S0.R9")
@pytest.mark.parametrize(
    ("item", "answer"),
    [
        ("epilepsy", "uncontrolled"),
        ("respiratory_disease", "yes"),
        ("nutrition", "poor"),
        ("spinal_fusion", "done"),
        ("gross_motor_class", "1"),
        ("gross_motor_class", "2"),
    ],
)
def test_the_cautions_of_the_guideline_for_children(item: str, answer: str) -> None:
    case = child(**{item: answer})
    assert weight_of(case, item.replace("_", "-")) == {Weight.CAUTION}
    assert assess(case).verdict == ELIGIBLE


@pytest.mark.inventory("S0.R9")
def test_the_pump_comes_before_a_planned_fusion_of_the_spine() -> None:
    assert assess(child(spinal_fusion="planned-after-pump")).verdict == ELIGIBLE
    first = child(spinal_fusion="planned-before-pump")
    assert assess(first).verdict == NOT_YET
    assert rules(assess(first), Weight.MISSING) == {"spinal-fusion"}
    reason = {"spinal-fusion": Answer("date already set", "Dr. E")}
    assert assess(child(spinal_fusion="planned-before-pump", overrides=reason)).verdict == ELIGIBLE


@pytest.mark.inventory("S0.R9")
def test_a_child_is_asked_what_an_adult_is_not() -> None:
    empty = SelectionCase("spasticity", "cerebral-palsy", born(8), TODAY, drugs=("baclofen",))
    asked = rules(assess(empty), Weight.MISSING)
    assert asked >= {"gross-motor-class", "epilepsy", "spinal-fusion"}
    adult = SelectionCase("spasticity", "cerebral-palsy", born(30), TODAY, drugs=("baclofen",))
    assert not rules(assess(adult), Weight.MISSING) & {"gross-motor-class", "epilepsy"}


def test_a_child_with_a_body_too_small_for_a_pump_is_refused() -> None:
    assert assess(child(body_size="too-small")).verdict == NOT_ELIGIBLE
    assert assess(child(body_size="doubtful")).verdict == NOT_YET


def test_the_figures_of_children_disagree_and_all_are_shown() -> None:
    found = {one.question: one for one in assess(child()).disagreements}
    infection = found["How many children with a baclofen pump have an infection?"]
    assert [str(one.fact.value) for one in infection.answers] == ["93/1000", "73/500", "19/200"]


@pytest.mark.inventory("S1.R9")
@pytest.mark.parametrize(("years", "flagged"), [(64, False), (65, True), (90, True)])
def test_the_elderly_are_flagged_and_never_refused_for_their_age(years: int, flagged: bool) -> None:
    case = complete("non-cancer", birth_date=born(years))
    assert (weight_of(case, "elderly") == {Weight.CAUTION}) is flagged
    assert assess(case).verdict == ELIGIBLE


@pytest.mark.parametrize(("waited", "verdict"), [(364, NOT_YET), (365, ELIGIBLE), (2000, ELIGIBLE)])
def test_after_a_brain_injury_a_year_is_waited(waited: int, verdict: str) -> None:
    injured = TODAY - timedelta(days=waited)
    case = complete("spasticity", indication_id="brain-injury", injury_date=injured)
    found = assess(case)
    assert found.verdict == verdict
    if verdict == NOT_YET:
        (missing,) = found.of(Weight.MISSING)
        assert (injured + timedelta(days=365)).isoformat() in missing.said.en


def test_a_brain_injury_without_its_date_is_not_decided() -> None:
    found = assess(complete("spasticity", indication_id="brain-injury"))
    assert rules(found, Weight.MISSING) == {"brain-injury"}


def test_an_unknown_age_is_asked_and_not_assumed() -> None:
    found = assess(complete("spasticity", birth_date=None))
    assert rules(found, Weight.MISSING) == {"age"}
