"""`thecal troubleshoot`: its exit codes, its JSON, and what stands on top of its text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from builders import baclofen
from thecal.cli.main import main


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "trouble.toml"


def run(
    file: Path, capsys: pytest.CaptureFixture[str], bedside: str, *options: str
) -> tuple[int, str, str]:
    file.write_text(baclofen().text() + bedside, encoding="utf-8")
    code = main(["troubleshoot", str(file), *options])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_the_emergency_stands_before_the_causes(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(file, capsys, '[bedside]\npatient = "withdrawal"\ntelemetry = "ok"\n')
    assert code == 0
    assert "research and training" in out.splitlines()[0]
    assert out.index("emergency") < out.index("Causes")
    assert "unverified" in out


def test_json_has_every_cause_with_its_evidence(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(file, capsys, '[bedside]\nx-ray = "gap"\n', "--json")
    assert code == 0
    found = json.loads(out)
    assert found["causes"][0]["cause"] == "catheter-fracture"
    assert found["causes"][0]["evidence"][0]["side"] == "for"
    assert abs(sum(one["share"] for one in found["causes"]) - 1) < 1e-12
    assert all(one["source"] for one in found["emergency"])


def test_contrast_through_a_dry_port_is_refused_whatever_is_answered(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bedside = '[bedside]\naccess-port = "none"\nplanned = "dye"\n'
    code, out, _ = run(file, capsys, bedside, "--override", "K9: hurry")
    assert code == 3
    assert "HARD K9" in out


def test_contrast_before_aspirating_asks_for_a_reason(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bedside = '[bedside]\nplanned = "dye"\n'
    assert run(file, capsys, bedside)[0] == 4
    assert run(file, capsys, bedside, "--override", "K9: port aspirated at noon")[0] == 0


def test_a_bad_outcome_is_bad_input(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(file, capsys, '[bedside]\nrotor = "turns"\n')
    assert (code, out) == (2, "")
    assert "bedside: rotor" in err
    assert len(err.splitlines()) == 1


def test_a_therapy_with_a_bedside_table_still_reviews(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = main(["review", _written(file, "")])
    before = capsys.readouterr().out
    assert main(["review", _written(file, '[bedside]\nrotor = "moves"\n')]) == plain
    assert capsys.readouterr().out == before


def _written(file: Path, bedside: str) -> str:
    file.write_text(baclofen().text() + bedside, encoding="utf-8")
    return str(file)
