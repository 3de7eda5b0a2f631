"""The chart: each method records its own things, at clock times."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from trial_builders import START, screening, trial

from thecal.care.document import LANGUAGES, Document
from thecal.care.trial.case import METHODS
from thecal.care.trial.chart import chart
from thecal.care.trial.observation import schedule


def labels(document: Document) -> list[str]:
    return [one.label.en for one in document.sections[0].fields]


@pytest.mark.inventory("S0.13", "S3.5")
def test_a_bolus_records_level_and_needle_and_a_line_its_rate_in_both_units() -> None:
    bolus = labels(chart(trial(8), START))
    assert "Level and needle" in bolus
    for method in ("catheter", "port", "external-pump"):
        line = labels(chart(replace(trial(8), method=method, boluses=()), START))
        assert "Rate in mL/h and in mg/h" in line
        assert "Line labelled: not a vein" in line
        assert "Level and needle" not in line


@pytest.mark.inventory("S3.6")
def test_the_rows_are_the_schedule_with_the_scores_in_their_place() -> None:
    case = trial(8, 4)
    grid = chart(case, START).sections[1].grid
    assert grid is not None
    assert len(grid.rows) == len(schedule("hydrophilic-opioid"))
    (scored,) = [row for row in grid.rows if row[2].en]
    assert scored[0].en == "2 March 2026, 10:00"
    assert scored[2].en == "nrs 4"


def test_a_score_at_an_unplanned_moment_gets_its_own_row() -> None:
    case = trial(8, 4)
    odd = replace(case.scores[-1], time=START + timedelta(minutes=95))
    grid = chart(replace(case, scores=(case.scores[0], odd)), START).sections[1].grid
    assert grid is not None
    assert len(grid.rows) == len(schedule("hydrophilic-opioid")) + 1


def test_the_dose_is_shown_in_both_units() -> None:
    fields = chart(screening((0, "50", None)), START).sections[0].fields
    (dose,) = [one for one in fields if one.label.en == "Dose"]
    assert dose.value.en == "50\u00a0mcg (0.05\u00a0mg)"


@pytest.mark.parametrize("method", METHODS[:-1])
def test_patient_and_witness_sign_and_both_languages_are_there(method: str) -> None:
    document = chart(replace(trial(8), method=method, boluses=()), START)
    assert [one.en for one in document.sections[-1].signatures][:2] == ["Patient", "Witness"]
    for language in LANGUAGES:
        assert all(one.label.get(language) for one in document.sections[0].fields)
        assert document.title.get(language)
