"""What rules a drug out for a person, and what only asks for care."""

from __future__ import annotations

import pytest
from drug_choice_builders import asked, solution

from thecal.care.drug_choice.advise import advice_on
from thecal.care.drug_choice.exclusions import conditions, medicines, objections
from thecal.safety.finding import Severity


def excluded(drug: str, **known: object) -> bool:
    return any(one.excludes for one in objections(drug, **known))


@pytest.mark.inventory("S0.9", "S3.17")
def test_a_psychosis_rules_ziconotide_out_with_the_reason() -> None:
    assert excluded("ziconotide", states=["psychosis"])
    assert not excluded("morphine", states=["psychosis"])
    (reason,) = [
        one
        for one in advice_on(asked(conditions=("psychosis",))).reasons
        if one.rule == "contraindication"
    ]
    assert "psychosis" in reason.text
    assert reason.figures[0].fact.source == "pharmacology.md 4.2 L2"


@pytest.mark.parametrize(
    ("drug", "state"),
    [
        ("ziconotide", "csf-flow-block"),
        ("morphine", "respiratory-depression"),
        ("morphine", "severe-asthma"),
        ("morphine", "gastrointestinal-obstruction"),
    ],
)
def test_contraindications_of_the_labels(drug: str, state: str) -> None:
    assert excluded(drug, states=[state])
    assert not excluded(drug)


@pytest.mark.inventory("S0.9")
@pytest.mark.parametrize("unasked", ["conditions", "medicines", "allergies"])
@pytest.mark.parametrize("therapy", ["pain", "spasticity"])
def test_no_drug_is_called_left_before_what_rules_it_out_was_asked(
    unasked: str, therapy: str
) -> None:
    assert advice_on(asked(therapy=therapy)).verdict == "first-line-left"
    advice = advice_on(asked(therapy=therapy, **{unasked: None}))
    assert advice.verdict == "incomplete"
    assert any(one.startswith(unasked) for one in advice.not_checked)


def test_a_mao_inhibitor_rules_morphine_out() -> None:
    assert excluded("morphine", others=["mao-inhibitor"])
    assert not excluded("ziconotide", others=["mao-inhibitor"])


@pytest.mark.inventory("S3.17")
@pytest.mark.parametrize("state", ["opioid-intolerance", "opioid-non-response"])
def test_without_opioids_ziconotide_is_what_is_left(state: str) -> None:
    advice = advice_on(asked(conditions=(state,)))
    assert advice.results["drugs"] == ("ziconotide",)
    assert advice.results["excluded"] == ("morphine", "hydromorphone", "fentanyl", "sufentanil")


def test_an_allergy_rules_out_that_drug_and_no_other() -> None:
    results = advice_on(asked(allergies=("morphine",))).results
    assert results["excluded"] == ("morphine",)


def test_an_interaction_and_an_age_below_the_label_ask_for_care_and_rule_nothing_out() -> None:
    assert not excluded("morphine", others=["benzodiazepine"], age=17)
    found = objections("morphine", others=["benzodiazepine"], age=17)
    assert {one.cause for one in found} == {"benzodiazepine", "minimum-age"}
    assert objections("morphine", age=18) == ()


def test_a_recalled_row_never_rules_a_drug_out() -> None:
    for state in conditions():
        for drug in ("hydromorphone", "clonidine", "bupivacaine"):
            for one in objections(drug, states=[state]):
                assert not (one.excludes and one.fact is not None and one.fact.recalled)


def test_a_planned_drug_that_is_ruled_out_is_refused() -> None:
    planned = solution(ziconotide="25 ug/mL")
    fine = advice_on(asked(planned=planned))
    assert fine.findings == ()
    refused = advice_on(asked(planned=planned, conditions=("psychosis",)))
    assert [one.severity for one in refused.findings] == [Severity.HARD]


def test_what_nobody_has_asked_is_not_checked() -> None:
    left = " ".join(advice_on(asked(conditions=None, medicines=None, allergies=None)).not_checked)
    assert all(word in left for word in ("conditions", "medicines", "allergies"))
    assert "mao-inhibitor" in medicines()
    assert "mao-inhibitor" not in conditions()


@pytest.mark.parametrize(("age", "off_label"), [(3, True), (4, False)])
def test_a_plan_below_the_age_of_the_label_asks(age: int, off_label: bool) -> None:
    child = asked(therapy="spasticity", age=age, planned=solution(baclofen="500 ug/mL"))
    findings = advice_on(child).findings
    soft = [one.severity for one in findings if one.check == "contraindication"]
    assert soft == ([Severity.SOFT] if off_label else [])
