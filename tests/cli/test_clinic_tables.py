"""A clinic's own rows replace shipped figures for one command, and only for that one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from builders import BACLOFEN_STRONG, baclofen
from thecal.cli.main import main

LIMITS = "drug,parameter,edition,population,rank,value,unit,source,status,checked_by,date,note\n"
CEILING = "baclofen,highest-reported-daily,ceiling,spinal,1,{},ug/d,our board,{},{},2026-11-20,\n"


def review(file: Path, capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    code = main(["review", str(file), "--json", *options])
    return code, capsys.readouterr().out


def test_a_clinics_ceiling_refuses_what_the_shipped_one_lets_through(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "therapy.toml"
    file.write_text(baclofen("300 ug/d", BACLOFEN_STRONG).text(), encoding="utf-8")
    tables = tmp_path / "tables"
    tables.mkdir()
    own = CEILING.format(250, "verified", "A. Checker")
    (tables / "limits.csv").write_text(LIMITS + own, encoding="utf-8")
    shipped, _ = review(file, capsys)
    code, out = review(file, capsys, "--clinic-tables", str(tables))
    again, _ = review(file, capsys)
    assert (shipped, code, again) == (0, 3, 0)
    found = [f for f in json.loads(out)["findings"] if f["severity"] == "hard"]
    assert "our board, verified by A. Checker" in found[0]["source"]


@pytest.mark.parametrize("content", ["nonsense", LIMITS + CEILING.format("-1", "read", "")])
def test_a_malformed_clinic_table_is_bad_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    file = tmp_path / "therapy.toml"
    file.write_text(baclofen().text(), encoding="utf-8")
    (tmp_path / "limits.csv").write_text(content, encoding="utf-8")
    code = main(["review", str(file), "--clinic-tables", str(tmp_path)])
    captured = capsys.readouterr()
    assert code == 2
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert "limits.csv" in captured.err
