"""What a change means: limits hold at their boundary, and better is never judged worse."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.outcomes.change import NON_RESPONDER, PARTIAL, RESPONDER, change, responder
from thecal.care.outcomes.instrument import instrument
from thecal.care.outcomes.smith import smith_success
from thecal.errors import EntryError

SCORES = st.integers(0, 100).map(Fraction)


@pytest.mark.inventory("S0.23", "S0.R1")
@pytest.mark.parametrize(
    ("percent", "word"),
    [("29.99", NON_RESPONDER), ("30", PARTIAL), ("49.99", PARTIAL), ("50", RESPONDER)],
)
def test_30_percent_is_a_partial_responder_and_50_a_responder(percent: str, word: str) -> None:
    assert responder(Fraction(percent)) == word


@pytest.mark.parametrize(
    ("name", "before", "after", "matters"),
    [
        ("nrs", "10", "8", True),
        ("nrs", "10", "8.01", False),
        ("nrs", "5", "3.5", True),  # 30 %
        ("vas", "80", "65", True),
        ("vas", "80", "65.1", False),
        ("odi", "46", "36", True),
        ("odi", "46", "36.1", False),
        ("odi", "20", "14", True),  # 30 %
        ("rmdq", "15", "10", True),
        ("rmdq", "15", "11", False),
        ("eq-5d", "0.4", "0.48", True),
        ("eq-5d", "0.4", "0.479", False),
        ("penn", "3", "2", True),
        ("ashworth", "3", "2", True),
        ("ashworth", "3", "2.5", False),
    ],
)
def test_a_change_matters_from_its_published_limit_on(
    name: str, before: str, after: str, matters: bool
) -> None:
    assert change(instrument(name), Fraction(before), Fraction(after)).matters is matters


def test_worse_never_matters_as_an_improvement() -> None:
    found = change(instrument("nrs"), Fraction(4), Fraction(8))
    assert found.points == -4
    assert found.percent == -100
    assert found.matters is False


def test_from_zero_there_is_no_percentage() -> None:
    assert change(instrument("nrs"), Fraction(0), Fraction(2)).percent is None


def test_where_no_source_names_a_limit_nothing_is_judged() -> None:
    assert change(instrument("sleep"), Fraction(8), Fraction(1)).matters is None


@given(st.sampled_from(["nrs", "vas", "odi", "rmdq", "penn"]), SCORES, SCORES, SCORES)
def test_a_better_score_never_loses_a_change_that_matters(
    name: str, before: Fraction, one: Fraction, other: Fraction
) -> None:
    best, worst = sorted((one, other))
    about = instrument(name)
    if change(about, before, worst).matters:
        assert change(about, before, best).matters


@pytest.mark.inventory("T32", "S0.R17", "S0.R2")
def test_the_success_rule_of_smith() -> None:
    first = smith_success(Fraction("7.57"), Fraction("3.67"))
    assert first.success
    assert round(float(first.pain_percent), 1) == -51.5
    equal = smith_success(Fraction(6), Fraction(6), Fraction(10), Fraction(8))
    assert equal.success
    assert equal.toxicity_percent == -20
    assert not smith_success(Fraction(10), Fraction(9), Fraction(10), Fraction(9)).success


@pytest.mark.parametrize(
    ("pain", "toxicity", "success"),
    [
        ("80", "100", True),
        ("80.1", "100", False),
        ("100", "80", True),
        ("100", "80.1", False),
        ("100.1", "50", False),  # worse pain is no success, whatever the toxicity
        ("90", "80", True),
    ],
)
def test_the_rule_of_smith_at_its_boundaries(pain: str, toxicity: str, success: bool) -> None:
    hundred = Fraction(100)
    assert smith_success(hundred, Fraction(pain), hundred, Fraction(toxicity)).success is success


@given(SCORES, SCORES, SCORES, SCORES)
def test_less_pain_or_toxicity_never_turns_a_success_into_a_failure(
    pain: Fraction, less_pain: Fraction, toxicity: Fraction, less: Fraction
) -> None:
    hundred = Fraction(100)
    if smith_success(hundred, pain, hundred, toxicity).success:
        found = smith_success(hundred, min(pain, less_pain), hundred, min(toxicity, less))
        assert found.success


def test_without_pain_before_or_with_a_negative_score_nothing_is_compared() -> None:
    for scores in ((0, 3), (5, -1)):
        with pytest.raises(EntryError):
            smith_success(Fraction(scores[0]), Fraction(scores[1]))


def test_unknown_toxicity_is_no_success_by_itself() -> None:
    assert not smith_success(Fraction(10), Fraction(10)).success
