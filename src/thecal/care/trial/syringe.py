"""The syringe of a trial dose, recomputed from stock to needle before it is given (E19).

A dilution by hand was once wrong by a factor of three and once of ten (workflow.md 4b E19): what
was drawn, what was made of it and what is injected have to come to the dose that was ordered.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.trial.facts import figure
from thecal.errors import CannotComputeError
from thecal.pharmacy import both_units, drug
from thecal.pharmacy.dilution import dilution_plan, least_measured_volume
from thecal.safety.finding import Amount, Finding, Severity
from thecal.therapy.table import Table
from thecal.units import Concentration, Mass, Volume, show, show_number

CHECK = "K24"


@final
@dataclass(frozen=True, slots=True)
class Syringe:
    """How a dose is prepared.

    Attributes
    ----------
    stock
        Strength of the ampoule or vial.
    drawn
        How much of it is taken.
    made
        To what volume it is filled up; as much as was drawn where nothing is added.
    injected
        How much of that is given.
    """

    stock: Concentration
    drawn: Volume
    made: Volume
    injected: Volume

    @property
    def strength(self) -> Concentration:
        """What the syringe holds in each millilitre."""
        return self.stock * self.drawn / self.made

    @property
    def mass(self) -> Mass:
        """What is given."""
        return self.strength * self.injected


def read_syringe(table: Table) -> Syringe:
    """Return the syringe of a table; raises `BadFileError` naming the key."""
    found = Syringe(
        stock=table.take_quantity("stock", Concentration),
        drawn=table.take_quantity("drawn", Volume),
        made=table.take_quantity("made", Volume),
        injected=table.take_quantity("injected", Volume),
    )
    table.finish()
    if found.drawn > found.made:
        raise table.error("more is drawn than is made of it", "correct one of them", "drawn")
    if found.injected > found.made:
        raise table.error("more is injected than was made", "correct one of them", "injected")
    return found


def check_syringe(drug_id: str, dose: Mass, syringe: Syringe) -> Iterator[Finding]:
    """Yield that a syringe does not hold the dose, or that its volumes cannot be measured."""
    tolerance = figure("syringe", "tolerance", Fraction)
    ratio = syringe.mass.ratio(dose)
    if abs(ratio - 1) > tolerance.value:
        why = figure("syringe", "why", str)
        yield Finding(
            CHECK,
            Severity.HARD,
            f"the syringe gives {both_units(drug_id, syringe.mass)}, ordered are"
            f" {both_units(drug_id, dose)}: {show_number(ratio)} times the dose; dilute anew",
            why.provenance(),
            value=Amount(syringe.mass, drug(drug_id).mass_unit),
            limit=Amount(dose, drug(drug_id).mass_unit),
            suggestion=_advised(drug_id, dose, syringe),
        )
    least = least_measured_volume()
    if syringe.drawn < least.value:
        yield Finding(
            CHECK,
            Severity.SOFT,
            f"{show(syringe.drawn, 'mL')} of the stock cannot be measured by hand:"
            f" {show(least.value, 'mL')} at least; {_advised(drug_id, dose, syringe)}",
            least.provenance(),
            value=Amount(syringe.drawn, "mL"),
            limit=Amount(least.value, "mL"),
        )


def _advised(drug_id: str, dose: Mass, syringe: Syringe) -> str:
    """Return how the dose can be brought into the volume that is to be made."""
    content = dose.scaled(syringe.made.ratio(syringe.injected))
    if content > syringe.stock * syringe.made:
        return "the stock is too weak for this volume"
    try:
        plan = dilution_plan(syringe.stock, content, syringe.made)
    except CannotComputeError as error:
        return f"{error.what}: {error.remedy}"
    unit = drug(drug_id).concentration_unit
    steps = [
        f"draw {show(one.take, 'mL')} of {show(one.source, unit)}, fill up to"
        f" {show(one.make, 'mL')}"
        for one in plan.steps
    ]
    steps.append(
        f"draw {show(plan.draw, 'mL')} of {show(plan.strength, unit)}, fill up to"
        f" {show(syringe.made, 'mL')}, inject {show(syringe.injected, 'mL')}"
    )
    return "; then ".join(steps)
