"""`thecal advise selection`: an answer ends with 0, an open question with 4, a refusal with 3."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from thecal.cli.main import DONE, OVERRIDE_NEEDED, REFUSED, main

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "cases" / "selection.toml"


def ask(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str
) -> tuple[int, dict[str, object]]:
    """Ask about the example with one line changed."""
    text = EXAMPLE.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "case.toml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    code = main(["advise", "selection", str(file), "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_not_eligible_is_an_answer_and_no_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, answer = ask(tmp_path, capsys, 'infection = "none"', 'infection = "active"')
    assert code == DONE
    assert answer["verdict"] == "not-eligible"
    assert "infection" in str(answer["summary"])


@pytest.mark.inventory("S0.6")
def test_a_waived_question_ends_with_4_until_a_reason_is_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, waived = 'imaging = "reviewed"', 'imaging = "waived"'
    assert ask(tmp_path, capsys, old, waived)[0] == OVERRIDE_NEEDED
    reason = f'{waived}\noverride = [ {{ check = "imaging", reason = "dying", by = "Dr. G" }} ]'
    assert ask(tmp_path, capsys, old, reason)[0] == DONE


@pytest.mark.inventory("S3.4")
def test_an_illegal_jump_ends_with_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = 'requested_stage = "assessed"'
    code, answer = ask(tmp_path, capsys, old, 'requested_stage = "implanted"')
    assert code == REFUSED
    assert "does not follow" in json.dumps(answer["findings"])
    assert ask(tmp_path, capsys, old, 'requested_stage = "ceased"')[0] == DONE


@pytest.mark.inventory("S1.R28", "S0.8")
def test_the_answer_holds_checklist_referral_evidence_bundle_and_letter(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, answer = ask(tmp_path, capsys, 'tip = "T10"', 'tip = "T9"')
    listings = answer["listings"]
    assert isinstance(listings, list)
    titles = [one["title"] for one in listings]
    assert titles == [
        "Checklist of the team",
        "Referral",
        "Evidence: failed back surgery syndrome",
        "Infection bundle",
        "Letter to the referrer",
    ]
    assert all(one["rows"] for one in listings)
