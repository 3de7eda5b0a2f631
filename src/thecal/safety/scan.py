"""K19: what the model of the pump allows in a scanner."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.device import PumpModel
from thecal.safety.finding import Amount, Finding, Severity
from thecal.safety.situation import ScanRecord, Situation
from thecal.units import MagneticField, show

CONTINUES, UNKNOWN = "continues", "unknown"
_CONSTANT_FLOW = "constant-flow"


def behaviour_in_scanner(model: PumpModel) -> str:
    """Return what a model does in a scanner: `stalls`, `dumps`, `shuts`, `continues`, `unknown`."""
    known = model.facts.get("mri-behaviour")
    if known is not None:
        return known.of_kind(str).value
    return CONTINUES if model.kind == _CONSTANT_FLOW else UNKNOWN


def check_scan(situation: Situation) -> Iterator[Finding]:
    """Refuse a scan of a pump that has to be emptied first and is not; ask about the field."""
    order = situation.order
    if not isinstance(order, ScanRecord):
        return
    holds_drug = bool(situation.solution.actual) and situation.dry_since is None
    yield from check_emptied(situation.model, holds_drug=holds_drug)
    yield from check_field(situation.model, order.field_strength)


def check_emptied(model: PumpModel, *, holds_drug: bool) -> Iterator[Finding]:
    """Refuse a scan of a model that has to be emptied first while it holds drug."""
    emptied, behaviour = model.facts.get("mri-empty-before"), model.facts.get("mri-behaviour")
    if emptied is None or emptied.of_kind(str).value != "yes":
        return
    told = f" ({behaviour.note})" if behaviour is not None and behaviour.note else ""
    if holds_drug:
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


def check_field(model: PumpModel, field_strength: MagneticField) -> Iterator[Finding]:
    """Ask about a field above what is stated for the model; all sources are told."""
    stated = model.facts.get("mri-field")
    if stated is None:
        yield Finding(
            check="K19",
            severity=Severity.WARN,
            message=f"not checked: no field is known at which {model.name} may be scanned",
            source="catalogue of pumps",
            value=Amount(field_strength, "T"),
        )
        return
    answers = model.disagreements.get("mri-field", (stated,))
    for answer in answers:
        highest = answer.of_kind(MagneticField).value
        if field_strength <= highest:
            continue
        # The lowest answer asks; where a later source allows more, the conflict is only told.
        allowed = any(field_strength <= one.of_kind(MagneticField).value for one in answers)
        yield Finding(
            check="K19",
            severity=Severity.WARN if allowed or answer.recalled else Severity.SOFT,
            message=(
                f"{show(field_strength, 'T')} is above the {show(highest, 'T')} to which"
                f" {model.name} is stated to bear a scan"
                + ("; another source allows it" if allowed else "")
            ),
            source=answer.provenance(),
            value=Amount(field_strength, "T"),
            limit=Amount(highest, "T"),
        )
