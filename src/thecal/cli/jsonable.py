"""Values as JSON: a quantity is `{"value", "unit"}`, a time is ISO 8601 with its offset."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from thecal.pharmacy import Mixture, drug
from thecal.units import Concentration, Mass, Quantity

Json = Any


def number(value: Fraction | int) -> int | float:
    """Return a number for JSON: whole where it is whole, else the nearest double (17 digits)."""
    exact = Fraction(value)
    return exact.numerator if exact.denominator == 1 else float(exact)


def quantity(value: Quantity, unit: str) -> Json:
    """Return a quantity in `unit`."""
    return {"value": number(value.in_unit(unit)), "unit": unit}


def drug_mass(drug_id: str, value: Mass) -> Json:
    """Return a mass in the unit that the field uses for this drug."""
    return quantity(value, drug(drug_id).mass_unit)


def drug_concentration(drug_id: str, value: Concentration) -> Json:
    """Return a concentration in the unit that the field uses for this drug."""
    return quantity(value, drug(drug_id).concentration_unit)


def masses(values: Mapping[str, Mass]) -> Json:
    """Return drug to mass."""
    return {drug_id: drug_mass(drug_id, value) for drug_id, value in sorted(values.items())}


def daily_doses(values: Mapping[str, Mass]) -> Json:
    """Return drug to dose a day, from the masses of 24 hours."""
    return {
        drug_id: quantity(value, drug(drug_id).mass_unit) | {"unit": f"{drug(drug_id).mass_unit}/d"}
        for drug_id, value in sorted(values.items())
    }


def mixture(value: Mixture) -> Json:
    """Return drug to concentration."""
    return {drug_id: drug_concentration(drug_id, value[drug_id]) for drug_id in value}


def moment(value: datetime | None) -> str | None:
    """Return a time as ISO 8601 with offset."""
    return None if value is None else value.isoformat()
