"""A program as the lines that people compare, each changed one to be ticked (K7)."""

from __future__ import annotations

from thecal.care.visit.programming import ChangedLine, changed_lines
from thecal.pharmacy import Mixture, both_units, drug
from thecal.program.program import InfusionProgram, PatientBolus, Step
from thecal.therapy.days import write_days, write_time_of_day
from thecal.units import Mass, MassRate, show

__all__ = ["ChangedLine", "changed", "program_lines"]


def program_lines(program: InfusionProgram | None, solution: Mixture) -> dict[str, str]:
    """Return a program by line, doses in milligram and microgram, and what flows for them."""
    if program is None:
        return {"Mode": "no program"}
    lines = {"Solution": _solution(solution), "Mode": program.mode.value}
    if program.primary is None or program.daily_dose is None:
        return lines
    primary, dose = program.primary, program.daily_dose
    lines["Primary drug"] = primary
    lines["Background"] = (
        f"{_each_day(primary, dose)}, {show(dose / solution[primary], 'mL/d')}"
        if primary in solution
        else _each_day(primary, dose)
    )
    for number, step in enumerate(program.steps, start=1):
        lines[f"Step {number}"] = _step(step, primary)
    if program.patient_bolus is not None:
        lines |= _bolus(program.patient_bolus, primary)
    if program.bridge is not None:
        old = program.bridge.drug or primary
        lines["Bridge first"] = f"{old} {_each_day(old, program.bridge.daily_dose)}"
    return lines


def changed(
    old: tuple[InfusionProgram | None, Mixture], new: tuple[InfusionProgram, Mixture]
) -> tuple[ChangedLine, ...]:
    """Return every line that differs between two programs with their solutions."""
    return changed_lines(program_lines(*old), program_lines(*new))


def _solution(solution: Mixture) -> str:
    return ", ".join(
        f"{name} {show(solution[name], drug(name).concentration_unit)}" for name in solution
    )


def _each_day(drug_id: str, dose: MassRate) -> str:
    return f"{both_units(drug_id, dose.per_day())} each day"


def _step(step: Step, primary: str) -> str:
    hourly = Mass(step.dose.base / (step.duration.base / 3600))
    return (
        f"{write_days(step.days)} from {write_time_of_day(int(step.start.base))} for"
        f" {show(step.duration, 'min')}: {both_units(primary, step.dose)} in all,"
        f" {both_units(primary, hourly)} an hour"
    )


def _bolus(bolus: PatientBolus, primary: str) -> dict[str, str]:
    over = show(bolus.duration, "min")
    lines = {
        "Patient bolus": f"{primary} {both_units(primary, bolus.dose)} over {over}",
        "Bolus lockout": show(bolus.lockout, "h"),
    }
    if bolus.max_per_day is not None:
        lines["Boluses in 24 hours"] = f"at most {bolus.max_per_day}"
    if bolus.max_dose_per_day is not None:
        lines["Dose in 24 hours"] = (
            f"at most {primary} {both_units(primary, bolus.max_dose_per_day)}"
        )
    return lines
