"""The table `[program-design]`: strict, and never at odds with the therapy that runs."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from design_cases import baclofen, rate

from thecal.care.case_file import read_case_table
from thecal.care.design.case import DesignCase, Running
from thecal.care.design.reader import TOPIC, read_case
from thecal.errors import BadFileError

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "cases" / "program-design.toml"
TEXT = EXAMPLE.read_text(encoding="utf-8")


def read(text: str, known: Running | None = None) -> DesignCase:
    """Return the case of a file's text."""
    return read_case(read_case_table(text.encode(), "case.toml", TOPIC), known)


def test_the_example_reads_as_it_says() -> None:
    case = read(TEXT)
    assert len(case.scores) == 40
    assert case.scores[0].second == 3600
    assert case.running.daily_dose == rate(150, "ug/d")
    assert (case.lowest, case.highest) == (rate(3, "ug/h"), rate(12, "ug/h"))
    assert case.wants_bolus


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"01:00" = 7, "04:00" = 8', '"1:00" = 7', "no time of day"),
        ('"01:00" = 7, "04:00" = 8', '"01:00" = 11', "no score"),
        ('"01:00" = 7, "04:00" = 8', '"01:00" = 7.5', "no score"),
        ('"01:00" = 7, "04:00" = 8', '"01:00" = true', "no score"),
        ("2026-03-03", "2026-03-02", "two scores"),
        ('scale = "nrs"', 'scale = "vas"', "unknown"),
        ('lowest = "3 ug/h"', 'lowest = "7 ug/h"', "above the even rate"),
        ('highest = "12 ug/h"', 'highest = "6 ug/h"', "below the even rate"),
        ("synchromed-ii-20", "synchromed-ii-2", "synchromed"),
        ("age = 37", "age = 37\nmood = 3", "unknown here"),
    ],
)
def test_what_cannot_be_a_diary_is_refused_by_place(old: str, new: str, says: str) -> None:
    assert old in TEXT
    with pytest.raises(BadFileError, match=says) as caught:
        read(TEXT.replace(old, new, 1))
    assert "case.toml" in str(caught.value)


def test_what_runs_may_come_from_the_therapy_alone() -> None:
    start = TEXT.index("[program-design.running]")
    end = TEXT.index("[[program-design.diary]]")
    with pytest.raises(BadFileError, match="missing"):
        read(TEXT[:start] + TEXT[end:])
    assert read(TEXT[:start] + TEXT[end:], baclofen()).running == baclofen()


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("daily_dose", {"daily_dose": rate(15, "ug/d")}),
        ("pump", {"model": baclofen("synchromed-ii-40").model}),
        ("mixture", {"mixture": baclofen(strength="500").mixture}),
    ],
)
def test_a_case_at_odds_with_the_therapy_is_refused(key: str, change: dict[str, Any]) -> None:
    with pytest.raises(BadFileError, match=f"another {key} than the therapy"):
        read(TEXT, replace(baclofen(), **change))
    assert Fraction(read(TEXT, baclofen()).running.daily_dose.in_unit("ug/d")) == 150
