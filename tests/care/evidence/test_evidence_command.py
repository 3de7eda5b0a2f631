"""`thecal advise evidence` and `thecal catalogue references`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from thecal.cli.main import BAD_INPUT, DONE, main

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "cases" / "evidence.toml"
HEAD = 'schema = "thecal.case/1"\n[evidence]\n'


def ask(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> tuple[int, dict[str, object]]:
    file = tmp_path / "case.toml"
    file.write_text(HEAD + text)
    code = main(["advise", "evidence", str(file), "--json"])
    out = capsys.readouterr().out
    return code, json.loads(out) if out else {}


@pytest.mark.inventory("W28")
def test_the_example_flags_the_documents_and_the_list_beside_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["advise", "evidence", str(EXAMPLE), "--json"]) == DONE
    answer = json.loads(capsys.readouterr().out)
    assert answer["verdict"] == "defective"
    flagged = {one["message"].split(":")[0] for one in answer["findings"]}
    assert {"S0.R3", "S0.R10", "S0.R17", "S1.R12", "own-3"} <= flagged
    assert not {"S0.R1", "own-1", "own-2"} & flagged


def test_a_sound_list_is_sound(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "own.csv").write_text(
        "id,authors,title,journal,year,volume,issue,pages,doi\n"
        "1,Miller A,A title of its own,Journal of Inventions,2019,1,,1,\n"
    )
    code, answer = ask(tmp_path, capsys, 'file = "own.csv"\n')
    assert (code, answer["verdict"]) == (DONE, "sound")


@pytest.mark.inventory("S1.R20", "S1.R7")
def test_what_stands_behind_a_command_or_a_row_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, by_command = ask(tmp_path, capsys, 'supports = "thecal advise economics"\n')
    assert "Hassenbusch" in json.dumps(by_command["listings"])
    _, by_row = ask(tmp_path, capsys, 'inventory = "S1.R7"\n')
    for name in ("Bruel", "Gulati", "Stearns", "Smith", "Malhotra"):
        assert name in json.dumps(by_row["listings"])


@pytest.mark.parametrize("text", ["", 'inventory = "S9.R1"\n', 'supports = "thecal dance"\n'])
def test_nothing_asked_or_something_unknown_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    assert ask(tmp_path, capsys, text)[0] == BAD_INPUT


@pytest.mark.inventory("S1.R22", "S0.R14")
def test_the_catalogue_lists_every_reference_with_the_status_of_each_field(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["catalogue", "references", "--json"]) == DONE
    found = {one["id"]: one for one in json.loads(capsys.readouterr().out)}
    assert found["hayek-2011a"]["inventory"] == ["S1.R22"]
    assert found["coffey-2009"]["facts"]["doi"]["status"] == "read"
    assert found["coffey-2009"]["facts"]["title"]["status"] == "recalled"
    assert len(found) > 75
