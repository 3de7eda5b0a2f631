"""`thecal pk`: the contract's answer for stated doses, and one line for what is no experiment."""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from experiment_files import dose, experiment_text, sample
from thecal.body.experiment import Dose, Experiment, Sample, run_experiment
from thecal.cli.main import main
from thecal.pharmacy import drugs

Json = Any
THECAL = str(Path(sys.executable).with_name("thecal"))
PARTS = ("csf", "cord", "epidural", "fat", "cranial", "plasma")
KINETICS = "drug,parameter,rank,value,unit,source,status,checked_by,date,note\n"


def pk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *options: str, **file: Any
) -> tuple[int, str, str]:
    """Write an experiment, run it in this process: exit code, output, errors."""
    path = tmp_path / "experiment.toml"
    path.write_text(experiment_text(**file), encoding="utf-8")
    code = main(["pk", str(path), *options])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def answer(tmp_path: Path, capsys: pytest.CaptureFixture[str], *options: str, **file: Any) -> Json:
    code, out, err = pk(tmp_path, capsys, "--json", *options, **file)
    assert (code, err) == (0, "")
    return json.loads(out, parse_constant=pytest.fail)


def value(quantity: Json, unit: str) -> float:
    assert set(quantity) == {"value", "unit"}
    assert quantity["unit"] == unit
    assert isinstance(quantity["value"], int | float)
    return float(quantity["value"])


# -- the contract -------------------------------------------------------------------------------


def test_the_example_of_the_contract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(tmp_path, capsys)
    assert {"samples", "mass_balance"} <= set(found)
    assert [set(one) for one in found["samples"]] == [
        {"site", "compartment", "time", "concentration"}
    ] * 2
    assert [one["site"] for one in found["samples"]] == ["L3", "L3"]
    assert [one["compartment"] for one in found["samples"]] == ["csf", "csf"]
    assert [value(one["time"], "h") for one in found["samples"]] == [1.0, 4.0]
    expected = run_experiment(
        Experiment("morphine", (Dose("L3", 500.0, 0.0),), (Sample("L3", "csf", (1.0, 4.0)),))
    )
    for one, concentration in zip(found["samples"], expected.concentrations[0], strict=True):
        assert value(one["concentration"], "ng/mL") == pytest.approx(1000 * concentration)


def test_samples_come_in_the_order_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    samples = [
        sample(site="plasma", compartment="plasma", times=["4 h", "0 h"]),
        sample(site="T6", times=["8 h", "90 min", "90 min", "1 d"]),
        sample(site="cisterna", times=["8 h"]),
        sample(site="T6", compartment="cord", times=["1 d", "8 h"]),
    ]
    found = answer(tmp_path, capsys, samples=samples)
    asked = [(one["site"], one["compartment"], value(one["time"], "h")) for one in found["samples"]]
    assert asked == [
        ("plasma", "plasma", 4.0),
        ("plasma", "plasma", 0.0),
        ("T6", "csf", 8.0),
        ("T6", "csf", 1.5),
        ("T6", "csf", 1.5),
        ("T6", "csf", 24.0),
        ("cisterna", "csf", 8.0),
        ("T6", "cord", 24.0),
        ("T6", "cord", 8.0),
    ]
    figures = [value(one["concentration"], "ng/mL") for one in found["samples"]]
    assert figures[1] == 0.0
    assert figures[3] == figures[4]
    assert figures[2] != figures[5]
    assert value(found["mass_balance"]["time"], "h") == 24.0


