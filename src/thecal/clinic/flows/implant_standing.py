"""Where an implant visit stands: what stands against it, which step is held, what it doses."""

from __future__ import annotations

from thecal.care.implant_visit import visit_findings
from thecal.clinic.flows.implant_end import witness_findings
from thecal.clinic.flows.implant_events import (
    Planned,
    hardware_of,
    line_advice,
    planned,
    prime_volume,
)
from thecal.clinic.flows.implant_visit import RunningVisit
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.pumps import telemetry
from thecal.errors import ThecalError
from thecal.pharmacy import both_units
from thecal.safety.finding import Finding, Severity
from thecal.therapy.timeline import own_worst_case
from thecal.units import show

_HELD_BY = {"imaging": "before", "F4": "pump", "K25": "catheter", "K10": "catheter"}


def visit_standing(
    chart: Chart, running: RunningVisit
) -> tuple[list[Finding], Planned | None, list[str]]:
    """Return what stands against the visit, the therapy that it makes, and what has to be said."""
    found = [*visit_findings(running.visit), *witness_findings(running, chart)]
    warnings = []
    if not {"fill", "line"}.isdisjoint(running.visit.asked) and not held_step(found):
        hardware = hardware_of(chart, running)
        advice = line_advice(chart, running, hardware)
        warnings.append(f"Prime: {advice.why.value} ({advice.why.provenance()}).")
    if running.visit.missing or held_step(found):
        return found, None, warnings
    try:
        plan = planned(chart, running)
        found += plan.findings()
    except ThecalError as error:
        return found, None, [*warnings, f"{error.what}; {error.remedy}"]
    volume = prime_volume(plan)
    if volume is not None:
        rate = plan.hardware.setup.maximum_rate
        lasts = "" if rate is None else f" in {show(volume / rate, 'min', digits=3)}"
        warnings.append(f"The prime drives {show(volume, 'mL')} into the line{lasts}.")
    if telemetry.has_telemetry(plan.setup or chart.therapy) and not (
        plan.hardware.catheter_length_known
    ):
        warnings.append("Without the length of the catheter the pump cannot be programmed here.")
    return found, plan, warnings


def held_step(found: list[Finding]) -> str:
    """Return the step that a refusal keeps open; empty where none does."""
    hard = (one.check for one in found if one.severity is Severity.HARD)
    return next((_HELD_BY[one] for one in hard if one in _HELD_BY), "")


def doses_of(plan: Planned) -> list[tuple[str, str]]:
    """Return each drug of the program that the visit makes, with its dose of a day in words."""
    written = plan.written
    if written is None:
        return []
    found = []
    most = {} if written.program.patient_bolus is None else own_worst_case(written)
    for name, mass in written.daily_doses().items():
        words = both_units(name, mass)
        if name in most:
            words += f" (with every bolus that is let through: {both_units(name, most[name])})"
        found.append((name, words))
    return found
