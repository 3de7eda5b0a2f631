"""The consensus lines: which edition answers, what it says, and that memory never decides."""

from __future__ import annotations

from itertools import product

import pytest
from drug_choice_builders import asked, solution
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.advice import Weight
from thecal.care.drug_choice.advise import advice_on
from thecal.care.drug_choice.choice import (
    FIRST,
    INCOMPLETE,
    LATER,
    NO_TABLE,
    NONE_LEFT,
    choice,
    verdict_on,
)
from thecal.care.drug_choice.exclusions import conditions
from thecal.care.drug_choice.lines import (
    DISTRIBUTIONS,
    EDITIONS,
    MECHANISMS,
    SETTINGS,
    consensus_lines,
    line_of,
    opioids,
)
from thecal.pharmacy import drugs

FOUR_TABLES = list(product(SETTINGS, DISTRIBUTIONS))


def told(edition: str, line: int, **keys: str) -> list[str]:
    return [one.told() for one in consensus_lines(edition, **keys)[line].sets]


@pytest.mark.inventory("S0.9")
@pytest.mark.parametrize(("setting", "distribution"), FOUR_TABLES)
def test_morphine_or_ziconotide_alone_comes_first_in_all_four_tables_of_2017(
    setting: str, distribution: str
) -> None:
    lines = consensus_lines("pacc-2017", setting=setting, distribution=distribution)
    assert [one.name for one in lines] == ["1A", "1B", "2", "3", "4", "5-6"]
    assert [one.told() for one in lines[0].sets] == ["ziconotide", "morphine"]
    assert all(not one.fact.recalled for one in lines[0].sets)


def test_every_other_line_of_either_edition_is_only_recalled() -> None:
    for setting, distribution in FOUR_TABLES:
        lines = consensus_lines("pacc-2017", setting=setting, distribution=distribution)
        assert all(one.fact.recalled for line in lines[1:] for one in line.sets)
    for mechanism in MECHANISMS:
        lines = consensus_lines("pacc-2012", mechanism=mechanism)
        assert [one.name for one in lines] == ["1", "2", "3", "4", "5"]
        assert all(one.fact.recalled for line in lines for one in line.sets)


@pytest.mark.inventory("S0.11")
def test_lines_as_the_facts_give_them() -> None:
    local = {"setting": "cancer", "distribution": "localized"}
    assert told("pacc-2017", 1, **local) == [
        *("fentanyl", "morphine + bupivacaine", "fentanyl + bupivacaine"),
    ]
    diffuse = {"setting": "non-cancer", "distribution": "diffuse"}
    assert told("pacc-2017", 1, **diffuse) == [
        *("hydromorphone", "morphine + bupivacaine", "hydromorphone + bupivacaine"),
    ]
    assert told("pacc-2012", 0, mechanism="nociceptive") == [
        *("morphine", "hydromorphone", "ziconotide", "fentanyl"),
    ]
    assert told("pacc-2012", 0, mechanism="neuropathic") == [
        *("morphine", "ziconotide", "morphine + bupivacaine"),
    ]
    assert told("pacc-2012", 4, mechanism="neuropathic") == ["baclofen"]


def test_the_answer_says_which_edition_answered_and_what_the_other_says() -> None:
    advice = advice_on(asked(conditions=("psychosis",)))
    assert advice.results["edition"] == "pacc-2017"
    (shown,) = advice.disagreements
    assert [(one.what, one.fact.value) for one in shown.answers[:3]] == [
        ("pacc-2017, line 1A", "morphine"),
        ("pacc-2012, line 1", "morphine"),
        ("pacc-2012, line 1", "morphine+bupivacaine"),
    ]
    assert shown.answers[-1].what == "pacc-2024"


def test_2024_is_known_and_not_found_and_nothing_is_made_up() -> None:
    advice = advice_on(asked(edition="pacc-2024"))
    assert advice.verdict == NO_TABLE
    assert "drugs" not in advice.results
    assert any("cannot answer" in one.text for one in advice.reasons)
    (shown,) = advice.disagreements
    assert not shown.used
    assert len(shown.answers) > 1


