"""An experiment file is understood whole, or refused with its place."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from experiment_files import dose, experiment_text, sample
from thecal.body.experiment import Baricity, Dose, Sample
from thecal.body.person import Person
from thecal.errors import BadFileError
from thecal.therapy.experiment_reader import read_experiment


def read(**file: object) -> object:
    return read_experiment(experiment_text(**file).encode(), "pk.toml")


def test_the_shortest_file_of_the_contract_is_read() -> None:
    found = read_experiment(experiment_text().encode(), "pk.toml")
    assert found.drug == "morphine"
    assert found.doses == (Dose("L3", 500.0, 0.0),)
    assert found.samples == (Sample("L3", "csf", (1.0, 4.0)),)
    assert found.person == Person()
    assert found.fine_cells is None


def test_every_key_is_read_in_the_units_of_the_body() -> None:
    doses = [
        dose(site="C1", mass="20 ug", start="90 min", duration="24 h"),
        dose(site="S2", mass="2 ng", start="1 d", volume="250 uL", route="lumbar-puncture"),
        dose(baricity={"heavier_by": "20 mg/mL", "tilt_degrees": 30}),
        dose(baricity={"lighter_by": "5 mg/mL", "tilt_degrees": -12.5, "lasts": "30 min"}),
        dose(route="catheter"),
    ]
    samples = [
        sample(site="cisterna", times=["0 h", "30 min", "1 d", "30 min"]),
        sample(site="plasma", compartment="plasma"),
        sample(site="T12", compartment="cord"),
    ]
    patient = {"age": 61, "sex": "female", "weight": "82 kg", "height": "171 cm"}
    text = experiment_text(
        drug="fentanyl", doses=doses, samples=samples, patient=patient, fine_cells="0.5 cm"
    )
    found = read_experiment(text.encode(), "pk.toml")
    assert found.doses == (
        Dose("C1", 20.0, 1.5, 24.0),
        Dose("S2", 0.002, 24.0, None, 0.25, "lumbar-puncture"),
        Dose("L3", 500.0, 0.0, baricity=Baricity(0.02, 30.0)),
        Dose("L3", 500.0, 0.0, baricity=Baricity(-0.005, -12.5, 0.5)),
        Dose("L3", 500.0, 0.0),
    )
    assert found.samples == (
        Sample("cisterna", "csf", (0.0, 0.5, 24.0, 0.5)),
        Sample("plasma", "plasma", (1.0, 4.0)),
        Sample("T12", "cord", (1.0, 4.0)),
    )
    assert found.person == Person(61.0, "female", 82.0, 171.0)
    assert found.fine_cells == 0.5


def test_a_patient_may_be_known_in_part() -> None:
    text = experiment_text(patient={"sex": "male"})
    assert read_experiment(text.encode(), "pk.toml").person == Person(sex="male")


BAD: Mapping[str, tuple[dict[str, object], str]] = {
    "no schema": ({"schema": None}, "schema"),
    "schema of a therapy": ({"schema": "thecal.therapy/1"}, "schema"),
    "no drug": ({"drug": None}, "drug"),
    "unknown drug": ({"drug": "aspirin"}, "drug"),
    "a tracer": ({"drug": "indium-dtpa"}, "drug"),
    "drug is a number": ({"drug": 3}, "drug"),
    "unknown key": ({"colour": "red"}, "colour"),
    "doses empty": ({"doses": []}, "doses"),
    "samples empty": ({"samples": []}, "samples"),
    "unknown key of a dose": ({"doses": [dose(), dose(colour="red")]}, "doses 1: colour"),
    "unknown key of a sample": ({"samples": [sample(colour="red")]}, "samples 0: colour"),
    "no site": ({"doses": [dose(site=None)]}, "doses 0: site"),
    "unknown site": ({"doses": [dose(site="C8")]}, "doses 0: site"),
    "below the model": ({"doses": [dose(site="S3")]}, "doses 0: site"),
    "lower case": ({"doses": [dose(site="l3")]}, "doses 0: site"),
    "dose in plasma": ({"doses": [dose(site="plasma")]}, "doses 0: site"),
    "dose in the cisterna": ({"doses": [dose(site="cisterna")]}, "doses 0: site"),
    "no mass": ({"doses": [dose(mass=None)]}, "doses 0: mass"),
    "zero mass": ({"doses": [dose(mass="0 mg")]}, "doses 0: mass"),
    "negative mass": ({"doses": [dose(mass="-1 mg")]}, "doses 0: mass"),
    "mass without unit": ({"doses": [dose(mass="1")]}, "doses 0: mass"),
    "bare number": ({"doses": [dose(mass=1.0)]}, "doses 0: mass"),
    "leading point": ({"doses": [dose(mass=".5 mg")]}, "doses 0: mass"),
    "comma": ({"doses": [dose(mass="1,5 mg")]}, "doses 0: mass"),
    "exponent": ({"doses": [dose(mass="1e-3 mg")]}, "doses 0: mass"),
    "not a number": ({"doses": [dose(mass="nan mg")]}, "doses 0: mass"),
    "micro sign": ({"doses": [dose(mass="5 µg")]}, "doses 0: mass"),
    "wrong dimension": ({"doses": [dose(mass="5 mL")]}, "doses 0: mass"),
    "too many digits": ({"doses": [dose(mass="12345678 mg")]}, "doses 0: mass"),
    "no start": ({"doses": [dose(start=None)]}, "doses 0: start"),
    "negative start": ({"doses": [dose(start="-1 h")]}, "doses 0: start"),
    "zero duration": ({"doses": [dose(duration="0 h")]}, "doses 0: duration"),
    "zero volume": ({"doses": [dose(volume="0 mL")]}, "doses 0: volume"),
    "unknown route": ({"doses": [dose(route="oral")]}, "doses 0: route"),
    "infusion as a plug": ({"doses": [dose(duration="1 h", volume="1 mL")]}, "doses 0"),
    "infusion by needle": ({"doses": [dose(duration="1 h", route="lumbar-puncture")]}, "doses 0"),
    "infusion that drifts": (
        {"doses": [dose(duration="1 h", baricity={"heavier_by": "1 mg/mL", "tilt_degrees": 5})]},
        "doses 0",
    ),
    "neither heavier nor lighter": (
        {"doses": [dose(baricity={"tilt_degrees": 5})]},
        "doses 0: baricity",
    ),
    "heavier and lighter": (
        {
            "doses": [
                dose(
                    baricity={
                        "heavier_by": "1 mg/mL",
                        "lighter_by": "1 mg/mL",
                        "tilt_degrees": 5,
                    }
                )
            ]
        },
        "doses 0: baricity",
    ),
    "no tilt": ({"doses": [dose(baricity={"heavier_by": "1 mg/mL"})]}, "tilt_degrees"),
    **{
        f"tilt {tilt}": (
            {"doses": [dose(baricity={"heavier_by": "1 mg/mL", "tilt_degrees": tilt})]},
            "baricity: tilt_degrees",
        )
        for tilt in (91, -90.5, True, "30", float("nan"), float("inf"))
    },
    "unknown key of baricity": (
        {"doses": [dose(baricity={"heavier_by": "1 mg/mL", "tilt_degrees": 5, "x": 1})]},
        "baricity: x",
    ),
    "baricity no table": ({"doses": [dose(baricity=3)]}, "doses 0: baricity"),
    "no times": ({"samples": [sample(times=None)]}, "samples 0: times"),
    "times empty": ({"samples": [sample(times=[])]}, "samples 0: times"),
    "times one text": ({"samples": [sample(times="1 h")]}, "samples 0: times"),
    "negative time": ({"samples": [sample(times=["1 h", "-1 h"])]}, "samples 0: times: 1"),
    "time without unit": ({"samples": [sample(times=["1"])]}, "samples 0: times: 0"),
    "time a number": ({"samples": [sample(times=[1])]}, "samples 0: times: 0"),
    "no compartment": ({"samples": [sample(compartment=None)]}, "samples 0: compartment"),
    "unknown compartment": ({"samples": [sample(compartment="brain")]}, "samples 0: compartment"),
    "plasma at a level": ({"samples": [sample(compartment="plasma")]}, "samples 0: compartment"),
    "CSF of plasma": ({"samples": [sample(site="plasma")]}, "samples 0: compartment"),
    "cord of the cisterna": (
        {"samples": [sample(site="cisterna", compartment="cord")]},
        "samples 0: compartment",
    ),
    "sample beyond the model": ({"samples": [sample(site="S4")]}, "samples 0: site"),
    "cells of 1 cm": ({"fine_cells": "1 cm"}, "fine_cells"),
    "cells beyond number": ({"fine_cells": "0.000001 cm"}, "fine_cells"),
    "cells of nothing": ({"fine_cells": "0 cm"}, "fine_cells"),
    "age zero": ({"patient": {"age": 0}}, "patient: age"),
    "age in words": ({"patient": {"age": "61 a"}}, "patient: age"),
    "age of nobody": ({"patient": {"age": 131}}, "patient: age"),
    "age beyond any float": ({"patient": {"age": 10**400}}, "patient: age"),
    "unknown sex": ({"patient": {"sex": "x"}}, "patient: sex"),
    "weight of nothing": ({"patient": {"weight": "0 kg"}}, "patient: weight"),
    "weight of a ship": ({"patient": {"weight": "9999999 kg"}}, "patient: weight"),
    "height of an ant": ({"patient": {"height": "1 cm"}}, "patient: height"),
    "height of a tower": ({"patient": {"height": "9999 cm"}}, "patient: height"),
    "weight beyond the height": (
        {"patient": {"weight": "500 kg", "height": "100 cm"}},
        "patient: weight",
    ),
    "unknown key of the patient": ({"patient": {"name": "A"}}, "patient: name"),
    "patient no table": ({"patient": 3}, "patient"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_experiment_is_refused_with_its_place(case: str) -> None:
    changes, place = BAD[case]
    with pytest.raises(BadFileError) as caught:
        read(**changes)
    assert caught.value.place.startswith("pk.toml")
    assert place in caught.value.place, caught.value.place
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("name", ["doses", "samples"])
@pytest.mark.parametrize("value", ["3", '"x"', "[3]", "{}", "true", "[[]]"])
def test_lists_of_tables_are_nothing_else(name: str, value: str) -> None:
    other = {"doses": "samples", "samples": "doses"}[name]
    text = experiment_text(**{name: []}).split("[[", 1)
    data = f"{text[0]}{name} = {value}\n[[{text[1]}"
    assert f"[[{other}]]" in data
    with pytest.raises(BadFileError, match=name):
        read_experiment(data.encode(), "pk.toml")


def test_samples_and_doses_beyond_number_are_refused() -> None:
    many = {"times": ["1 h"] * 50_001}
    with pytest.raises(BadFileError, match="samples"):
        read(samples=[sample(**many), sample(**many)])
