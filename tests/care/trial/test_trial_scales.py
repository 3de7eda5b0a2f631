"""Scores: the ends of each scale, and Ashworth by category."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trial_builders import START, screening, trial

from thecal.care.trial.advise import advice_on
from thecal.care.trial.case import Score
from thecal.care.trial.scales import ashworth_categories, read_category, read_score
from thecal.care.trial.series import ashworth_mean, changes, courses
from thecal.errors import EntryError


def test_ashworth_is_kept_by_category_and_1_plus_counts_one_and_a_half() -> None:
    assert tuple(ashworth_categories()) == ("0", "1", "1+", "2", "3", "4")
    assert ashworth_mean({"a": "1+"}) == Fraction(3, 2)
    assert ashworth_mean({"a": "1", "b": "1+", "c": "2"}) == Fraction(3, 2)


@pytest.mark.parametrize("text", ["1.5", "5", "", "++", 1.5, True, None])
def test_what_is_no_category_is_refused(text: object) -> None:
    with pytest.raises(EntryError, match="no category"):
        read_category(text)


@pytest.mark.parametrize(
    ("scale", "least", "most"),
    [
        ("nrs", "0", "10"),
        ("vas", "0", "100"),
        ("penn-frequency", "0", "4"),
        ("penn-severity", "1", "3"),
    ],
)
def test_a_score_outside_its_scale_is_refused(scale: str, least: str, most: str) -> None:
    assert read_score(scale, least) == Fraction(least)
    assert read_score(scale, most) == Fraction(most)
    with pytest.raises(EntryError, match="outside the scale"):
        read_score(scale, f"{most}.1")


def test_a_score_with_a_point_is_typed_as_text() -> None:
    assert read_score("nrs", "4.1") == Fraction("4.1")
    with pytest.raises(EntryError, match="in quotes"):
        read_score("nrs", 4.1)


def test_only_muscle_groups_scored_both_times_are_compared() -> None:
    before = Score(START, ashworth={"left-knee": "3", "right-knee": "4"})
    after = Score(START.replace(hour=11), ashworth={"left-knee": "2", "left-hip": "0"})
    (change,) = changes(courses(replace(trial(8), scores=(before, after)))[0], "ashworth")
    assert (change.before, change.now) == (3, 2)


def test_fewer_than_four_muscle_groups_are_named() -> None:
    before = Score(START, ashworth={"a": "3", "b": "3", "c": "3"})
    after = Score(START.replace(hour=11), ashworth={"a": "1", "b": "1", "c": "1"})
    case = replace(trial(8), therapy="spasticity", drug="baclofen", scores=(before, after))
    assert "muscle-groups" in [one.rule for one in advice_on(case).reasons]


def test_a_mean_over_fewer_groups_than_before_the_dose_is_named() -> None:
    four = {"left-hip": "3", "left-knee": "3", "right-hip": "3", "right-knee": "4"}

    def told(after: dict[str, str]) -> list[str]:
        scores = (
            Score(START - timedelta(hours=1), ashworth=four),
            Score(START + timedelta(hours=2), ashworth=after),
        )
        reasons = advice_on(screening((0, "50", None), scores=scores)).reasons
        return [one.text for one in reasons if one.rule == "muscle-groups"]

    assert told(dict.fromkeys(four, "1")) == []
    assert told({"left-hip": "1"}) == [
        "1 muscle groups scored, 4 are advised for a mean",
        "only 1 of 4 muscle groups were scored again",
    ]


def test_without_an_age_the_least_age_of_the_label_is_not_checked() -> None:
    unknown = advice_on(screening((0, "50", True)))
    assert any(one.startswith("age:") for one in unknown.not_checked)
    assert not any(
        one.startswith("age:") for one in advice_on(screening((0, "50", True), age=46)).not_checked
    )


@given(
    groups=st.dictionaries(
        st.text(min_size=1), st.sampled_from(tuple(ashworth_categories())), min_size=1
    )
)
def test_a_mean_lies_between_the_least_and_the_worst_muscle_group(groups: dict[str, str]) -> None:
    figures = [ashworth_categories()[one].value for one in groups.values()]
    assert min(figures) <= ashworth_mean(groups) <= max(figures)
