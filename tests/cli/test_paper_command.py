"""`thecal paper KIND THERAPY`: one paper, whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from thecal.cli.main import BAD_INPUT, DONE, main

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
SPASTIC = str(EXAMPLES / "spasticity_baclofen.toml")
CLINIC = str(EXAMPLES / "papers" / "clinic.toml")


def test_the_paper_is_printed_with_the_clinic_and_the_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["paper", "card", SPASTIC, "--clinic", CLINIC, "--name", "Ann Example"]) == DONE
    out = capsys.readouterr().out
    assert "Ann Example, born 30 November 1988 (DEMO-002)" in out
    assert "Telephone day and night: 000 000 0000" in out


def test_the_time_decides_what_stands_on_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["paper", "summary", SPASTIC, "--at", "2026-01-15T09:00", "--json"]) == DONE
    answer = json.loads(capsys.readouterr().out)
    assert answer["kind"] == "patient-summary"
    (doses,) = (one["rows"] for one in answer["sections"] if one["rows"])
    assert doses == [["baclofen", "500\u00a0mcg/mL", "125\u00a0mcg (0.125\u00a0mg) a day"]]


@pytest.mark.parametrize(("ending", "head"), [("pdf", b"%PDF-1.7"), ("html", b"<!DOCTYPE html>")])
def test_it_is_written_the_same_each_time_and_never_over_another(
    ending: str, head: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / f"letter.{ending}"
    command = ["paper", "letter", SPASTIC, "--language", "de", "--out", str(path)]
    assert main([*command, "--json"]) == DONE
    answer = json.loads(capsys.readouterr().out)
    assert answer["file"] == str(path)
    assert answer["fit"] in ("fits", "in small print")
    first = path.read_bytes()
    assert first.startswith(head)
    assert main(command) == BAD_INPUT
    assert "--overwrite" in capsys.readouterr().err
    assert main([*command, "--overwrite"]) == DONE
    assert path.read_bytes() == first


def test_a_journey_belongs_to_a_travel_letter(capsys: pytest.CaptureFixture[str]) -> None:
    days = ["--leaves", "2026-04-01", "--returns", "2026-06-01", "--destination", "Lisbon"]
    assert main(["paper", "travel", SPASTIC, *days]) == DONE
    assert "BEFORE THE RETURN" in capsys.readouterr().out
    assert main(["paper", "card", SPASTIC, *days]) == BAD_INPUT
    assert "--leaves says nothing about card" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nonsense", SPASTIC], "no paper"),
        (["card", "missing.toml"], "missing.toml"),
        (["card", SPASTIC, "--at", "2020-01-01T00:00"], "before the first event"),
        (["card", SPASTIC, "--out", "card.docx"], "neither a PDF nor an HTML page"),
        (["card", SPASTIC, "--overwrite"], "--out"),
        (["card", SPASTIC, "--clinic", SPASTIC], "schema"),
        (["travel", SPASTIC, "--returns", "1 May"], "is no date"),
        (
            ["travel", SPASTIC, "--leaves", "2026-05-02", "--returns", "2026-05-01"],
            "before the day of leaving",
        ),
    ],
)
def test_what_cannot_be_asked_is_refused_with_a_reason(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["paper", *arguments]) == BAD_INPUT
    captured = capsys.readouterr()
    assert message in captured.err
    assert not captured.out


def test_the_inpatient_sheet_and_a_death_take_their_own_times(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["paper", "inpatient", SPASTIC, "--discharge", "2026-03-01"]) == DONE
    assert "Refill due during the stay?: no" in capsys.readouterr().out
    assert main(["paper", "death", SPASTIC, "--died", "2026-03-01T04:00"]) == DONE
    assert "1 March 2026, 04:00" in capsys.readouterr().out
