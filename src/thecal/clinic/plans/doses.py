"""What the chart knows of doses, in the text that people type: the rules read nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timezone
from fractions import Fraction
from typing import Any

from thecal.care.titration.log import LoggedChange
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.patient.courses import courses
from thecal.pharmacy import drug
from thecal.units import Mass, Quantity
from thecal.units.grammar import MAX_DIGITS_AFTER_POINT


def typed_text(quantity: Quantity, unit: str) -> str:
    """Return a quantity as somebody would type it: at most the decimals that entry takes."""
    scale = 10**MAX_DIGITS_AFTER_POINT
    whole, rest = divmod(round(quantity.in_unit(unit) * Fraction(scale)), scale)
    decimals = f"{rest:0{MAX_DIGITS_AFTER_POINT}}".rstrip("0")
    return f"{whole}{'.' if decimals else ''}{decimals} {unit}"


def daily_text(drug_id: str, mass: Mass) -> str:
    """Return a dose a day in the unit of the drug, as in `1.2 mg/d`."""
    unit = drug(drug_id).mass_unit
    return f"{typed_text(mass, unit)}/d"


def drugs_of(chart: Chart, now: datetime) -> tuple[str, ...]:
    """Return the drugs of the pump, the one that the program counts in first."""
    simulation = chart.simulation(now)
    if simulation is None:
        return ()
    written = simulation.program
    first = "" if written is None or written.program.primary is None else written.program.primary
    found = tuple(simulation.reservoir_mixture)
    return tuple(sorted(found, key=lambda one: (one != first, one)))


def daily_doses(chart: Chart, now: datetime) -> dict[str, str]:
    """Return drug to what is programmed a day; nothing where nothing runs."""
    simulation = chart.simulation(now)
    if simulation is None or simulation.program is None:
        return {}
    doses = simulation.program.daily_doses()
    return {one: daily_text(one, mass) for one, mass in doses.items() if mass}


def history(chart: Chart, drug_id: str) -> list[dict[str, Any]]:
    """Return the doses of a drug so far; nothing before the first event."""
    return doses_over_time(courses(chart.folded).dose_changes, drug_id)


def doses_over_time(log: Sequence[LoggedChange], drug_id: str) -> list[dict[str, Any]]:
    """Return the doses of a drug, each with the pump's clock from when it ran.

    Times at which it was off are left out, and changes of other drugs that left it as it was.
    """
    found: list[dict[str, Any]] = []
    for one in log:
        mass = one.after.get(drug_id)
        if not mass:
            continue
        dose = daily_text(drug_id, mass)
        time = one.time.replace(tzinfo=None)
        if found and found[-1]["dose"] == dose:
            continue
        if found and found[-1]["time"] == time:
            found.pop()
        found.append({"time": time, "dose": dose})
    return found


def concentration(chart: Chart, now: datetime, drug_id: str) -> str | None:
    """Return the concentration of a drug in the reservoir; None where it is not there."""
    simulation = chart.simulation(now)
    if simulation is None or drug_id not in simulation.reservoir_written:
        return None
    return typed_text(simulation.reservoir_written[drug_id], drug(drug_id).concentration_unit)


def pump_clock(chart: Chart, now: datetime) -> datetime:
    """Return a moment as the pump's clock shows it, without offset; without pump as it is."""
    if chart.therapy is None:
        return now.replace(tzinfo=None)
    return now.astimezone(timezone(chart.therapy.utc_offset)).replace(tzinfo=None)
