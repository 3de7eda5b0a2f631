"""Laboratory values: every limit is recalled, so a value asks and never decides."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selection_cases import PATHWAYS, complete, weight_of

from thecal.care.advice import Weight
from thecal.care.selection import ELIGIBLE, assess
from thecal.care.selection.labs import labs


def fine(pathway: str, lab: str, value: str) -> bool:
    case = complete(pathway, labs={lab: Fraction(value)})
    (weight,) = weight_of(case, "lab")
    return weight is Weight.NOTE


@pytest.mark.inventory("S1.R6")
@pytest.mark.parametrize(
    ("lab", "value", "expected"),
    [
        ("hba1c", "7.49", True),
        ("hba1c", "7.5", False),
        ("albumin", "3.5", False),
        ("albumin", "3.51", True),
        ("platelets", "100", False),
        ("platelets", "101", True),
        ("neutrophils", "1.5", False),
        ("neutrophils", "1.6", True),
        ("inr", "1.2", True),
        ("inr", "1.21", False),
    ],
)
def test_the_stricter_end_of_each_span_asks_with_sharp_bounds(
    lab: str, value: str, expected: bool
) -> None:
    assert fine("non-cancer", lab, value) is expected


@pytest.mark.parametrize(("value", "expected"), [("70", False), ("71", True)])
def test_cancer_has_its_own_limit_of_platelets(value: str, expected: bool) -> None:
    assert fine("cancer", "platelets", value) is expected
    assert not fine("spasticity", "platelets", value)


@given(
    st.sampled_from(labs()),
    st.fractions(min_value=0, max_value=10_000),
    st.sampled_from(PATHWAYS),
)
def test_no_value_decides_anything(lab, value: Fraction, pathway: str) -> None:
    assert assess(complete(pathway, labs={lab.id: value})).verdict == ELIGIBLE


@given(st.sampled_from(labs()), st.fractions(min_value=0, max_value=300), st.fractions(0, 300))
def test_a_value_further_on_the_right_side_is_never_worse(
    lab, value: Fraction, more: Fraction
) -> None:
    limit = lab.limits_in("any")[0].value
    better = value + more if lab.direction == "above" else max(Fraction(0), value - more)
    assert lab.fine(better, limit) or not lab.fine(value, limit)


def test_every_limit_is_recalled_and_both_ends_of_a_span_are_shown() -> None:
    for lab in labs():
        for limits in lab.limits.values():
            assert all(one.recalled for one in limits)
    found = assess(complete("non-cancer", labs={"hba1c": Fraction("7.7")})).disagreements
    (span,) = [one for one in found if "HbA1c" in one.question]
    assert [str(one.fact.value) for one in span.answers] == ["15/2", "8"]


def test_values_that_nobody_gave_are_not_checked() -> None:
    not_checked = assess(complete("non-cancer")).not_checked
    assert {"HbA1c", "albumin", "platelets", "neutrophils", "INR"} <= set(not_checked)
