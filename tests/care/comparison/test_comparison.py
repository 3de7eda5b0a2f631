"""Pump, stimulation or systemic drugs: both sides, every source, nothing ranked."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thecal.care.advice import Advice, Weight
from thecal.care.case_file import read_case_table
from thecal.care.comparison.advise import ComparisonCase, advise, compare, read_comparison
from thecal.care.comparison.doses import dose_view
from thecal.care.comparison.evidence import AGAINST, FOR, NAMED, cards, cards_for
from thecal.care.comparison.options import circumstances, options, reasons_in
from thecal.errors import BadFileError
from thecal.pharmacy import indications
from thecal.units import MassRate

HEAD = 'schema = "thecal.case/1"\n[comparison]\n'


def read(text: str) -> ComparisonCase:
    return read_comparison(read_case_table((HEAD + text).encode(), "case.toml", "comparison"))


def case(indication: str = "osteoarthritis", *holding: str, **more: object) -> ComparisonCase:
    return ComparisonCase(indication, frozenset((indication, "non-cancer", *holding)), **more)


def rows_of(advice: Advice, title: str) -> list[tuple[object, ...]]:
    return [row for one in advice.listings if one.title.startswith(title) for row in one.rows]


@pytest.mark.inventory("S3.21")
def test_three_options_each_say_whom_they_fit_and_what_argues_against_them() -> None:
    rows = rows_of(compare(case()), "The options")
    for option in ("intrathecal", "spinal-cord-stimulation", "systemic-drugs"):
        aspects = {row[1] for row in rows if row[0] == option}
        assert aspects >= {"fits", "against", "needs", "reversible", "evidence"}
    assert options() == ("intrathecal", "spinal-cord-stimulation", "systemic-drugs")
    assert all(row[4] for row in rows)


@pytest.mark.inventory("S3.21", "S0.23")
def test_the_evidence_in_non_cancer_pain_shows_both_sides() -> None:
    advice = compare(case())
    studies = {row[0]: row[1] for row in rows_of(advice, "Evidence")}
    assert studies["HIPS"] == AGAINST
    assert studies["Monash 2015"] == AGAINST
    assert studies["Hamza 2012"] == FOR
    (differ,) = advice.disagreements
    assert not differ.used
    assert {"HIPS, against", "Hamza 2012, for"} <= {one.what for one in differ.answers}
    assert any("24 of 25" in str(one.fact.value) for one in differ.answers)


@pytest.mark.parametrize("about", [one.id for one in indications()])
def test_every_indication_has_evidence_for_and_against(about: str) -> None:
    said = {one.says for one in cards_for(about)}
    assert {FOR, AGAINST} <= said


@pytest.mark.inventory("S1.R15")
@pytest.mark.parametrize(
    ("about", "study"),
    [
        ("failed-back-surgery-syndrome", "Kumar 2002"),
        ("failed-back-surgery-syndrome", "Demartini 2010; Kim 2011"),
        ("complex-regional-pain-syndrome", "van der Plas 2011"),
        ("stroke", "SISTERS 2018"),
        ("brain-injury", "Krach 2006; Meythaler 1997"),
    ],
)
def test_a_diagnosis_has_cards_of_its_own_before_those_of_its_pathway(
    about: str, study: str
) -> None:
    found = cards_for(about)
    assert study in {one.study for one in found if one.group == about}
    assert found[0].group == about


@pytest.mark.inventory("S0.R16", "S1.R26")
@pytest.mark.parametrize(
    ("study", "figure"),
    [
        ("Smith 2002", "84.5 against 70.8 %"),
        ("Schiess 2020", "87.2 % of adults, 76.3 % of children"),
        ("Mathur 2014", "627.9 mcg"),
        ("Stearns 2020", "1,403 patients"),
        ("Duarte 2023", "405 patients"),
    ],
)
def test_a_card_quotes_the_figures_of_its_source(study: str, figure: str) -> None:
    (card,) = [one for one in cards() if one.study == study]
    assert figure in card.found.value


def test_a_study_that_nobody_read_says_nothing_for_or_against() -> None:
    named = [one for one in cards() if one.says == NAMED]
    assert named
    assert all("not read" in one.found.value for one in named)


def test_whoever_cannot_attend_refills_has_that_against_a_pump() -> None:
    found = reasons_in(frozenset({"cannot-attend"}))
    assert Weight.AGAINST in {one.weight for one in found if one.rule == "intrathecal"}
    assert all(one.rule != "intrathecal" for one in reasons_in(frozenset()))


@given(st.sets(st.sampled_from(circumstances())))
def test_what_is_only_recalled_speaks_for_or_against_nothing(holding: set[str]) -> None:
    for reason in reasons_in(frozenset(holding)):
        if any(one.fact.recalled for one in reason.figures):
            assert reason.weight in (Weight.NOTE, Weight.CAUTION)


@given(st.sets(st.sampled_from(circumstances())), st.sampled_from(circumstances()))
def test_a_further_circumstance_only_adds_reasons(holding: set[str], more: str) -> None:
    fewer = set(reasons_in(frozenset(holding)))
    assert fewer <= set(reasons_in(frozenset({*holding, more})))


@pytest.mark.parametrize(("days", "short"), [("89 d", True), ("90 d", False)])
def test_a_life_below_three_months_argues_against_an_implant(days: str, short: bool) -> None:
    found = read(f'indication = "cancer-pain"\nsetting = "cancer"\nlife_expectancy = "{days}"\n')
    assert ("short-life" in found.holding) is short


@pytest.mark.inventory("S2.3", "S3.10")
def test_300_mg_by_mouth_stand_beside_1_mg_intrathecally_and_beside_the_other_ratios() -> None:
    view = dose_view(MassRate.of(300, "mg/d"))
    doses = {str(ratio.value): dose.in_unit("mg/d") for ratio, dose in view.rows}
    assert doses["300"] == 1
    assert doses["100"] == 3
    assert not view.disagreement().used
    assert any("no order" in view.listing().title for _ in view.rows)
    assert any("above the starting dose" in one.message for one in view.findings)


def test_a_figure_above_the_daily_maximum_says_that_it_is_no_dose() -> None:
    rows = dose_view(MassRate.of(3000, "mg/d")).listing().rows
    (above,) = [row for row in rows if row[2] == "100 to 1"]
    assert str(above[4]).startswith("refused: above 15")
    modest = dose_view(MassRate.of(30, "mg/d")).listing().rows
    assert "within the limits on record" in {row[4] for row in modest}


@given(st.integers(1, 5000), st.integers(0, 5000))
def test_more_by_mouth_never_stands_beside_less_intrathecally(dose: int, more: int) -> None:
    low = dose_view(MassRate.of(dose, "mg/d"))
    high = dose_view(MassRate.of(dose + more, "mg/d"))
    for (_, below), (_, above) in zip(low.rows, high.rows, strict=True):
        assert below <= above


def test_what_the_case_leaves_out_is_not_checked() -> None:
    found = read('indication = "stroke"\n')
    assert set(found.left_out) >= {"cannot attend", "spread", "life expectancy"}
    assert compare(found).not_checked == found.left_out
    assert found.holding == {"stroke", "spasticity"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('indication = "headache"', "headache"),
        ('indication = "osteoarthritis"', "setting"),
        ('indication = "cancer-pain"\nsetting = "non-cancer"', "is of cancer"),
        ('indication = "stroke"\nspread = "everywhere"', "spread"),
        ('indication = "stroke"\noral_morphine = "300 mg"', "oral_morphine"),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, words: str) -> None:
    with pytest.raises(BadFileError, match=words):
        read(text)


def test_the_example_ranks_nothing() -> None:
    example = Path(__file__).resolve().parents[3] / "examples" / "cases" / "comparison.toml"
    advice = advise(read_case_table(example.read_bytes(), example.name, "comparison"))
    assert advice.verdict == "compared"
    assert {"intrathecal", "spinal_cord_stimulation", "systemic_drugs"} == set(advice.results)
