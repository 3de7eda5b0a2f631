"""`thecal controller`: the patient's screen as text and JSON, denied presses with their reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from builders import MORPHINE, Chart
from thecal.cli.main import main

BOLUS = {"dose": "0.25 mg", "duration": "10 min", "lockout": "2 h", "max_per_day": 4}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    chart = Chart(
        pump="prometra-ii-20", catheter={"model": "prometra-11823", "trimmed_length": "40 cm"}
    )
    chart.start(MORPHINE, "morphine", "3 mg/d", patient_bolus=BOLUS).add("press", 1, "08:00")
    path = tmp_path / "own.toml"
    path.write_text(chart.text())
    return path


def answer(capsys: pytest.CaptureFixture[str], file: Path, *options: str) -> Any:
    assert main(["controller", str(file), *options, "--json"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return json.loads(captured.out)


def test_json_says_why_and_until_when(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    found = answer(capsys, file, "--press", "2026-03-03T09:00:00")
    assert found["controller"] == "ptc"
    assert found["bolus_allowed"] is False
    assert found["denied_because"] == "the lockout has not passed"
    assert found["next_allowed"] == "2026-03-03T10:00:00+01:00"
    assert found["boluses_left"] == 3
    assert found["settings"]["dose"] == {"value": 0.25, "unit": "mg"}
    assert found["settings"]["achievable_dose"] == {"value": 0.24, "unit": "mg"}
    assert [(one["in_file"], one["granted"]) for one in found["presses"]] == [
        (True, True),
        (False, False),
    ]
    assert found["presses"][1]["next_allowed"] == "2026-03-03T10:00:00+01:00"
    assert set(found["screen"]) == {"en", "de"}
    assert found["facts"]["refill-volume"]["source"] == "devices.md S44"


def test_the_wait_is_the_same_with_an_offset(
    capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    here = answer(capsys, file, "--press", "2026-03-03T09:00:00")
    there = answer(capsys, file, "--press", "2026-03-03T08:00:00+00:00")
    assert here == there


def test_at_looks_back(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    found = answer(capsys, file, "--at", "2026-03-03T07:00:00")
    assert found["bolus_allowed"] is True
    assert found["blocked_by"] is None
    assert found["next_allowed"] == found["at"] == "2026-03-03T07:00:00+01:00"
    assert found["presses"] == []


def test_text_in_both_languages_with_sources_for_the_clinic(
    capsys: pytest.CaptureFixture[str], file: Path
) -> None:
    options = ["--press", "2026-03-03T09:00:00", "--language", "both"]
    assert main(["controller", str(file), *options]) == 0
    out = capsys.readouterr().out.replace("\xa0", " ")
    assert "Next bolus possible in 1 h, from 3 March 2026, 10:00." in out
    assert "Nächster Bolus möglich in 1 Std, ab 3. März 2026, 10:00 Uhr." in out
    assert "(devices.md S44, unverified (read))" in out
    assert "presses of the file until then: 1, 0 denied" in out
    assert "not for patient care" in out
    assert "nicht für die Versorgung von Patienten" in out


def test_english_alone_unless_asked(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    assert main(["controller", str(file)]) == 0
    assert "Bolus möglich" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--at", "yesterday"], "--at"),
        (["--press", "2026-13-01T00:00:00"], "--press"),
        (["--press", "2026-03-01T00:00:00"], "before the first event"),
        (["--at", "2026-03-03T00:00:00", "--press", "2026-03-04T00:00:00"], "later --at"),
        (["--language", "fr"], "--language"),
    ],
)
def test_what_cannot_be_is_one_line(
    capsys: pytest.CaptureFixture[str], file: Path, options: list[str], message: str
) -> None:
    assert main(["controller", str(file), *options]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
    assert message in captured.err


def test_a_pump_without_a_controller_is_named(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "other.toml"
    path.write_text(Chart(pump="medstream-20").fill(0, "09:00", MORPHINE).text())
    assert main(["controller", str(path)]) == 2
    assert "other.toml: pump.model: no patient controller" in capsys.readouterr().err