@pytest.mark.parametrize(
    ("edition", "key"),
    [("pacc-2017", "setting"), ("pacc-2017", "distribution"), ("pacc-2012", "mechanism")],
)
def test_an_edition_that_asks_for_more_does_not_guess(edition: str, key: str) -> None:
    advice = advice_on(asked(edition=edition, **{key: None}))
    assert advice.verdict == INCOMPLETE
    assert f"{edition}: {key} is not given" in advice.not_checked


def test_a_recalled_line_orders_thoughts_and_never_decides_silently() -> None:
    advice = advice_on(asked(conditions=("psychosis",), allergies=("morphine",)))
    assert advice.verdict == LATER
    assert advice.results["line"] == "1B"
    assert advice.results["line_recalled"] is True
    assert "only recalled" in advice.summary
    assert "recalled-line" in [one.rule for one in advice.reasons if one.weight is Weight.CAUTION]


def test_nothing_is_left_where_every_set_is_ruled_out() -> None:
    everything = tuple(one.id for one in drugs())
    advice = advice_on(asked(allergies=everything))
    assert advice.verdict == NONE_LEFT
    assert "drugs" not in advice.results


@pytest.mark.inventory("S0.11")
def test_a_planned_combination_is_found_in_each_edition() -> None:
    planned = solution(morphine="10 mg/mL", bupivacaine="20 mg/mL")
    results = advice_on(asked(planned=planned)).results
    assert results["planned_line_pacc_2017"] == "2"
    assert results["planned_line_pacc_2012"] == "1"
    assert results["planned_line_pacc_2024"] is None


def test_opioid_in_a_line_stands_for_one_opioid() -> None:
    lines = consensus_lines("pacc-2012", mechanism="neuropathic")
    found = line_of(lines, frozenset({"sufentanil", "clonidine", "bupivacaine"}))
    assert found is not None
    assert found[0].name == "4"
    assert line_of(lines, frozenset({"sufentanil", "fentanyl", "bupivacaine"})) is None
    assert line_of(lines, frozenset({"ropivacaine"})) is None


@pytest.mark.inventory("S3.14")
def test_for_spasticity_there_are_no_lines_and_baclofen_alone() -> None:
    advice = advice_on(asked(therapy="spasticity"))
    assert advice.verdict == FIRST
    assert advice.results["drugs"] == ("baclofen",)
    assert advice_on(asked(therapy="spasticity", allergies=("baclofen",))).verdict == NONE_LEFT


ANY_CASE = st.builds(
    asked,
    edition=st.sampled_from(EDITIONS),
    setting=st.sampled_from(SETTINGS),
    distribution=st.sampled_from(DISTRIBUTIONS),
    mechanism=st.sampled_from(MECHANISMS),
    conditions=st.lists(st.sampled_from(conditions()), unique=True).map(tuple),
    allergies=st.lists(st.sampled_from([one.id for one in drugs()]), unique=True).map(tuple),
)


@given(case=ANY_CASE)
def test_a_drug_that_is_ruled_out_is_never_in_what_is_left(case: object) -> None:
    found = choice(case, case.edition)
    left = found.left()
    barred = {name for name, some in found.against.items() if any(one.excludes for one in some)}
    for one in left[1] if left is not None else ():
        assert not barred & set(one.members)
        assert "opioid" not in one.members or opioids() - barred


@given(case=ANY_CASE, more=st.sampled_from([one.id for one in drugs()]))
def test_one_more_allergy_never_brings_an_earlier_line(case: object, more: str) -> None:
    order = {FIRST: 0, LATER: 1, NONE_LEFT: 2}
    wider = asked(
        **{
            name: getattr(case, name)
            for name in ("edition", "setting", "distribution", "mechanism", "conditions")
        },
        allergies=(*case.allergies, more),
    )
    before = verdict_on(case, choice(case, case.edition))
    after = verdict_on(wider, choice(wider, wider.edition))
    if before in order:
        assert order[before] <= order[after]
