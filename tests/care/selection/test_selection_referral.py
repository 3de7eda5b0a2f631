"""A referral is complete when every field of the form is there; red flags are seen at once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selection_cases import PATHWAYS

from thecal.care.selection import SelectionCase, referral
from thecal.care.selection.referral import missing_fields, referral_listing

KEYS = {
    "demographics": "birth_date",
    "diagnosis": "indication",
    "duration": "symptoms_since",
    "scores": "scores",
    "prior-therapies": "prior_therapies",
    "drug-list": "current_drugs",
    "systemic-opioids": "morphine_equivalent",
    "sedatives": "sedatives",
    "anticoagulant": "anticoagulant",
    "coagulopathy": "coagulopathy",
    "allergies": "allergy",
    "infection": "infection",
    "life-expectancy": "life_expectancy",
    "psychology": "psychology",
    "imaging": "imaging",
    "goals": "goals",
    "capacity": "capacity",
    "attendance": "attendance",
}


def given_keys(pathway: str, *keys: str, **answers: str) -> SelectionCase:
    return SelectionCase(pathway, given=frozenset(keys), answers=answers)


@pytest.mark.inventory("S0.25", "S1.R28")
def test_the_fields_are_those_of_the_referral_form() -> None:
    assert [one.id for one in referral(given_keys("non-cancer"))] == list(KEYS)


@pytest.mark.parametrize("field", KEYS)
def test_each_field_is_missed_when_it_alone_is_left_out(field: str) -> None:
    keys = [key for name, key in KEYS.items() if name != field]
    fields = referral(given_keys("non-cancer", *keys))
    assert [one.id for one in fields if not one.given] == [field]
    (name,) = missing_fields(fields)
    assert name


def test_a_complete_referral_misses_nothing() -> None:
    assert missing_fields(referral(given_keys("non-cancer", *KEYS.values()))) == ()


def test_spasticity_is_not_asked_for_opioids_nor_cancer_for_psychology() -> None:
    spastic = {one.id for one in referral(given_keys("spasticity"))}
    assert not spastic & {"systemic-opioids", "psychology"}
    assert "psychology" not in {one.id for one in referral(given_keys("cancer"))}


@pytest.mark.parametrize(
    ("item", "answer"),
    [("infection", "active"), ("coagulopathy", "uncorrected"), ("anticoagulant", "present")],
)
def test_infection_and_coagulation_are_red_flags(item: str, answer: str) -> None:
    fields = referral(given_keys("cancer", item, **{item: answer}))
    assert [one.id for one in fields if one.red_flag] == [item]
    listing = referral_listing(fields)
    assert [row[1] for row in listing.rows].count("red flag") == 1


@given(st.sets(st.sampled_from(sorted(KEYS.values()))), st.sampled_from(PATHWAYS))
def test_more_given_never_means_more_missing(keys: set[str], pathway: str) -> None:
    with_keys = set(missing_fields(referral(given_keys(pathway, *keys))))
    assert with_keys <= set(missing_fields(referral(given_keys(pathway))))
