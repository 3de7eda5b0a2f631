"""Conditions of a case over what was done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.training.conditions import (
    Condition,
    FieldTest,
    Happening,
    first_of,
    flattened,
)
from thecal.units import Duration

BEGUN = datetime(2026, 3, 2, 9, tzinfo=UTC)


def done(minutes: int = 0, standing: bool = True, **fields) -> Happening:
    return Happening(BEGUN + timedelta(minutes=minutes), "visit.step", fields, standing)


@pytest.mark.parametrize(
    ("operator", "wanted", "found", "holds"),
    [
        ("is", "20 mL", "20.0 mL", True),
        ("is", True, True, True),
        ("is", True, 1, False),
        ("above", "21 mL", "40 mL", True),
        ("above", "21 mL", "20 mL", False),
        ("above", "21 mL", "40 mg", False),
        ("below", "1 mg", "999 ug", True),
        ("most", 38, 38, True),
        ("not", "reservoir", "side-port", True),
        ("contains", "imag", "Image the line", True),
        ("one_of", ["a", "b"], "b", True),
        ("present", True, "x", True),
    ],
)
def test_a_value_is_compared_as_what_it_is(operator, wanted, found, holds) -> None:
    assert FieldTest("x", operator, wanted).holds({"x": found}) is holds


PHARMACY = ["pharmacy", "pharmacist", "Apotheke"]


@pytest.mark.parametrize(
    ("found", "holds"),
    [
        ("physician in charge and Pharmacy told", True),
        ("60 mg missing, rang the pharmacist, nobody accused", True),
        ("not the syringe. Apotheke verständigt", True),
        ("the physician did not know, but the pharmacy was told", True),
        ("pharmacy not told", False),
        ("told neither the physician, nor the pharmacy", False),
        ("I didn\u2019t ring the pharmacy", False),
        ("Apotheke nicht verständigt", False),
        ("looked into the pharmacopoeia", False),
        ("", False),
    ],
)
def test_a_text_says_a_word_where_it_does_not_deny_it(found: str, holds: bool) -> None:
    asked = FieldTest("words", "says", PHARMACY)
    assert asked.holds({"words": found}) is holds
    half = len(found) // 2
    assert asked.holds({"words": [found[:half], found[half:]]}) is holds, "one text in two pieces"


def test_what_is_not_there_passes_only_where_its_absence_is_asked_for() -> None:
    assert FieldTest("x", "present", False).holds({})
    assert FieldTest("x", "not", "y").holds({})
    for operator in ("is", "above", "below", "contains", "one_of"):
        assert not FieldTest("x", operator, "1 mL").holds({})


def test_what_was_typed_anew_counts_only_where_it_is_asked_for() -> None:
    first, second = done(1, False, step="fill", x=False), done(2, True, step="fill", x=True)
    wrong = (FieldTest("x", "is", False),)
    assert first_of([Condition("visit.step", wrong)], [first, second], BEGUN) is None
    assert first_of([Condition("visit.step", wrong, ever=True)], [first, second], BEGUN) is first


def test_within_counts_from_the_begin() -> None:
    condition = Condition("visit.step", (), False, Duration.of(10, "min"))
    assert condition.meets(done(10), BEGUN)
    assert not condition.meets(done(11), BEGUN)


@given(
    st.dictionaries(
        st.text("abc", min_size=1),
        st.recursive(
            st.integers(), lambda inner: st.dictionaries(st.text("xyz", min_size=1), inner)
        ),
    )
)
def test_every_value_keeps_its_path(values) -> None:
    for path, value in flattened(values).items():
        found = values
        for part in path.split("."):
            found = found[part]
        assert found == value
