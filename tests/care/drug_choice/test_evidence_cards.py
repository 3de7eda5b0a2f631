"""Cards of evidence by diagnosis, and the library of drugs that the sources name."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from drug_choice_builders import asked

from thecal.care.case_file import read_case_table
from thecal.care.drug_choice.advise import advice_on, advise
from thecal.care.drug_choice.evidence import evidence_card
from thecal.care.drug_choice.facts import subject
from thecal.errors import BadFileError
from thecal.pharmacy import drug, drug_by_brand, drugs, indications
from thecal.units import MassRate

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "cases" / "drug-choice.toml"
NAMED = (
    "failed-back-surgery-syndrome",
    "complex-regional-pain-syndrome",
    "neuropathic-pain-spinal-cord-injury",
)


def card(indication: str) -> dict[str, object]:
    return {one.what.partition(":")[0]: one.fact.value for one in evidence_card(indication)}


@pytest.mark.inventory("S0.8")
@pytest.mark.parametrize("indication", NAMED)
def test_each_named_diagnosis_is_coded_and_has_a_card(indication: str) -> None:
    assert indication in [one.id for one in indications()]
    advice = advice_on(asked(indication=indication))
    (reason,) = [one for one in advice.reasons if one.rule == "evidence"]
    assert reason.figures
    assert reason.figures == evidence_card(indication)
    assert advice.results["line"] == "1A"


@pytest.mark.inventory("S1.R15")
def test_crps_has_the_study_of_infusion_rates() -> None:
    found = card("complex-regional-pain-syndrome")
    assert "neither dystonia nor pain" in str(found["baclofen-infusion-rate"])
    assert found["baclofen-infusion-rate-adverse-events"] == "12 against 2"
    assert found["baclofen-dose-before-rate-study"] == MassRate.of(600, "ug/d")
    assert found["response-lost-at-implant"] == Fraction(3, 10)


@pytest.mark.inventory("S1.R15")
def test_failed_back_surgery_has_the_fields_of_its_predictors_without_invented_figures() -> None:
    found = [
        one.fact
        for one in evidence_card("failed-back-surgery-syndrome")
        if one.what.startswith("predictor-field")
    ]
    assert [one.value for one in found] == [
        "systemic opioid dose before the trial",
        "intrathecal dose of the trial",
    ]
    assert all("no figure" in one.note for one in found)


def test_a_diagnosis_without_a_card_says_so() -> None:
    advice = advice_on(asked(indication="osteoarthritis"))
    assert any(one.rule == "evidence" and not one.figures for one in advice.reasons)


@pytest.mark.inventory("S2.2")
def test_the_library_holds_every_drug_that_the_sources_name() -> None:
    known = {one.id for one in drugs()}
    assert known >= {
        *("baclofen", "bupivacaine", "clonidine", "morphine", "hydromorphone", "fentanyl"),
        *("ziconotide", "ropivacaine", "sufentanil"),
    }


@pytest.mark.inventory("S3.13", "S3.15", "S3.16", "S3.17")
@pytest.mark.parametrize(
    ("name", "drug_class"),
    [
        ("morphine", "opioid"),
        ("hydromorphone", "opioid"),
        ("fentanyl", "opioid"),
        ("bupivacaine", "local-anaesthetic"),
        ("ropivacaine", "local-anaesthetic"),
        ("clonidine", "alpha-2-agonist"),
        ("ziconotide", "calcium-channel-blocker"),
    ],
)
def test_each_drug_has_its_class_and_what_it_is_for(name: str, drug_class: str) -> None:
    assert drug(name).drug_class == drug_class
    what = subject(drug_class).get("for") or subject(name).get("for")
    assert what


@pytest.mark.inventory("S3.14", "S3.17")
def test_brands_lead_to_their_drug() -> None:
    assert drug_by_brand("Lioresal").id == "baclofen"
    assert drug_by_brand("Prialt").id == "ziconotide"


def test_the_example_reads_and_an_unknown_condition_is_refused_by_name() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    advice = advise(read_case_table(text.encode(), "drug-choice.toml", "drug-choice"))
    assert advice.results["excluded"] == ("ziconotide",)
    wrong = text.replace('["psychosis"]', '["physcosis"]')
    with pytest.raises(BadFileError, match="physcosis"):
        advise(read_case_table(wrong.encode(), "drug-choice.toml", "drug-choice"))
    no_list = text.replace('["psychosis"]', '"psychosis"')
    with pytest.raises(BadFileError, match="no list"):
        advise(read_case_table(no_list.encode(), "drug-choice.toml", "drug-choice"))
