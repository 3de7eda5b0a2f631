"""Steps 1 to 4: K30 identity, K28 nerve signs, K20 and K35 medicines, K16 readings, K34, K21."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from thecal.care.anticoagulants.advise import advice_on as anticoagulant_advice
from thecal.care.escalation.trend import TABLE as ESCALATION
from thecal.care.interactions.advise import advice_on as interaction_advice
from thecal.care.notices import check_unread
from thecal.care.visit.change import raises
from thecal.care.visit.knowledge import Knowledge
from thecal.care.visit.readings import reading_due
from thecal.care.visit.rules import RULES
from thecal.care.visit.visit import Visit
from thecal.pharmacy import Mixture, drug
from thecal.safety.clock import clock_against_record
from thecal.safety.finding import Finding, Severity
from thecal.safety.identity import serial_against_record
from thecal.units import Concentration, show, show_number

_OPIOID = "opioid"


_OTHER_SERIAL = (
    "the serial number is not the one of the record: read it again from the pump or its card; where"
    " it stays so: wrong patient or wrong record; stop and identify"
)
"""Whoever reads it off the pump is not told what they ought to have read."""


def check_identity(visit: Visit, knowledge: Knowledge) -> Iterator[Finding]:
    """Refuse a patient who is not identified twice, and a pump that is not the recorded one."""
    if visit.identify is None:
        return
    wanted = RULES.get("K30", "identifiers", Fraction)
    given = len(set(visit.identify.identifiers))
    if given < wanted.value or not visit.identify.identifiers_match:
        yield Finding(
            check="K30",
            severity=Severity.HARD,
            message=(
                f"{given} identifiers"
                f"{'' if visit.identify.identifiers_match else ', and they do not match'}:"
                f" identify the patient by {show_number(wanted.value)} that match the record"
            ),
            source=wanted.provenance(),
        )
    for one in serial_against_record(visit.identify.serial, knowledge.pump.serial):
        yield replace(one, message=_OTHER_SERIAL, limit=None) if one.limit is not None else one


def check_nerve_signs(visit: Visit, knowledge: Knowledge) -> Iterator[Finding]:
    """Ask for the search for a granuloma where nerve signs meet a rising or strong drug."""
    if visit.complaints is None or not visit.complaints.red_flags:
        return
    grounds = [
        *(["the dose was escalating"] if knowledge.escalating else []),
        *(["the dose is to be raised"] if raises(visit, knowledge) else []),
        *_strong(knowledge.pump.last_fill),
    ]
    signs = ", ".join(visit.complaints.red_flags)
    unknown = "" if knowledge.escalating is not None else "; whether the dose rose is not known"
    history = f" (doses a day: {knowledge.doses_told})" if knowledge.doses_told else ""
    yield Finding(
        check="K28",
        severity=Severity.SOFT if grounds else Severity.WARN,
        message=(
            f"new: {signs}{'; ' if grounds else ''}{', '.join(grounds)}{unknown}: think of a"
            " granuloma at the tip; examine, raise nothing, image the tip"
        ),
        source=ESCALATION.every("granuloma", "work-up")[0].provenance(),
        follow_up=f"{signs}: {ESCALATION.text('granuloma', 'work-up')}{history}",
    )


def _strong(mixture: Mixture | None) -> Iterator[str]:
    limit = ESCALATION.get("granuloma", "concentration-watch", Concentration).value
    for name in mixture or ():
        assert mixture is not None
        if drug(name).drug_class == _OPIOID and mixture[name] >= limit:
            yield f"{name} stands at {show(mixture[name], drug(name).concentration_unit)}"


def check_medicines(visit: Visit, knowledge: Knowledge) -> Iterator[Finding]:
    """Ask for the list of medicines at a start, restart or change; take over what it says."""
    changed = visit.complaints is not None and bool(visit.complaints.oral_drug_changes)
    if knowledge.interactions is not None:
        yield from interaction_advice(knowledge.interactions).findings
    elif knowledge.starts is not None or changed:
        why = f"a {knowledge.starts}" if knowledge.starts is not None else "oral drugs changed"
        yield Finding(
            check="K20",
            severity=Severity.SOFT,
            message=(
                f"not checked: {why}, and the list of medicines is not reconciled; depressants and"
                " oral baclofen decide what may be given"
            ),
            source="workflow.md 4c K20",
        )


def check_anticoagulants(visit: Visit, knowledge: Knowledge) -> Iterator[Finding]:
    """Ask for the pause of anticoagulants before a trial, an implant or a dye study.

    At a refill no hold is usual: that is said of what is taken, and asks nothing.
    """
    if knowledge.anticoagulants is not None:
        yield from anticoagulant_advice(knowledge.anticoagulants).findings
        return
    if knowledge.spinal_procedure is None:
        return
    yield Finding(
        check="K35",
        severity=Severity.SOFT,
        message=(
            f"not checked: {knowledge.spinal_procedure}, and nobody asked about anticoagulants;"
            " ask, and reckon the pause with the rules of anticoagulants"
        ),
        source="workflow.md 4c K35",
    )


def check_readings(visit: Visit, knowledge: Knowledge) -> Iterator[Finding]:
    """Ask for readings that are due, and refuse stalls and alarms that nobody has read."""
    reading = visit.interrogate
    for due in knowledge.due_readings:
        yield from reading_due(due, None if reading is None else reading.read_at, knowledge.now)
    if reading is None:
        return
    unread = [one.kind for one in reading.events if one.acknowledged_by is None]
    if unread:
        yield Finding(
            check="K16",
            severity=Severity.HARD,
            message=f"nobody has acknowledged {', '.join(unread)} in the pump's log: read and"
            " acknowledge each",
            source="workflow.md 2.R step 4",
        )
    for name, clock in (("pump", reading.pump_clock), ("programmer", reading.programmer_clock)):
        if clock is not None:
            yield from clock_against_record(name, clock, reading.read_at)


def check_notices(_visit: Visit, knowledge: Knowledge) -> Iterator[Finding]:
    """Say which notices about this pump somebody at the visit has not confirmed to have read."""
    yield from check_unread(knowledge.unread_notices)
