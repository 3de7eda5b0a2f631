"""`thecal bench-pump`: the curves as text, JSON and page; one clear line where it cannot run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from thecal.cli.main import main


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main(["bench-pump", *arguments, "--json"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return json.loads(captured.out)


def test_json_has_every_window_as_percentages(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "prometra-ii-20", "--rate", "250 uL/d")
    windows = {one["length"]["value"]: one for one in found["windows"]}
    assert list(windows) == [0.5, 1, 6, 24, 168, 1920]
    assert windows[0.5]["e_min_percent"] == pytest.approx(-23.2)
    assert windows[0.5]["e_max_percent"] == pytest.approx(15.2)
    assert windows[24]["e_min_percent"] == windows[24]["e_max_percent"] == 0
    assert windows[24]["from_start"] == {"e_min_percent": -0.8, "e_max_percent": 0}
    assert windows[1920]["whole_fill"]
    assert found["stroke"] == {"value": 2, "unit": "uL"}
    assert found["stroke_interval"]["value"] == 691.2
    assert found["accuracy_band_percent"] == 15
    assert found["overall_within_band"] is True
    assert len(found["start_up"]) == 48


def test_gain_and_band(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "prometra-ii-20", "--rate", "48 uL/d", "--gain", "1.2")
    assert found["overall_error_percent"] == 20
    assert found["overall_within_band"] is False


def test_concentration_adds_the_drug_in_its_typed_unit(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "prometra-ii-20", "--rate", "250 uL/d", "--concentration", "500 mcg/mL")
    assert found["windows"][3]["drug"]["ordered"] == {"value": 125, "unit": "ug"}
    assert found["windows"][0]["drug"]["least"] == {"value": 2, "unit": "ug"}
    assert found["windows"][0]["drug"]["most"] == {"value": 3, "unit": "ug"}


def test_constant_flow_needs_no_rate(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, "isomed-20-05")
    assert found["stroke"] is None
    assert found["stroke_source"] is None
    assert found["accuracy_band_percent"] is None
    assert {one["e_max_percent"] for one in found["windows"]} == {0}


def test_text_says_who_says_so_and_what_else_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench-pump", "prometra-ii-20", "--rate", "0.25 mL/d"]) == 0
    out = capsys.readouterr().out.replace("\xa0", " ")
    assert "not for patient care" in out
    assert "one stroke: 2 uL, devices.md 1.4, unverified (recalled)" in out
    assert "the facts also say: stroke-volume 2.5 uL" in out
    line = next(one for one in out.splitlines() if one.startswith("30 min"))
    assert line.split()[2:6] == ["-23.2", "%", "+15.2", "%"]


def test_report_is_written_and_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    folder = tmp_path / "out"
    arguments = ["bench-pump", "prometra-20", "--rate", "1 mL/d", "--report", str(folder)]
    assert main(arguments) == 0
    assert f"written: {folder / 'bench.html'}" in capsys.readouterr().out
    assert sorted(path.name for path in folder.iterdir()) == [
        *("bench.html", "figure-start-up.svg", "figure-trumpet.svg")
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nope"], "is in no row of pumps"),
        (["prometra-20"], "--rate"),
        (["prometra-20", "--rate", "1"], "--rate"),
        (["prometra-20", "--rate", "1 mg/d"], "--rate"),
        (["prometra-20", "--rate", "30 mL/d"], "above the highest rate"),
        (["synchromed-ii-40", "--rate", "0.25 mL/d"], "--stroke"),
        (["isomed-20-05", "--rate", "1 mL/d"], "leave --rate out"),
        (["prometra-20", "--rate", "1 mL/d", "--gain", "0"], "--gain"),
        (["prometra-20", "--rate", "1 mL/d", "--gain", "1,1"], "--gain"),
        (["prometra-20", "--rate", "1 mL/d", "--duration", "0 d"], "--duration"),
        (["prometra-20", "--rate", "1 mL/d", "--duration", "99 d"], "--duration"),
        (["prometra-20", "--rate", "1 mL/d", "--concentration", "1 mg"], "--concentration"),
    ],
)
def test_what_cannot_run_is_one_line_and_writes_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str], message: str
) -> None:
    folder = tmp_path / "out"
    assert main(["bench-pump", *arguments, "--report", str(folder)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
    assert message in captured.err
    assert not folder.exists()
