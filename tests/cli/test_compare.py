"""`thecal compare`: both reviewed, both run, and nothing invented between them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from builders import BACLOFEN_STRONG, Chart, baclofen, morphine
from thecal.cli.main import main

Json = Any
EXAMPLES = Path(__file__).parents[2] / "examples"
CATHETER = {"model": "ascenda-8780", "implanted_length": "76 cm"}
GOOD = baclofen("200 ug/d").add("note", 3, text="end")
STRONGER = baclofen("300 ug/d", BACLOFEN_STRONG).add("note", 5, text="end")
IN_PAIN = morphine("2 mg/d").add("note", 3, text="end")
REFUSED = EXAMPLES / "incident_wrong_volume.toml"
SOFT = EXAMPLES / "pain_two_drugs.toml"


def write(folder: Path, name: str, chart: Chart) -> str:
    path = folder / name
    path.write_text(chart.text(), encoding="utf-8")
    return str(path)


def compare(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(["compare", *arguments])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def refused(found: tuple[int, str, str], *named: str) -> None:
    code, out, err = found
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert err.startswith("thecal: ")
    for name in named:
        assert name in err


@pytest.fixture
def a(tmp_path: Path) -> str:
    return write(tmp_path, "a.toml", GOOD)


@pytest.fixture
def b(tmp_path: Path) -> str:
    return write(tmp_path, "b.toml", STRONGER)


def test_each_side_answers_as_simulate_does(
    a: str, b: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = compare(capsys, a, b, "--json", "--for", "2 d")
    assert (code, err) == (0, "")
    found = json.loads(out)
    for letter, file in (("a", a), ("b", b)):
        assert main(["simulate", file, "--json", "--for", "2 d"]) == 0
        assert found[letter] == json.loads(capsys.readouterr().out)
    assert found["tables"]
    for table in found["tables"]:
        assert all(len(row) == len(table["head"]) for row in table["rows"])


def test_the_text_names_both_files_the_model_and_the_stand_ins(
    a: str, b: str, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = compare(capsys, a, b)
    assert code == 0
    assert "A: a.toml" in out
    assert "B: b.toml" in out
    assert "model, not measurement" in out
    assert "baclofen has no human intrathecal figure for cord-exchange-rate" in out
    assert "that of morphine stands in" in out
    assert "not for patient care" in out


def test_a_file_beside_itself_is_the_same_twice(a: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = compare(capsys, a, a, "--json")
    assert code == 0
    found = json.loads(out)
    assert found["a"] == found["b"]


def test_pain_and_spasticity_and_different_lengths_stand_side_by_side(
    tmp_path: Path, b: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pain = write(tmp_path, "pain.toml", IN_PAIN)
    code, out, _ = compare(capsys, pain, b, "--json")
    assert code == 0
    found = json.loads(out)
    assert set(found["a"]["body"]["drugs"]) == {"morphine"}
    assert set(found["b"]["body"]["drugs"]) == {"baclofen"}
    assert found["a"]["end"] < found["b"]["end"]
    assert main(["compare", pain, b]) == 0
    out = capsys.readouterr().out
    assert "morphine" in out
    assert "baclofen" in out


@pytest.mark.parametrize("turned", [False, True])
def test_a_refused_file_is_shown_and_nothing_is_run(
    turned: bool, a: str, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [str(REFUSED), a]
    code, out, err = compare(capsys, *(reversed(files) if turned else files), "--json")
    assert (code, err) == (3, "")
    found = json.loads(out)
    assert set(found) == {"a", "b"}
    assert [one["verdict"] for one in found.values()] == (
        ["accepted", "refused"] if turned else ["refused", "accepted"]
    )
    assert not any("body" in one for one in found.values())


def test_a_soft_finding_asks_and_a_hard_one_goes_before_it(
    a: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare(capsys, a, str(SOFT))[0] == 4
    code, out, _ = compare(capsys, str(SOFT), str(REFUSED))
    assert code == 3
    assert "override-needed" in out
    assert "refused" in out


def test_a_record_is_run_whatever_its_findings(a: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = compare(capsys, a, str(REFUSED), "--as-recorded", "--json", "--for", "2 d")
    assert code == 0
    found = json.loads(out)
    assert found["b"]["verdict"] == "refused"
    assert found["b"]["body"]["computed"] is True


def test_an_end_counts_for_both(a: str, b: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = compare(capsys, a, b, "--json", "--until", "2026-03-04T09:00:00")
    assert code == 0
    found = json.loads(out)
    assert found["a"]["end"] == found["b"]["end"] == "2026-03-04T09:00:00+01:00"
    for one in (found["a"], found["b"]):
        assert one["body"]["time"] == {"value": pytest.approx(48.0), "unit": "h"}


@pytest.mark.parametrize("other", ["b", "soft"])
@pytest.mark.parametrize(
    ("option", "text"),
    [
        ("--until", "yesterday"),
        ("--until", "2026-03-01T00:00:00"),
        ("--for", "0 d"),
        ("--for", "5d"),
        ("--for", "9999999 d"),
    ],
)
def test_an_end_that_cannot_be_is_bad_input_before_any_verdict(
    option: str, text: str, other: str, a: str, b: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = {"b": b, "soft": str(SOFT)}[other]
    refused(compare(capsys, a, file, option, text), "a.toml", option)


def test_a_therapy_that_ends_when_it_begins_has_no_body_to_compare(
    a: str, b: str, capsys: pytest.CaptureFixture[str]
) -> None:
    refused(compare(capsys, a, b, "--until", "2026-03-02T09:00:00"), "a.toml", "needs time")


@pytest.mark.parametrize("turned", [False, True])
def test_a_tip_outside_the_model_is_said_of_the_file_that_has_it(
    turned: bool, a: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = write(
        tmp_path, "s4.toml", baclofen(catheter={**CATHETER, "tip": "S4"}).add("note", 1, text="x")
    )
    files = [outside, a] if turned else [a, outside]
    refused(compare(capsys, *files, "--as-recorded"), "s4.toml: catheter: tip", "S4")


def test_missing_and_malformed_files_are_bad_input(
    a: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.toml").write_bytes(b"\xff\xfe")
    refused(compare(capsys, a, str(tmp_path / "nowhere.toml")), "nowhere.toml")
    refused(compare(capsys, a, str(tmp_path / "bad.toml")), "bad.toml")
    refused(compare(capsys, a, str(tmp_path)), tmp_path.name)
    refused(compare(capsys, a))
    refused(compare(capsys, a, a, a))
    refused(compare(capsys, a, a, "--until", "2026-03-04T00:00:00", "--for", "2 d"))


def test_a_file_in_the_place_of_the_report_is_refused(
    a: str, b: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = Path(a).read_bytes()
    refused(compare(capsys, a, b, "--report", a), "--report")
    assert Path(a).read_bytes() == before
