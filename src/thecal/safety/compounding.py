"""K24: whether a solution can be made as it is written."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.pharmacy import drug
from thecal.safety.finding import Amount, Finding, Severity
from thecal.safety.situation import FillOrder, Situation
from thecal.units import show


def check_compounding(situation: Situation) -> Iterator[Finding]:
    """Point at concentrations above every solution sold: they are weighed, or a slip."""
    order = situation.order
    if not isinstance(order, FillOrder):
        return
    for drug_id in order.mixture:
        entry = drug(drug_id)
        if not entry.concentrations_sold:
            yield Finding(
                check="K24",
                severity=Severity.INFO,
                message=f"not checked: no solution of {drug_id} that is sold is known",
                source="catalogue of drugs",
            )
            continue
        strongest = max(entry.concentrations_sold, key=lambda sold: sold.value)
        concentration = order.mixture[drug_id]
        if concentration > strongest.value:
            unit = entry.concentration_unit
            yield Finding(
                check="K24",
                severity=Severity.WARN,
                message=(
                    f"{drug_id} {show(concentration, unit)} is above the strongest solution sold"
                    f" ({show(strongest.value, unit)}): it has to be weighed from powder; check the"
                    " unit and the point"
                ),
                source=strongest.provenance(),
                value=Amount(concentration, unit),
                limit=Amount(strongest.value, unit),
            )
