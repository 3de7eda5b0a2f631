"""Published rates stand beside each other, with the interval that their counts allow."""

from __future__ import annotations

import pytest

from thecal.care.evidence.rates import published_rates, rate_disagreement, rate_topics
from thecal.errors import UnknownIdError


def percent(topic: str, study: str) -> list[float]:
    (found,) = (one.found for one in published_rates(topic) if one.cited.what == study)
    assert found is not None
    return [round(float(x) * 100, 2) for x in (found.value, found.low, found.high)]


def test_the_interval_of_a_clinics_pocket_fills_is_the_derived_one() -> None:
    """workflow.md 4a: 3/752 is 0.40 %, 95 % interval 0.14 to 1.17."""
    assert percent("pocket-fill", "clinic, 2020") == [0.4, 0.14, 1.17]


def test_maker_and_clinics_disagree_on_pocket_fills_and_none_is_used() -> None:
    (question,) = rate_disagreement("pocket-fill")
    assert not question.used
    assert [one.fact.value for one in question.answers] == [
        "up to 1 per 10,000 refills",
        "3 of 752 refills",
        "1 of 834 refills",
        "2 of 7000 refills",
    ]
    assert rate_disagreement("claims") == ()


@pytest.mark.inventory("S0.23", "S0.R1", "S0.R6")
def test_registries_show_both_sides() -> None:
    studies = {one.cited.what for one in published_rates("registries")}
    assert {"Hamza 2012", "Schultz 2025", "HIPS, against", "Monash 2015, against"} <= studies
    assert percent("registries", "HIPS, against")[0] == 96


def test_an_unknown_topic_is_refused_with_the_known_ones() -> None:
    assert rate_topics() == ("pocket-fill", "claims", "adverse-events", "registries")
    with pytest.raises(UnknownIdError, match="claims"):
        published_rates("claim")
