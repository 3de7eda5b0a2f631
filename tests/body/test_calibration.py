"""The calibration table: every published row is predicted, and the page shows these figures."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from thecal.body.calibration import CalibrationRow, calibration, geometric_mean
from thecal.body.experiment import Dose, Experiment, Sample, run_experiment
from thecal.data import Fact, FactValue, rows

DOCS = Path(__file__).parents[2] / "docs" / "model.md"
NUMBERED = {"2", "3", "5", "6", "8", "9", "10", "12", "13", "15", "16", "18", "19", "24", "29"}
"""The rows of pkpd.md section 5."""


@pytest.fixture(scope="module")
def table() -> tuple[CalibrationRow, ...]:
    return calibration()


def shown(value: float) -> str:
    """Return a figure as the page shows it."""
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def test_every_published_figure_is_predicted_once(table: tuple[CalibrationRow, ...]) -> None:
    published = [(row["row"], row["parameter"]) for row in rows("calibration")]
    assert [(one.row, one.what.replace(" ", "-")) for one in table] == published
    assert {one.row for one in table} == NUMBERED


def test_published_figures_are_those_of_the_table(table: tuple[CalibrationRow, ...]) -> None:
    values = [(float(row["value"]), row["unit"]) for row in rows("calibration")]
    for one, (value, unit) in zip(table, values, strict=True):
        assert one.published == pytest.approx(value)
        assert one.unit == unit
        assert one.how
        assert one.fact.note


def made(predicted: float, published: float, fact: Fact[FactValue]) -> CalibrationRow:
    return CalibrationRow("0", "what", "how", published, predicted, "1", fact)


def test_fold_error_is_the_larger_over_the_smaller(table: tuple[CalibrationRow, ...]) -> None:
    fact = table[0].fact
    assert made(3.0, 1.5, fact).fold_error == pytest.approx(2.0)
    assert made(1.5, 3.0, fact).fold_error == pytest.approx(2.0)
    assert made(7.0, 7.0, fact).fold_error == 1.0
    for one in table:
        higher, lower = max(one.predicted, one.published), min(one.predicted, one.published)
        assert one.fold_error == pytest.approx(higher / lower)


def test_the_mean_is_geometric(table: tuple[CalibrationRow, ...]) -> None:
    fact = table[0].fact
    assert geometric_mean([made(8.0, 1.0, fact), made(1.0, 2.0, fact)]) == pytest.approx(4.0)
    product = math.prod(one.fold_error for one in table)
    assert geometric_mean(table) == pytest.approx(product ** (1 / len(table)))


def test_a_prediction_is_the_experiment_it_names(table: tuple[CalibrationRow, ...]) -> None:
    """Rows 2 and 16, given and sampled here once more."""
    by_row = {one.row: one for one in table if one.row in ("2", "16")}
    bolus = Experiment("morphine", (Dose("L3", 500.0, 0.0),), (Sample("L3", "csf", (1.0,)),))
    assert by_row["2"].predicted == pytest.approx(
        1000.0 * run_experiment(bolus).concentrations[0][0]
    )
    steady = Experiment(
        "baclofen",
        (Dose("T10", 607.0 * 100, 0.0, 2400.0),),
        (Sample("T10", "csf", (2400.0,)),),
    )
    assert by_row["16"].predicted == pytest.approx(
        1000.0 * run_experiment(steady).concentrations[0][0], rel=1e-6
    )


def test_no_prediction_is_further_off_than_the_page_admits(
    table: tuple[CalibrationRow, ...],
) -> None:
    assert max(one.fold_error for one in table) < 2.2
    assert geometric_mean(table) < 1.3


def test_the_page_shows_what_is_computed(table: tuple[CalibrationRow, ...]) -> None:
    section = DOCS.read_text(encoding="utf-8").split("## 6. ")[1].split("## 7. ")[0]
    lines = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if re.match(r"\| (\d+|) *\|", line)
    ]
    *told, mean = lines
    expected = []
    for one in table:
        unit = "" if one.unit == "1" else f" {one.unit}"
        expected.append(
            [
                one.row,
                f"{one.what}: {one.how}",
                f"{shown(one.published)}{unit}",
                shown(one.predicted),
                f"{one.fold_error:.2f}",
            ]
        )
    assert told == expected
    assert mean == ["", "geometric mean", "", "", f"{geometric_mean(table):.2f}"]
