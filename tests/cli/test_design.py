"""`thecal design`: the answer, its exit codes, and an acceptance that retypes every line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from thecal.cli.main import BAD_INPUT, DONE, main

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"
CASE = EXAMPLES / "cases" / "program-design.toml"
THERAPY = EXAMPLES / "spasticity_baclofen.toml"
ASK = ["design", str(CASE), "--therapy", str(THERAPY), "--draws", "10"]


def answered(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Return the JSON answer."""
    assert main([*ASK, "--json"]) == DONE
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def lines_of(answer: dict[str, Any], kind: str) -> list[str]:
    """Return the id of a proposal and its figures, as somebody would type them."""
    listing = next(one for one in answer["listings"] if one["title"].startswith(f"{kind}, "))
    return [answer["results"][kind]["id"], *(row[1] for row in listing["rows"])]


def test_the_answer_shows_plain_and_optimised_with_band_and_certificate(
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = answered(capsys)
    site = answer["results"]["effect_site"]
    assert site["gain_over_continuous"]["low"] <= site["gain_over_continuous"]["median"]
    assert site["duality_gap"] >= 0
    assert site["smallest_curvature"] > 0
    assert answer["verdict"] == "gain-beyond-band"


def test_people_read_the_lines_to_retype(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(ASK) == DONE
    text = capsys.readouterr().out
    assert "not for patient care" in text
    assert "retype each line" in text
    assert "not accepted" in text


@pytest.mark.parametrize("kind", ["continuous", "flex", "optimised"])
def test_every_line_typed_again_prints_the_event_and_sends_nothing(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "typed.txt"
    file.write_text("\n".join(lines_of(answered(capsys), kind)))
    assert main([*ASK, "--accept", str(file)]) == DONE
    text = capsys.readouterr().out
    assert "accepted line by line; nothing was sent" in text
    assert "[[events]]" in text


def test_one_changed_figure_prints_no_program(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = lines_of(answered(capsys), "flex")
    file = tmp_path / "typed.txt"
    for place in range(len(typed)):
        changed = [*typed[:place], typed[place].replace(" ", "0 ", 1) + "x", *typed[place + 1 :]]
        file.write_text("\n".join(changed))
        assert main([*ASK, "--plain", "--accept", str(file)]) == BAD_INPUT
        printed = capsys.readouterr()
        assert printed.out == ""
        assert "differs" in printed.err or "id of no proposal" in printed.err


@pytest.mark.parametrize(("option", "value"), [("--draws", "1"), ("--seed", "-1")])
def test_a_band_without_draws_is_no_band(
    option: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*ASK, option, value]) == BAD_INPUT
    assert option in capsys.readouterr().err
