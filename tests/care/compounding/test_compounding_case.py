"""Reading the table `[compounding]`: everything is understood, or the file is refused by key."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import pytest

from thecal.care.case_file import read_case_table
from thecal.care.compounding import CompoundingCase, advise, judge, read_case
from thecal.errors import BadFileError
from thecal.units import Volume, VolumeRate

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "cases" / "compounding.toml"
LEAST = """
schema = "thecal.case/1"
[compounding]
use = "off-label"
fill_volume = "20 mL"
undiluted = "ziconotide"
[compounding.drugs.ziconotide]
dose = "5 ug/d"
stock = "25 ug/mL"
"""


def read(text: str) -> CompoundingCase:
    return read_case(read_case_table(text.encode(), "case.toml", "compounding"))


def changed(pattern: str, new: str) -> str:
    text, count = re.subn(pattern, new, EXAMPLE.read_text("utf-8"), count=1, flags=re.MULTILINE)
    assert count == 1
    return text


def test_the_example_is_understood_to_its_last_key() -> None:
    case = read(EXAMPLE.read_text("utf-8"))
    assert case.overfill == Volume.of(2, "mL")
    assert case.ingredients["bupivacaine"].potency == Fraction("0.995")
    assert case.populations == {"adult"}
    assert case.signed["prescriber"] == "Dr A. Prescriber"
    assert judge(case).verdict == "can-be-made"


def test_what_the_least_case_leaves_out_is_not_checked_and_never_assumed() -> None:
    case = read(LEAST)
    assert case.flow == VolumeRate.of("0.2", "mL/d")
    found = judge(case)
    assert found.verdict == "refused"  # it has no beyond-use date
    told = " | ".join(found.not_checked)
    for missing in ("pump", "preservative", "diluent", "batch", "fill", "last fill", "solubility"):
        assert missing in told


@pytest.mark.inventory("S1.R24")
@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        (r"^powder = .*$", "bupivacaine: the form of the powder is not given"),
        (r"^potency = .*$", "bupivacaine: its potency is not given, it is reckoned as pure"),
        (r"^water = .*$", "bupivacaine: its water is not given, it is reckoned as dry"),
        (r"^prepared_by = .*$", "another person than the prepared by"),
        (r"^program = .*$", "not compared with the order: label, program"),
    ],
)
def test_what_is_reckoned_with_instead_of_an_answer_is_said(pattern: str, told: str) -> None:
    assert told not in " | ".join(judge(read(EXAMPLE.read_text("utf-8"))).not_checked)
    assert told in " | ".join(judge(read(changed(pattern, ""))).not_checked)


@pytest.mark.parametrize(
    ("pattern", "new", "key"),
    [
        ('^use = "off-label"', 'use = "maybe"', "use"),
        ('^use = "off-label".*', "", "use"),
        ("^fill_volume = .*", 'fill_volume = "20"', "fill_volume"),
        ("^daily_volume = .*", "", "daily_volume"),
        ("^daily_volume = .*", 'undiluted = "bupivacaine"', "undiluted"),
        ("^potency = .*", 'potency = "0"', "potency"),
        ("^water = .*", 'water = "1"', "potency or water"),
        ("^potency = .*", 'stock = "5 mg/mL"', "a stock and a powder"),
        ("^powder = .*", 'powder = "citrate"', "powder"),
        (r"^\[compounding.drugs.clonidine\]", "[compounding.drugs.clonidin]", "clonidin"),
        ('^drug = "morphine"', 'drug = "fentanyl"', "drug"),
        ("^max_per_day = 4", "max_per_day = 0", "max_per_day"),
        ("^category = 2", "category = 4", "category"),
        ('^storage = "refrigerator"', 'storage = "shelf"', "storage"),
        ("^fill = .*", "fill = 2026-11-26T10:00:00+01:00", "offset"),
        ("^fill = .*", "fill = 2026-11-26", "fill"),
        ("^assay = .*", 'assay = { aspirin = "1" }', "aspirin"),
        ("^assay = .*", 'assay = { morphine = "98,5" }', "morphine"),
        ("^container = .*", 'kontainer = "bag"', "kontainer"),
        ("^age = 61", "age = 61.5", "age"),
    ],
)
def test_what_cannot_be_an_order_is_refused_with_its_key(pattern: str, new: str, key: str) -> None:
    with pytest.raises(BadFileError) as caught:
        read(changed(pattern, new))
    assert key in str(caught.value)
    assert "case.toml" in str(caught.value)


def test_figures_typed_per_hour_are_asked_about() -> None:
    case = read(changed("^daily_volume = .*", 'daily_volume = "0.4 mL/h"'))
    assert case.per_hour == ("daily_volume",)


@pytest.mark.parametrize(("language", "shown"), [("en", "Label"), ("de", "Etikett")])
def test_one_language_is_given_where_one_is_asked(language: str, shown: str) -> None:
    text = changed("^# language.*", f'language = "{language}"')
    found = advise(read_case_table(text.encode(), "case.toml", "compounding"))
    titles = [one.title for one in found.listings]
    assert len(titles) == 3
    assert titles[-1] == shown
