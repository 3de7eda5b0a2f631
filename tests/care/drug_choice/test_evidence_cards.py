"""Cards of evidence by diagnosis, and the library of drugs that the sources name."""

from __future__ import annotations

from pathlib import Path

import pytest
from drug_choice_builders import asked

from thecal.care.case_file import read_case_table
from thecal.care.comparison.evidence import cards_of_group
from thecal.care.drug_choice.advise import advice_on, advise
from thecal.care.drug_choice.facts import subject
from thecal.errors import BadFileError
from thecal.pharmacy import drug, drug_by_brand, drugs, indications

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "cases" / "drug-choice.toml"
NAMED = (
    "failed-back-surgery-syndrome",
    "complex-regional-pain-syndrome",
    "neuropathic-pain-spinal-cord-injury",
)


def card(indication: str) -> str:
    """The words of every study of a diagnosis."""
    return " | ".join(f"{one.study}: {one.found.value}" for one in cards_of_group(indication))


@pytest.mark.inventory("S0.8")
@pytest.mark.parametrize("indication", NAMED)
def test_each_named_diagnosis_is_coded_and_has_a_card(indication: str) -> None:
    assert indication in [one.id for one in indications()]
    advice = advice_on(asked(indication=indication))
    (reason,) = [one for one in advice.reasons if one.rule == "evidence"]
    assert [one.fact for one in reason.figures] == [one.found for one in cards_of_group(indication)]
    assert reason.figures
    assert advice.results["line"] == "1A"


@pytest.mark.inventory("S1.R15")
def test_crps_has_the_study_of_infusion_rates() -> None:
    found = card("complex-regional-pain-syndrome")
    assert "four-times faster infusion rate" in found
    assert "neither dystonia (-0.3) nor pain (0.1)" in found
    assert "adverse events 12 against 2" in found
    assert "responsiveness fell in 30 %" in found
    assert "up to 450 mcg (0.45 mg) a day" in found


@pytest.mark.inventory("S1.R15")
def test_failed_back_surgery_names_its_predictors_without_invented_figures() -> None:
    found = card("failed-back-surgery-syndrome")
    assert "the opioid dose before the trial and the dose of the trial" in found
    assert "were not read" in found


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
