"""`thecal calibrate`: what the module computes, every row with its error, and the mean."""

from __future__ import annotations

import json

import pytest

from thecal.body.calibration import calibration, geometric_mean
from thecal.cli.main import main


def run(capsys: pytest.CaptureFixture[str], *options: str) -> str:
    assert main(["calibrate", *options]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return captured.out


def test_json_is_the_table_of_the_module(capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(run(capsys, "--json"))
    table = calibration()
    assert [
        (one["row"], one["published"], one["predicted"], one["unit"], one["fold_error"])
        for one in found["rows"]
    ] == [(one.row, one.published, one.predicted, one.unit, one.fold_error) for one in table]
    assert found["geometric_mean_fold_error"] == geometric_mean(table)
    assert "model, not measurement" in found["model"]
    assert {one["status"] for one in found["rows"]} <= {"read", "recalled", "verified"}
    assert all(one["source"] for one in found["rows"])


def test_text_has_a_line_for_each_row_the_mean_and_the_worst(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out, table = run(capsys), calibration()
    assert "model, not measurement" in out
    lines = [line for line in out.splitlines() if line[:3].strip().isdigit()]
    assert len(lines) == len(table)
    for line, one in zip(lines, table, strict=True):
        assert line.split()[0] == one.row
        assert one.what in line
        assert line.endswith(one.how)
        figures = line[37 : -len(one.how)].split()
        assert float(figures[0]) == pytest.approx(one.published, rel=1e-3)
        assert float(figures[1]) == pytest.approx(one.predicted, rel=1e-3)
        assert figures[-1] == f"{one.fold_error:.2f}"
    assert f"geometric mean of {len(table)} fold errors: {geometric_mean(table):.3f}" in out
    worst = max(table, key=lambda one: one.fold_error)
    assert f"worst: row {worst.row}, {worst.what}, {worst.fold_error:.2f} times off" in out


def test_it_takes_no_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calibrate", "a.toml"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
