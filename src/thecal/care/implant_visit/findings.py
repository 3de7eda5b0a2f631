"""What stands against an implant: imaging, the pump before it goes in, its lengths."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from thecal.care.forms.implant_rules import check_implant
from thecal.care.implant_visit.hardware import volume_per_length
from thecal.care.implant_visit.visit import ImplantVisit
from thecal.device import catheter_model, misfit, pump_model
from thecal.safety.finding import Finding, Severity

REVIEWED, WAIVED = "reviewed", "waived"
_CHECK = "imaging"
_IMAGING, _CALIBRATION = "workflow.md 1a S0.12", "calibration-constant-check"


def visit_findings(visit: ImplantVisit) -> tuple[Finding, ...]:
    """Return what stands against the visit as far as it is recorded.

    A pump whose shipped fluid or constant is not what it should be is refused here: the form alone
    would ask for a reason, the visit takes another pump.
    """
    filled = visit.filled
    found = [*_imaging(visit)]
    for one in check_implant(filled):
        about_pump = one.check == "F4" and one.limit is not None
        found.append(replace(one, severity=Severity.HARD) if about_pump else one)
    found += [*_constant(visit), *_catheters(visit)]
    return tuple(found)


def suspect_pump(visit: ImplantVisit) -> tuple[Finding, ...]:
    """Return why this pump is not implanted: its constant or its shipped volume."""
    return tuple(
        one for one in visit_findings(visit) if one.check == "F4" and one.severity is Severity.HARD
    )


def _imaging(visit: ImplantVisit) -> Iterator[Finding]:
    if "before" not in visit.asked:
        return
    imaging = visit.said("before", "imaging")
    if imaging == REVIEWED:
        return
    if imaging != WAIVED:
        what = (
            "the imaging is neither reviewed nor waived: look at it before the catheter is placed"
        )
        yield Finding(_CHECK, Severity.HARD, what, _IMAGING)
    elif not visit.said("before", "imaging_reason"):
        what = "the imaging is waived without a reason: write why it is not needed"
        yield Finding(_CHECK, Severity.HARD, what, _IMAGING)


def _constant(visit: ImplantVisit) -> Iterator[Finding]:
    """Refuse a pump whose model has a constant to compare, and whose constant nobody compared."""
    filled = visit.filled
    named = filled.get("pump_model", str)
    if named is None:
        return
    fact = pump_model(named).facts.get(_CALIBRATION)
    both = [filled.get(f"calibration_{one}", Fraction) for one in ("label", "read")]
    if fact is not None and None in both:
        what = "this model's calibration constant on the label has to equal the one read from the"
        what += " pump: read both before it goes in"
        yield Finding("F4", Severity.HARD, what, fact.provenance())


def _catheters(visit: ImplantVisit) -> Iterator[Finding]:
    filled = visit.filled
    pump = filled.get("pump_model", str) or visit.staying or None
    for number, row in enumerate(filled.rows("segments"), start=1):
        id = str(row["catheter"])
        wrong = None if pump is None else misfit(catheter_model(id), pump)
        if wrong is not None:
            what = (
                f"catheter segment {number} ({catheter_model(id).name}) is not made for this pump"
            )
            severity = Severity.SOFT if wrong.recalled else Severity.HARD
            yield Finding("K10", severity, what, wrong.provenance())
        if volume_per_length(id) is None:
            what = f"catheter segment {number}: no volume per centimetre is on record for"
            what += f" {catheter_model(id).name}: no prime and no bridge can be reckoned"
            yield Finding("K25", Severity.SOFT, what, "workflow.md 4c K25")
