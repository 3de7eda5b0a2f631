"""Reading a case: strict, nothing assumed, units as written."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from thecal.care.case_file import read_case_table
from thecal.care.selection.advise import advise
from thecal.care.selection.reader import read_selection
from thecal.errors import BadFileError
from thecal.units import MassRate

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "cases" / "selection.toml"
HEAD = 'schema = "thecal.case/1"\n[selection]\n'


def read(text: str):
    return read_selection(read_case_table((HEAD + text).encode(), "case.toml", "selection"))


def test_the_example_is_read_whole_and_waits_for_the_psychologist() -> None:
    table = read_case_table(EXAMPLE.read_bytes(), EXAMPLE.name, "selection")
    case = read_selection(table)
    assert case.age == 65
    assert case.morphine_equivalent == MassRate.of(120, "mg/d")
    assert case.labs == {
        "hba1c": Fraction("7.7"),
        "platelets": Fraction(240),
        "inr": Fraction(1),
    }
    advice = advise(read_case_table(EXAMPLE.read_bytes(), EXAMPLE.name, "selection"))
    assert advice.verdict == "not-yet"
    assert advice.results["missing"] == ("psychology",)
    assert advice.results["next_stages"][0] == "assessed"


def test_a_pathway_is_enough_and_everything_else_stays_unknown() -> None:
    case = read('pathway = "cancer"\n')
    assert case.age is None
    assert case.answers == {}
    assert case.life_expectancy is None
    assert case.given == {"pathway"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "pathway"),
        ('pathway = "tumour"', "unknown"),
        ('pathway = "cancer"\nindication = "stroke"', "indication of spasticity"),
        ('pathway = "spasticity"\nindication = "cancer-pain"', "indication of pain"),
        ('pathway = "cancer"\ninfection = "maybe"', "infection"),
        ('pathway = "cancer"\ninfection = true', "infection"),
        ('pathway = "cancer"\nlife_expectancy = "3 months"', "life_expectancy"),
        ('pathway = "cancer"\nlife_expectancy = 90', "life_expectancy"),
        ('pathway = "cancer"\nmorphine_equivalent = "300 mg"', "morphine_equivalent"),
        ('pathway = "cancer"\nlabs = { hba1c = "7.7" }', "unit of hba1c"),
        ('pathway = "cancer"\nlabs = { hba1c = "60 mmol/mol" }', "unit of hba1c"),
        ('pathway = "cancer"\nlabs = { inr = "1.1 ratio" }', "unit of inr"),
        ('pathway = "cancer"\nlabs = { inr = "1,1" }', "not a number"),
        ('pathway = "cancer"\nlabs = { crp = "5 mg/L" }', "crp"),
        ('pathway = "cancer"\ndrugs = ["morphine", "morphine"]', "twice"),
        ('pathway = "cancer"\ntip = "T13"', "tip"),
        ('pathway = "cancer"\nstage = "waiting"', "stage"),
        ('pathway = "cancer"\nbirth_date = 2030-01-01\nassessed_on = 2026-11-20', "after"),
        ('pathway = "cancer"\noverride = [ { check = "K4", reason = "x" } ]', "check"),
        ('pathway = "cancer"\noverride = [ { check = "imaging" } ]', "reason"),
        ('pathway = "cancer"\nprior_therapies = [ { kind = "surgery" } ]', "outcome"),
        (
            'pathway = "cancer"\nprior_therapies = [ { kind = "surgery", outcome = "failed",'
            " started = 2020-02-01, ended = 2020-01-01 } ]",
            "before it started",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_by_file_and_key(text: str, words: str) -> None:
    with pytest.raises(BadFileError, match=words) as caught:
        read(text)
    assert "case.toml" in str(caught.value)
