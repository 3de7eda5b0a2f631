"""The `body` of `simulate`: where each drug is at the end, and what that rests on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from builders import BACLOFEN_STRONG, Chart, baclofen, morphine
from thecal.body.anatomy import reference_anatomy
from thecal.cli.main import main

Json = Any
EXAMPLES = Path(__file__).parents[2] / "examples"
FILES = sorted(EXAMPLES.glob("*.toml"))
CATHETER = {"model": "ascenda-8780", "implanted_length": "76 cm"}
PARTS = {"csf", "cord", "epidural", "fat", "cranial", "plasma"}


def run(capsys: pytest.CaptureFixture[str], file: Path, *options: str) -> tuple[int, str, str]:
    code = main(["simulate", str(file), "--as-recorded", *options])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def simulated(capsys: pytest.CaptureFixture[str], file: Path, *options: str) -> Json:
    code, out, err = run(capsys, file, "--json", *options)
    assert (code, err) == (0, "")
    return json.loads(out, parse_constant=pytest.fail)


def charted(tmp_path: Path, chart: Chart) -> Path:
    path = tmp_path / "therapy.toml"
    path.write_text(chart.text(), encoding="utf-8")
    return path


def value(quantity: Json, unit: str) -> float:
    assert set(quantity) == {"value", "unit"}
    assert quantity["unit"] == unit
    return float(quantity["value"])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
@pytest.mark.parametrize("options", [(), ("--taylor-smear",)], ids=["sharp", "smeared"])
def test_the_body_of_an_example_got_what_the_pump_delivered(
    file: Path, options: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    found = simulated(capsys, file, *options)
    body = found["body"]
    assert body["computed"] is True
    given = {drug: one["delivered"] for drug, one in found["mass_balance"].items()}
    assert set(body["drugs"]) == {drug for drug, one in given.items() if one["value"]}
    for drug, one in body["drugs"].items():
        balance = one["mass_balance"]
        dose = value(balance["dose"], "ug")
        in_micrograms = {"mg": 1000.0, "ug": 1.0, "ng": 0.001}[given[drug]["unit"]]
        assert dose == pytest.approx(given[drug]["value"] * in_micrograms, rel=1e-9)
        assert value(balance["body"], "ug") + value(balance["eliminated"], "ug") == pytest.approx(
            dose, rel=1e-9
        )
        assert set(balance["parts"]) == PARTS
        assert balance["relative_error"] < 1e-9


def test_every_level_cisterna_and_plasma_of_each_drug_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    body = simulated(capsys, EXAMPLES / "pain_two_drugs.toml", "--for", "20 d")["body"]
    levels = list(reference_anatomy().levels)
    assert set(body["drugs"]) == {"morphine", "bupivacaine"}
    assert body["tip"] == "T10"
    assert value(body["time"], "h") == pytest.approx(480.0)
    for one in body["drugs"].values():
        for compartment in ("csf", "cord"):
            assert list(one[compartment]) == levels
            figures = [value(each, "ng/mL") for each in one[compartment].values()]
            assert min(figures) >= 0
        assert max(levels, key=lambda level: one["csf"][level]["value"]) == "T10"
        assert value(one["cisterna"], "ng/mL") > value(one["plasma"], "ng/mL") > 0
    names = [effect["effect"] for effect in body["effects"]]
    assert "pain" in names
    assert "ventilation" in names
    for effect in body["effects"]:
        assert {"title", "value", "unit", "hypothesis", "note"} <= set(effect)


def test_stand_ins_the_model_and_unverified_figures_are_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = EXAMPLES / "pain_two_drugs.toml"
    body = simulated(capsys, file, "--for", "1 d")["body"]
    assert "model, not measurement" in body["model"]
    assert {"drug": "bupivacaine", "parameter": "csf-loss-rate", "value_of": "fentanyl"} in (
        body["stand_ins"]
    )
    assert {"morphine: csf-loss-rate", "dispersion: thoracic", "head: cisterna-volume"} <= set(
        body["unverified"]
    )
    assert any("height is not given" in note for note in body["notes"])
    _, out, _ = run(capsys, file, "--for", "1 d")
    assert "model, not measurement" in out
    (line,) = [
        one for one in out.splitlines() if "bupivacaine has no human" in one and "fentanyl" in one
    ]
    assert "csf-loss-rate" in line
    assert "(hypothesis)" in out


def test_later_drug_is_at_the_new_tip(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    chart = morphine().add(
        "revise", 5, catheter={**CATHETER, "tip": "C5"}, line={"morphine": "10 mg/mL"}
    )
    body = simulated(capsys, charted(tmp_path, chart), "--for", "10 d")["body"]
    csf = {level: one["value"] for level, one in body["drugs"]["morphine"]["csf"].items()}
    assert body["tip"] == "C5"
    assert max(csf, key=lambda level: csf[level]) == "C5"


@pytest.mark.parametrize(
    ("chart", "options", "reason"),
    [
        (morphine(catheter={**CATHETER, "tip": "C8"}), ("--for", "2 d"), "no level C8"),
        (morphine(catheter={**CATHETER, "tip": "S4"}), ("--for", "2 d"), "no level S4"),
        (morphine(), ("--until", "2026-03-02T09:00:00"), "needs time"),
        (morphine(), ("--for", "20000 d"), "at most 50 years"),
        (morphine(patient={"height": "1 cm"}), ("--for", "2 d"), "no person is"),
    ],
    ids=["C8", "S4", "no length", "centuries", "no person"],
)
def test_a_body_that_cannot_be_computed_says_why_and_the_pump_runs_on(
    chart: Chart,
    options: tuple[str, ...],
    reason: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = charted(tmp_path, chart)
    found = simulated(capsys, file, *options)
    assert set(found["body"]) == {"computed", "reason"}
    assert found["body"]["computed"] is False
    assert reason in found["body"]["reason"]
    assert found["mass_balance"]["morphine"]["filled"]["value"] > 0
    code, out, err = run(capsys, file, *options)
    assert (code, err) == (0, "")
    assert "the body is not computed" in out
    assert reason in out


def test_nothing_delivered_is_a_body_without_drug(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chart = Chart("spinal").fill(0, "09:00", BACLOFEN_STRONG).add("note", 2, text="x")
    body = simulated(capsys, charted(tmp_path, chart))["body"]
    assert body["computed"] is True
    assert body["drugs"] == {}
    assert body["effects"] == []


def test_height_changes_the_body_and_a_file_without_it_still_works(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain, tall = (
        simulated(capsys, charted(tmp_path, morphine(patient=patient)), "--for", "3 d")["body"]
        for patient in ({}, {"height": "195 cm"})
    )
    at_tip = [one["drugs"]["morphine"]["csf"]["T10"]["value"] for one in (plain, tall)]
    assert at_tip[0] != pytest.approx(at_tip[1], rel=1e-3)


def test_a_clinics_own_figure_changes_the_body(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = tmp_path / "tables"
    tables.mkdir()
    (tables / "kinetics.csv").write_text(
        "drug,parameter,rank,value,unit,source,status,checked_by,date,note\n"
        "baclofen,csf-loss-rate,1,0.9,1/h,our study,read,,2026-11-20,\n",
        encoding="utf-8",
    )
    file = charted(tmp_path, baclofen())
    shipped, own = (
        simulated(capsys, file, "--for", "5 d", *options)["body"]["drugs"]["baclofen"]
        for options in ((), ("--clinic-tables", str(tables)))
    )
    assert own["csf"]["T10"]["value"] < 0.9 * shipped["csf"]["T10"]["value"]


def test_a_refused_file_has_no_body(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["simulate", str(EXAMPLES / "incident_wrong_volume.toml"), "--json"])
    assert code == 3
    assert "body" not in json.loads(capsys.readouterr().out)