@pytest.mark.parametrize("drug", [drug.id for drug in drugs()])
def test_the_mass_balance_closes_for_every_drug(
    drug: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    doses = [dose(), dose(site="T10", mass="2 mg", start="1 h", duration="1 d")]
    found = answer(tmp_path, capsys, drug=drug, doses=doses, samples=[sample(times=["13 h"])])
    balance = found["mass_balance"]
    given, body, gone = (value(balance[one], "ug") for one in ("dose", "body", "eliminated"))
    assert given == pytest.approx(500.0 + 1000.0, rel=1e-12)
    assert body + gone == pytest.approx(given, rel=1e-10)
    assert balance["relative_error"] < 1e-10
    assert set(balance["parts"]) == set(PARTS)
    assert sum(value(one, "ug") for one in balance["parts"].values()) == pytest.approx(body)
    assert found["drug"] == drug


def test_one_file_with_two_doses_is_the_sum_of_two_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    doses = [dose(), dose(site="T8", mass="3 mg", start="2 h", duration="5 h")]
    both = answer(tmp_path, capsys, doses=doses)
    first, second = (answer(tmp_path, capsys, doses=[one]) for one in doses)
    for together, one, other in zip(
        both["samples"], first["samples"], second["samples"], strict=True
    ):
        figures = [value(part["concentration"], "ng/mL") for part in (together, one, other)]
        assert figures[0] == pytest.approx(figures[1] + figures[2], rel=1e-10)


def test_figures_carry_all_their_digits(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = pk(tmp_path, capsys, "--json", samples=[sample(times=["1 h"])])
    figures = [one for one in out.split() if one.rstrip(",").count(".") == 1]
    assert any(len(one.rstrip(",").replace(".", "")) >= 15 for one in figures)


def test_a_site_asked_for_in_many_tables_is_answered_in_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    many = [sample(times=[f"{minute} min"]) for minute in range(600, 0, -1)]
    found = answer(tmp_path, capsys, samples=many)["samples"]
    assert [value(one["time"], "h") for one in found] == pytest.approx(
        [minute / 60 for minute in range(600, 0, -1)]
    )
    figures = [value(one["concentration"], "ng/mL") for one in found]
    assert figures == sorted(figures)


def test_hostile_sizes_are_answered(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    doses = [dose(mass="0.000001 ng", start="0 h") for _ in range(400)]
    doses += [dose(start="9999998 d", duration="0.000001 s")]
    samples = [sample(times=["9999999 d", "0 s", "0.000001 s"])]
    found = answer(tmp_path, capsys, doses=doses, samples=samples)
    figures = [value(one["concentration"], "ng/mL") for one in found["samples"]]
    assert all(math.isfinite(one) for one in figures)
    assert figures[0] > 1.0
    assert figures[1] > 0.0
    assert found["mass_balance"]["relative_error"] < 1e-10


# -- what the answer rests on -------------------------------------------------------------------


def test_stand_ins_the_model_and_every_unverified_figure_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = answer(tmp_path, capsys, drug="hydromorphone")
    assert {"drug": "hydromorphone", "parameter": "csf-loss-rate", "value_of": "morphine"} in (
        found["stand_ins"]
    )
    assert any("model, not measurement" in note for note in found["notes"])
    for figure in (
        "hydromorphone: csf-loss-rate",
        "hydromorphone: plasma-clearance",
        "dispersion: lumbar",
        "L3: height",
        "head: cisterna-volume",
    ):
        assert figure in found["unverified"]
    _, out, _ = pk(tmp_path, capsys, drug="hydromorphone")
    assert "model, not measurement" in out
    assert "hydromorphone has no human intrathecal figure for csf-loss-rate" in out
    assert "not for patient care" in out
    assert answer(tmp_path, capsys)["stand_ins"] == []


def test_the_text_shows_the_same_samples(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = pk(tmp_path, capsys)
    assert (code, err) == (0, "")
    lines = [line.split() for line in out.splitlines() if line.startswith("L3 ")]
    assert [line[:3] for line in lines] == [["L3", "csf", "1"], ["L3", "csf", "4"]]
    found = answer(tmp_path, capsys)["samples"]
    for line, one in zip(lines, found, strict=True):
        assert float(line[3]) == pytest.approx(one["concentration"]["value"], rel=1e-4)
    assert "dose 500 mcg = body" in out


def test_a_clinics_own_figure_changes_the_answer_and_only_then(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = tmp_path / "tables"
    tables.mkdir()
    own = "morphine,csf-loss-rate,1,0.5,1/h,our study,verified,A. Checker,2026-11-20,\n"
    (tables / "kinetics.csv").write_text(KINETICS + own, encoding="utf-8")
    before = answer(tmp_path, capsys)
    theirs = answer(tmp_path, capsys, "--clinic-tables", str(tables))
    after = answer(tmp_path, capsys)
    assert before == after
    assert theirs["samples"][1]["concentration"]["value"] < (
        0.8 * before["samples"][1]["concentration"]["value"]
    )
    assert "morphine: csf-loss-rate" in before["unverified"]
    assert "morphine: csf-loss-rate" not in theirs["unverified"]


@pytest.mark.parametrize(
    "row",
    [
        "morphine,csf-loss,1,0.5,1/h,our study,read,,2026-11-20,\n",
        "morphine,csf-loss-rate,1,-0.5,1/h,our study,read,,2026-11-20,\n",
        "morphine,csf-loss-rate,1,aspirin,text,our study,read,,2026-11-20,\n",
        "morphine,csf-loss-rate,1,hydromorphone,text,our study,read,,2026-11-20,\n",
    ],
)
def test_a_clinics_table_that_makes_no_sense_is_bad_input(
    row: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "kinetics.csv").write_text(KINETICS + row, encoding="utf-8")
    code, out, err = pk(tmp_path, capsys, "--clinic-tables", str(tmp_path))
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert "kinetics.csv" in err


def test_the_patient_scales_and_what_is_not_given_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = answer(tmp_path, capsys)
    patient = {"age": 70, "sex": "male", "weight": "90 kg", "height": "190 cm"}
    scaled = answer(tmp_path, capsys, patient=patient)
    assert scaled["samples"] != plain["samples"]
    assert len(plain["notes"]) == 5
    assert len(scaled["notes"]) == 1


# -- what is no experiment ----------------------------------------------------------------------


def refused(code: int, out: str, err: str, *named: str) -> None:
    assert (code, out) == (2, "")
    assert len(err.splitlines()) == 1, err
    assert err.startswith("thecal: ")
    assert "Traceback" not in err
    assert all(one.isprintable() for one in err.rstrip("\n"))
    for name in named:
        assert name in err


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"colour": "red"}, "colour"),
        ({"drug": "aspirin"}, "drug"),
        ({"schema": "thecal.therapy/1"}, "schema"),
        ({"doses": []}, "doses"),
        ({"doses": [dose(mass=".5 mg")]}, "doses 0: mass"),
        ({"doses": [dose(), dose(mass="0 mg")]}, "doses 1: mass"),
        ({"doses": [dose(volume="500 mL")]}, "the canal holds"),
        (
            {"doses": [dose(baricity={"heavier_by": "9999999 mg/mL", "tilt_degrees": 90})]},
            "baricity",
        ),
        ({"samples": [sample(compartment="plasma")]}, "samples 0: compartment"),
        ({"samples": [sample(times=["1"])]}, "samples 0: times: 0"),
        ({"patient": {"height": "1 cm"}}, "patient: height"),
        ({"patient": {"age": 10**400}}, "patient: age"),
        ({"fine_cells": "0.000001 cm"}, "fine_cells"),
    ],
)
def test_bad_input_is_one_line_with_file_and_place(
    changes: dict[str, Any], place: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for form in ((), ("--json",)):
        refused(*pk(tmp_path, capsys, *form, **changes), "experiment.toml", place)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00\x01",
        b"drug = \xe9",
        b"this is no TOML",
        b'schema = "thecal.experiment/1"\n\x00',
        b"[" * 100_000,
        b"a = " + b"9" * 100_000,
        b'schema = "thecal.experiment/1"\ndrug = "morphine"\n' + b"[[doses]]\n" * 3,
    ],
)
def test_bytes_that_are_no_experiment_are_bad_input(
    data: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "experiment.toml"
    path.write_bytes(data)
    code = main(["pk", str(path), "--json"])
    captured = capsys.readouterr()
    refused(code, captured.out, captured.err, "experiment.toml")


def test_a_missing_file_and_a_folder_are_bad_input(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path in (tmp_path / "nowhere.toml", tmp_path):
        code = main(["pk", str(path)])
        captured = capsys.readouterr()
        refused(code, captured.out, captured.err, path.name)


def test_no_file_or_an_unknown_option_is_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["pk"], ["pk", "a.toml", "--colour"], ["pk", "a.toml", "b.toml"]):
        code = main(arguments)
        captured = capsys.readouterr()
        refused(code, captured.out, captured.err)


# -- what nobody planned ------------------------------------------------------------------------

EVERY_KEY = experiment_text(
    drug="fentanyl",
    doses=[
        dose(site="T8", start="90 min", duration="1 d"),
        dose(volume="2 mL", route="lumbar-puncture"),
        dose(baricity={"heavier_by": "20 mg/mL", "tilt_degrees": 30, "lasts": "10 min"}),
    ],
    samples=[
        sample(times=["0 h", "4 h", "1 h"]),
        sample(site="plasma", compartment="plasma"),
        sample(site="T12", compartment="cord"),
    ],
    patient={"age": 61, "sex": "female", "weight": "82 kg", "height": "171 cm"},
    fine_cells="0.5 cm",
)
NUMBERS = st.sampled_from(
    ("0", "0.000001", "1", "7.25", "90", "999", "9999999", "-1", "1e3", ".5", "nan")
)
PIECES = st.sampled_from(('"', "\n", "=", "[", "}", "\0", "\N{MICRO SIGN}", "\ud800", "#", "a"))
UNITS = st.sampled_from(("mg", "ug", "ng", "mL", "uL", "mg/mL", "h", "min", "s", "d", "cm", "kg"))


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Return the file with quantities, words and pieces exchanged."""
    text = EVERY_KEY
    for _ in range(draw(st.integers(1, 3))):
        match draw(st.sampled_from(("number", "unit", "word", "cut", "insert"))):
            case "number":
                spots, fresh = list(re.finditer(r"[0-9.]+(?= )", text)), draw(NUMBERS)
            case "unit":
                spots, fresh = list(re.finditer(r"(?<=[0-9] )[a-zA-Z/]+", text)), draw(UNITS)
            case "word":
                spots = list(re.finditer(r'"[^"\n]*"|(?<== )[0-9]+', text))
                fresh = draw(
                    st.sampled_from(('"S2"', '"plasma"', '"cord"', '"0 h"', "-90", "[]", "{}"))
                )
            case "cut":
                spots, fresh = list(re.finditer(r"(?m)^.+$", text)), ""
            case _:
                spots, fresh = list(re.finditer("", text)), draw(PIECES)
        if spots:
            spot = spots[draw(st.integers(0, len(spots) - 1))]
            text = text[: spot.start()] + fresh + text[spot.end() :]
    return text.encode("utf-8", errors="surrogatepass")


@pytest.fixture(scope="module")
def fuzz_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fuzz")


def test_a_damaged_file_is_answered_or_refused(
    fuzz_folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    @settings(max_examples=150)
    @given(damaged())
    def holds(data: bytes) -> None:
        path = fuzz_folder / "fuzz.toml"
        path.write_bytes(data)
        code = main(["pk", str(path), "--json"])
        captured = capfd.readouterr()
        if code:
            refused(code, captured.out, captured.err, "fuzz.toml")
            return
        found = json.loads(captured.out, parse_constant=pytest.fail)
        assert captured.err == ""
        assert found["mass_balance"]["relative_error"] < 1e-9

    holds()


# -- what is loaded -----------------------------------------------------------------------------

LOADED = """
import sys
from thecal.cli.main import main
code = main(sys.argv[1:])
slow = sorted({"numpy", "numba", "scipy"} & set(sys.modules))
print(code, slow, file=sys.stderr)
"""


@pytest.mark.parametrize(
    "arguments",
    [("version",), ("review", "pain_two_drugs.toml"), ("catalogue", "drugs")],
)
def test_commands_without_a_body_load_no_array_library(arguments: tuple[str, ...]) -> None:
    examples = Path(__file__).parents[2] / "examples"
    run = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments],
        capture_output=True,
        text=True,
        check=True,
        cwd=examples,
    )
    code, loaded = run.stderr.split(maxsplit=1)
    assert code in ("0", "4")
    assert loaded.strip() == "[]"


def test_the_installed_command_answers(tmp_path: Path) -> None:
    path = tmp_path / "experiment.toml"
    path.write_text(experiment_text(), encoding="utf-8")
    run = subprocess.run([THECAL, "pk", str(path), "--json"], capture_output=True, text=True)
    assert (run.returncode, run.stderr) == (0, "")
    assert len(json.loads(run.stdout)["samples"]) == 2
