"""K15: how much drug a fill carries, told in single intrathecal doses."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.pharmacy import Mixture, content_of, drug
from thecal.safety.finding import Amount, Finding, Severity
from thecal.safety.situation import FillOrder, Situation
from thecal.units import Volume, show, show_number


def check_content(situation: Situation) -> Iterator[Finding]:
    """Say how many times the largest single dose on record a fill holds.

    It informs and never asks: every fill for weeks holds many times what may be given at once, and
    whoever holds the needle has to know what a pocket fill or the wrong port would give.
    """
    order = situation.order
    if isinstance(order, FillOrder):
        yield from told_content(order.mixture, order.volume)


def told_content(mixture: Mixture, volume: Volume) -> Iterator[Finding]:
    """Say how many single doses of each drug a volume of a mixture holds (K15)."""
    for drug_id in mixture:
        content = content_of(drug_id, mixture.mass_of(drug_id, volume))
        unit = drug(drug_id).mass_unit
        held = f"{show(content.mass, unit)} of {drug_id}"
        if content.times is None:
            yield Finding(
                check="K15",
                severity=Severity.INFO,
                message=f"not checked: {held}, and no largest single intrathecal dose is known",
                source="catalogue of limits",
                value=Amount(content.mass, unit),
            )
        elif content.times > 1:
            smallest = content.limits[0]
            yield Finding(
                check="K15",
                severity=Severity.INFO,
                message=(
                    f"this fill holds {held}, {show_number(content.times, digits=3)} times the"
                    f" largest single intrathecal dose of a trial ({show(smallest.mass, unit)}):"
                    " beside the pump or through the access port that may kill; be sure of the"
                    " needle"
                ),
                source=smallest.whose(),
                value=Amount(content.mass, unit),
                limit=Amount(smallest.mass, unit),
            )
