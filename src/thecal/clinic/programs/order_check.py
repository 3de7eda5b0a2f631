"""What a second person looks at of an order of a program, and what they type blind (K8)."""

from __future__ import annotations

from thecal.clinic.programs.day_totals import day_totals
from thecal.clinic.programs.drafting import Situation
from thecal.pharmacy import drug
from thecal.program.program import write_program
from thecal.record.second_person import Blind
from thecal.therapy.events import Program
from thecal.therapy.file_writer import write_quantity


def looked_at(situation: Situation, event: Program) -> list[str]:
    """Return what a second person looks at; no figure that is typed blind."""
    lines = [
        f"the label of the solution: {', '.join(situation.solution)}",
        f"the order: mode {event.program.mode}, dose of {event.program.primary}",
        f"the pump: serial number {situation.therapy.pump.serial}",
    ]
    if event.program.steps:
        lines.append(f"{len(event.program.steps)} steps: their times and doses in the order")
    if event.program.patient_bolus is not None:
        lines.append("the patient's bolus: dose, lockout and count in the order")
    return lines


def typed_blind(situation: Situation, event: Program) -> list[Blind]:
    """Return what a second person types without seeing it: concentrations and doses."""
    found = []
    for name, level in situation.solution.items():
        unit = drug(name).concentration_unit
        value = write_quantity(level, unit)
        found.append(Blind(f"concentration_{name}", f"Concentration of {name}", value, unit))
    program = event.program
    assert program.primary is not None
    assert program.daily_dose is not None
    mass = drug(program.primary).mass_unit
    dose = write_quantity(program.daily_dose, f"{mass}/d")
    found.append(Blind("daily_dose", f"Background of {program.primary}", dose, f"{mass}/d"))
    for number, step in enumerate(program.steps, start=1):
        value = write_quantity(step.dose, mass)
        found.append(Blind(f"step_{number}", f"Dose of step {number}", value, mass))
    bolus = program.patient_bolus
    if bolus is not None:
        found.append(Blind("bolus", "Dose of a bolus", write_quantity(bolus.dose, mass), mass))
    grid = situation.simulation.hardware.setup.grid
    return found + day_totals(write_program(program, situation.solution, grid))
