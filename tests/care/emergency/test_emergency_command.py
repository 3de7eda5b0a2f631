"""`thecal advise emergency THERAPY --at TIME`: a therapy file in, the one page out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from thecal.cli.main import BAD_INPUT, DONE, main

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
SPASTIC = str(EXAMPLES / "spasticity_baclofen.toml")
CASE = str(EXAMPLES / "cases" / "selection.toml")


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert main(["advise", "emergency", *arguments, "--json"]) == DONE
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_the_page_of_the_record_at_a_time(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, SPASTIC, "--at", "2026-03-01T12:00")
    results = found["results"]
    assert isinstance(results, dict)
    assert results["patient"] == "DEMO-002"
    assert results["activity"] == "running"
    assert results["port_push_volume"] == {"value": 0.1672, "unit": "mL"}
    assert [one["value"] for one in results["oral_baclofen_bridge_a_day"]] == [40, 80]


def test_without_a_time_it_is_the_last_event(capsys: pytest.CaptureFixture[str]) -> None:
    results = answer(capsys, SPASTIC)["results"]
    assert isinstance(results, dict)
    assert results["time"] == "20 February 2026, 09:10"


def test_the_answer_says_where_sources_differ_and_what_is_unverified(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = answer(capsys, SPASTIC)
    (dispute,) = found["disagreements"]
    assert dispute["used"] is False
    assert len(dispute["answers"]) == 2
    assert found["unverified"]


def test_a_case_is_no_therapy_and_a_time_says_nothing_about_a_case(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["advise", "emergency", CASE]) == BAD_INPUT
    assert "schema" in capsys.readouterr().err
    assert main(["advise", "selection", CASE, "--at", "2026-03-01T12:00"]) == BAD_INPUT
    assert "--at" in capsys.readouterr().err
    assert main(["advise", "emergency", SPASTIC, "--at", "yesterday"]) == BAD_INPUT
