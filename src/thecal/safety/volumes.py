"""K1, R03: the volume filled, the volume typed, and what the reservoir holds."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.device import PumpModel
from thecal.safety.finding import Amount, Finding, Severity
from thecal.safety.rules import hard_unless_recalled, threshold
from thecal.safety.situation import FillOrder, Situation
from thecal.units import Volume, show


def check_volumes(situation: Situation) -> Iterator[Finding]:
    """Refuse a typed volume that is not the filled one, and more than the reservoir holds."""
    order = situation.order
    if not isinstance(order, FillOrder):
        return
    yield from typed_against_filled(order.volume, order.programmed_volume or order.volume)
    yield from over_capacity(situation.model, order.volume, order.programmed_volume)


def typed_against_filled(filled: Volume, typed: Volume) -> Iterator[Finding]:
    """Refuse a volume typed into the pump that is not the filled one (K1)."""
    tolerance = threshold("K1", "tolerance", Volume)
    difference = abs(typed - filled)
    if difference > tolerance.value:
        yield Finding(
            check="K1",
            severity=Severity.HARD,
            message=(
                f"{show(filled, 'mL')} were filled but {show(typed, 'mL')} were typed into"
                " the pump: its alarm and empty dates would be wrong; type the filled volume"
            ),
            source=tolerance.provenance(),
            value=Amount(typed, "mL"),
            limit=Amount(filled, "mL"),
        )
    elif difference:
        yield Finding(
            check="K1",
            severity=Severity.WARN,
            message=(
                f"the typed volume differs from the filled one by {show(difference, 'mL')},"
                " within the tolerance"
            ),
            source=tolerance.provenance(),
            value=Amount(typed, "mL"),
            limit=Amount(filled, "mL"),
        )


def over_capacity(model: PumpModel, filled: Volume, typed: Volume | None) -> Iterator[Finding]:
    """Refuse more than the reservoir holds, filled or typed (R03)."""
    capacity = model.capacity
    if capacity is None:
        yield Finding(
            check="R03",
            severity=Severity.INFO,
            message="not checked: the capacity of this pump is not known",
            source="catalogue of pumps",
        )
        return
    for name, volume in (("filled", filled), ("typed", typed)):
        if volume is not None and volume > capacity.value:
            external = model.kind == "external"
            holds = "largest bag" if external else "reservoir"
            harm = (
                "read the bag's own volume off its label"
                if external
                else "overfilling damages the pump and changes its flow; fill no more than the"
                " capacity"
            )
            yield Finding(
                check="R03",
                severity=hard_unless_recalled(capacity),
                message=(
                    f"{show(volume, 'mL')} {name}, but the {holds} of {model.name}"
                    f" holds {show(capacity.value, 'mL')}: {harm}"
                ),
                source=capacity.provenance(),
                value=Amount(volume, "mL"),
                limit=Amount(capacity.value, "mL"),
            )
