"""Whether the planned filling lies within the label, and the infection bundle."""

from __future__ import annotations

import pytest
from selection_cases import complete, weight_of

from thecal.care.advice import Weight
from thecal.care.selection import ELIGIBLE, assess
from thecal.care.selection.infection_bundle import bundle_listing, bundle_reason, bundle_steps


@pytest.mark.parametrize("drug", ["morphine", "ziconotide", "baclofen"])
def test_the_approved_drugs_alone_are_within_the_label(drug: str) -> None:
    assert weight_of(complete("non-cancer", drugs=(drug,)), "off-label") == {Weight.FOR}


@pytest.mark.inventory("S1.R18")
@pytest.mark.parametrize("drugs", [("hydromorphone",), ("clonidine",), ("morphine", "bupivacaine")])
def test_other_drugs_and_every_mixture_are_off_label_with_the_figures_of_pump_failure(
    drugs: tuple[str, ...],
) -> None:
    case = complete("non-cancer", drugs=drugs)
    (flag,) = [one for one in assess(case).judgements if one.rule == "off-label"]
    assert flag.weight is Weight.CAUTION
    shown = [one.fact.value for one in flag.figures]
    assert "3/125" in map(str, shown)  # 2.4 %
    assert "7/100" in map(str, shown)
    assert assess(case).verdict == ELIGIBLE


@pytest.mark.parametrize(
    ("drugs", "words"),
    [
        (("ziconotide", "morphine"), "does not recommend"),
        (("baclofen", "morphine"), "forbids mixing"),
    ],
)
def test_what_labels_say_of_mixtures_is_said(drugs: tuple[str, ...], words: str) -> None:
    said = [one.said.en for one in assess(complete("cancer", drugs=drugs)).judgements]
    assert any(words in one for one in said)


def test_without_a_planned_drug_the_contraindications_of_drugs_are_not_checked() -> None:
    found = assess(complete("non-cancer", drugs=()))
    assert any("planned drug" in one for one in found.not_checked)
    assert found.verdict == ELIGIBLE


def test_the_infection_bundle_lists_what_is_done_and_decides_nothing() -> None:
    assert {"decolonised", "double-gloves", "tobacco-stopped"} <= set(bundle_steps())
    listing = bundle_listing(frozenset({"decolonised"}))
    standings = [row[1] for row in listing.rows]
    assert standings.count("done") == 1
    assert standings.count("to do") == len(bundle_steps()) - 1
    (recalled,) = [row for row in listing.rows if "recalled" in str(row[2])]
    assert "cefazolin" in str(recalled[0])
    assert bundle_reason(frozenset()).weight is Weight.NOTE


def test_the_measures_of_the_planned_pump_are_shown_beside_the_question_of_size() -> None:
    case = complete("spasticity", pump="synchromed-ii-20")
    assert weight_of(case, "body-size") == {Weight.NOTE}
    (note,) = [one for one in assess(case).judgements if one.rule == "body-size"]
    assert {"39/2", "175/2"} <= {str(one.fact.value) for one in note.figures}  # mm
    assert weight_of(complete("spasticity"), "body-size") == set()
