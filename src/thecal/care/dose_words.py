"""Daily doses as people read them, always in milligram and microgram."""

from __future__ import annotations

from thecal.pharmacy import both_units, drug
from thecal.safety.finding import Amount
from thecal.units import MassRate


def dose_text(drug_id: str, dose: MassRate) -> str:
    """Return a daily dose in the drug's unit and the other, as in `2 mg (2,000 mcg) a day`."""
    return f"{both_units(drug_id, dose.per_day())} a day"


def dose_amount(drug_id: str, dose: MassRate) -> Amount:
    """Return a daily dose with the unit in which this drug is shown."""
    return Amount(dose, f"{drug(drug_id).mass_unit}/d")
