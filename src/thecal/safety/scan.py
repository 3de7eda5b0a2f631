"""K19: what the model of the pump allows in a scanner."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.safety.finding import Amount, Finding, Severity
from thecal.safety.situation import ScanRecord, Situation
from thecal.units import MagneticField, show


def check_scan(situation: Situation) -> Iterator[Finding]:
    """Refuse a scan of a pump that has to be emptied first and is not; ask about the field."""
    order = situation.order
    if not isinstance(order, ScanRecord):
        return
    yield from _check_emptied(situation)
    yield from _check_field(situation, order)


def _check_emptied(situation: Situation) -> Iterator[Finding]:
    model = situation.model
    emptied, behaviour = model.facts.get("mri-empty-before"), model.facts.get("mri-behaviour")
    if emptied is None or emptied.of_kind(str).value != "yes":
        return
    told = f" ({behaviour.note})" if behaviour is not None and behaviour.note else ""
    if situation.solution.actual and situation.dry_since is None:
        yield Finding(
            check="K19",
            severity=Severity.WARN if emptied.recalled else Severity.HARD,
            message=(
                f"{model.name} holds drug and goes into a scanner{told}: take the drug out and"
                " program no dose first; what happened all the same is replayed as recorded"
            ),
            source=emptied.provenance(),
        )
    else:
        yield Finding(
            check="K19",
            severity=Severity.WARN,
            message=(
                f"{model.name} goes into a scanner without drug in its reservoir{told}: ask its"
                " maker whether it may, and read it before and after"
            ),
            source=emptied.provenance(),
            follow_up="read the pump after the scan, before it is filled",
        )


def _check_field(situation: Situation, order: ScanRecord) -> Iterator[Finding]:
    model = situation.model
    stated = model.facts.get("mri-field")
    if stated is None:
        yield Finding(
            check="K19",
            severity=Severity.WARN,
            message=f"not checked: no field is known at which {model.name} may be scanned",
            source="catalogue of pumps",
            value=Amount(order.field_strength, "T"),
        )
        return
    answers = model.disagreements.get("mri-field", (stated,))
    for answer in answers:
        highest = answer.of_kind(MagneticField).value
        if order.field_strength <= highest:
            continue
        # The lowest answer asks; where a later source allows more, the conflict is only told.
        allowed = any(order.field_strength <= one.of_kind(MagneticField).value for one in answers)
        yield Finding(
            check="K19",
            severity=Severity.WARN if allowed or answer.recalled else Severity.SOFT,
            message=(
                f"{show(order.field_strength, 'T')} is above the {show(highest, 'T')} to which"
                f" {model.name} is stated to bear a scan"
                + ("; another source allows it" if allowed else "")
            ),
            source=answer.provenance(),
            value=Amount(order.field_strength, "T"),
            limit=Amount(highest, "T"),
        )
