"""The lines of a program name the drug of every dose."""

from __future__ import annotations

from thecal.care.programming.lines import program_lines
from thecal.pharmacy import Mixture
from thecal.program.program import InfusionProgram, Mode, PatientBolus
from thecal.units import Concentration, Duration, Mass, MassRate

SOLUTION = Mixture.of({"morphine": Concentration.of("10", "mg/mL")})


def test_a_patients_bolus_names_its_drug_and_so_does_its_limit_of_a_day() -> None:
    bolus = PatientBolus(
        dose=Mass.of("0.1", "mg"),
        duration=Duration.of("10", "min"),
        lockout=Duration.of("4", "h"),
        max_dose_per_day=Mass.of("2", "mg"),
    )
    program = InfusionProgram(
        Mode.CONTINUOUS, "morphine", MassRate.of("1", "mg/d"), patient_bolus=bolus
    )
    lines = {
        name: value.replace("\u00a0", " ")
        for name, value in program_lines(program, SOLUTION).items()
    }
    assert lines["Patient bolus"] == "morphine 0.1 mg (100 mcg) over 10 min"
    assert lines["Dose in 24 hours"] == "at most morphine 2 mg (2,000 mcg)"
