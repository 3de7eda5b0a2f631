"""What stands against a scan, and against closing its visit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction

from thecal.care.due import due_items
from thecal.care.due.knowledge import Knowledge
from thecal.care.mri_visit.steps import (
    AFTER,
    BEFORE,
    READING,
    REQUIRED,
    scan_steps,
)
from thecal.care.mri_visit.visit import MriVisit
from thecal.pharmacy import restart_rule
from thecal.safety.finding import Finding, Severity
from thecal.safety.rules import hard_unless_recalled
from thecal.safety.scan import CONTINUES, behaviour_in_scanner, check_emptied, check_field
from thecal.units import show_number, show_time

_NEED_DRUG_OUT = ("dumps", "shuts")


def before_findings(visit: MriVisit) -> tuple[Finding, ...]:
    """Return what stands against the scan; with a `hard` one the form cannot be signed."""
    return tuple(_before(visit))


def close_findings(visit: MriVisit, now: datetime) -> tuple[Finding, ...]:
    """Return what stands against closing the visit: above all the reading after the scan."""
    return tuple(_after(visit, now))


def _before(visit: MriVisit) -> Iterator[Finding]:
    yield from _drug(visit)
    if visit.field is None:
        yield _missing("the field of the scanner is not named", visit)
    else:
        yield from check_field(visit.model, visit.field)
    yield from _gradient(visit)
    for step in scan_steps(visit.model):
        if step.phase == BEFORE and step.id not in visit.done:
            soft = step.need == REQUIRED and not step.what.recalled
            severity = Severity.SOFT if soft else Severity.WARN
            message = f"not done before the scan: {step.what.value}"
            yield Finding("K19", severity, message, step.what.provenance())
    yield from _interruption(visit)


def _drug(visit: MriVisit) -> Iterator[Finding]:
    if visit.holds_drug is None:
        if behaviour_in_scanner(visit.model) in _NEED_DRUG_OUT:
            yield _missing("whether the reservoir holds drug is not said", visit)
        return
    yield from check_emptied(visit.model, holds_drug=visit.holds_drug)


def _missing(what: str, visit: MriVisit) -> Finding:
    source = scan_steps(visit.model)[0].what.provenance()
    return Finding("K19", Severity.HARD, f"{what}: find out before the scan", source)


def _gradient(visit: MriVisit) -> Iterator[Finding]:
    stated = visit.model.facts.get("mri-gradient")
    if stated is None:
        return
    limit = stated.of_kind(Fraction)
    most = f"{show_number(limit.value)} G/cm"
    if visit.gradient is None:
        message = f"the spatial gradient of the scanner is not named, at most {most} is stated"
        yield Finding("K19", Severity.SOFT, message, limit.provenance())
    elif visit.gradient > limit.value:
        yield Finding(
            check="K19",
            severity=hard_unless_recalled(limit),
            message=f"the spatial gradient is above what is stated for {visit.model.name}",
            source=limit.provenance(),
            value=f"{show_number(visit.gradient)} G/cm",
            limit=most,
        )


def _interruption(visit: MriVisit) -> Iterator[Finding]:
    """Yield that a drug stops whose stop is a hazard, and nothing replaces it."""
    if behaviour_in_scanner(visit.model) == CONTINUES or visit.cover:
        return
    for drug in visit.drugs:
        rule = restart_rule(drug)
        if rule.stop_is_hazard:
            yield Finding(
                check="K19",
                severity=Severity.SOFT,
                message=(
                    f"{drug} stops during the scan and perhaps longer ({rule.abrupt_stop.value}):"
                    " say how it is replaced meanwhile"
                ),
                source=rule.abrupt_stop.provenance(),
            )


def _after(visit: MriVisit, now: datetime) -> Iterator[Finding]:
    steps = [one for one in scan_steps(visit.model) if one.phase == AFTER]
    if visit.ended is None and not visit.called_off:
        message = "the scan has not ended: say when it ended, or that it was called off"
        yield Finding("K16", Severity.HARD, message, steps[0].what.provenance())
        return
    for step in steps:
        if step.need == READING:
            if not (visit.recovered or visit.called_off):
                yield _unread(visit, now, step.what.provenance())
        elif step.id not in visit.done:
            severity = Severity.SOFT if step.need == REQUIRED else Severity.WARN
            message = f"not done after the scan: {step.what.value}"
            yield Finding("K16", severity, message, step.what.provenance())


def _unread(visit: MriVisit, now: datetime, source: str) -> Finding:
    assert visit.ended is not None
    known = Knowledge(scans=() if visit.scan is None else (visit.scan,))
    told = "; ".join(one.what for one in due_items(known, now))
    return Finding(
        check="K16",
        severity=Severity.HARD,
        message=f"no reading shows the pump running after the scan: {told}",
        source=source,
        value=None if not visit.readings else show_time(visit.readings[-1].time),
        follow_up="read the pump after the scan",
    )
