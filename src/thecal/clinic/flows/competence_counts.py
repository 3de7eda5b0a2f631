"""How often each person of a clinic did what, counted from the record of its patients.

An entry counts for who wrote it, as `skill_steps.csv` says. It counts as supervised where its
author had asked for a supervisor of this step in this record, and one had signed, since the last
time. What was typed in (`competence.logged`) is added, and told apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Q

from thecal.care.competence import Counts, Deed, Matrix, count_deeds
from thecal.care.competence.counts import HOWS, How
from thecal.care.competence.steps import BOLUS, BRIDGE, FLEX, SIMPLE
from thecal.care.supply.told import RECOMPUTED
from thecal.clinic.flows.port_log import INJECTED
from thecal.clinic.flows.port_log import ORDERED as PORT_ORDERED
from thecal.clinic.flows.scan_visit import CLOSED as SCAN_CLOSED
from thecal.clinic.flows.scan_visit import PLANNED as SCAN_PLANNED
from thecal.clinic.flows.trial_log import GIVEN as DOSE_GIVEN
from thecal.clinic.flows.trouble_case import FINDING
from thecal.clinic.ledger.signatures import SIGNATURE
from thecal.clinic.models import Clinic, EntryRow, Stream
from thecal.clinic.programs.drafts import ORDERED, ORDERED_SINGLE
from thecal.clinic.pumps.pump_log import ORDER
from thecal.record.entry import Entry, entry_of
from thecal.record.second_person import AGREES, GIVEN, REQUESTED

_VISIT_CLOSED, _EMERGENCY = "visit.closed", "emergency.recorded"
_KINDS = (
    *(_VISIT_CLOSED, ORDERED, ORDERED_SINGLE, ORDER, PORT_ORDERED, INJECTED),
    *(SCAN_PLANNED, SCAN_CLOSED, DOSE_GIVEN, FINDING, _EMERGENCY, RECOMPUTED),
    *(REQUESTED, GIVEN),
)
_STUDIES = ("rotor", "dye")
_BESIDE = {"bridge": BRIDGE, "patient_bolus": BOLUS}
_FORMS = {"F4": ("form-F4", "implant-assist"), "F10": ("form-F10", "compounding-check")}
_PHARMACIST = "pharmacist"
_SIMPLE_ONES: Mapping[str, tuple[str, str]] = {
    _VISIT_CLOSED: ("refill-close", "refill"),
    ORDERED_SINGLE: ("program-single", SIMPLE),
    INJECTED: ("port-inject", "access-port"),
    SCAN_PLANNED: ("scan-clear", "mri"),
    SCAN_CLOSED: ("scan-close", "mri"),
    DOSE_GIVEN: ("trial-give", "trial"),
    _EMERGENCY: ("emergency", "emergency"),
    RECOMPUTED: ("solution-check", "compounding-check"),
}


def counts_of(clinic: Clinic, matrix: Matrix, person: str) -> Mapping[tuple[str, str], Counts]:
    """Return how often a person did everything, by login name and skill.

    Of others only what tells how it was counts: orders that the person sent, and signatures beside.
    """
    mine = Q(kind__in=_KINDS) | Q(kind=SIGNATURE, text__contains=" signed as ")
    mine &= Q(text__contains=f'"actor":"{person}"')
    wanted = mine | Q(kind__in=(GIVEN, ORDERED))
    rows = EntryRow.objects.filter(
        wanted,
        stream__clinic=clinic,
        stream__kind=Stream.Kind.PATIENT,
        stream__patient__run=None,
    ).order_by("stream", "seq")
    entries = (entry_of(one) for one in rows.values_list("text", flat=True))
    found = (one for one in (*deeds(entries), *_typed(matrix)) if one.person == person)
    return count_deeds(found)


def deeds(entries: Iterable[Entry]) -> Iterator[Deed]:
    """Yield what people did, by the entries of patients; those of one stream stand together."""
    asked: dict[tuple[str, int], tuple[str, str]] = {}
    beside: dict[tuple[str, str, str], str] = {}
    orders: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        body, where = entry.body, entry.stream
        if entry.kind == REQUESTED:
            if body.get("step"):
                asked[where, entry.seq] = (entry.actor, str(body["step"]))
            continue
        if entry.kind == GIVEN:
            known = asked.get((where, int(body["request"])))
            if known is not None and body["outcome"] == AGREES:
                beside[(where, *known)] = entry.actor
            continue
        if entry.kind == ORDERED:
            orders[where, str(body["command"])] = entry
        for step, skill in _skills_of(entry, orders):
            supervisor = beside.get((where, entry.actor, step), "")
            how: How = "supervised" if supervisor else "solo"
            yield Deed(entry.actor, skill, entry.written.date(), how, supervisor)
        for step in {one for one, _ in _skills_of(entry, orders)}:
            beside.pop((where, entry.actor, step), None)


def _skills_of(
    entry: Entry, orders: Mapping[tuple[str, str], Entry]
) -> tuple[tuple[str, str], ...]:
    """Return the steps and skills that an entry counts for."""
    body = entry.body
    if entry.kind in _SIMPLE_ONES:
        return (_SIMPLE_ONES[entry.kind],)
    if entry.kind == ORDERED:
        return tuple(("program-order", one) for one in _of_program(body["event"]))
    if entry.kind == ORDER:
        if body["what"] == "interrogate":
            return (("reading", "interrogate"),)
        order = orders.get((entry.stream, str(body["command"])))
        if order is None or order.actor == entry.actor:
            return ()  # who ordered it is counted for the order
        return tuple(("program-send", one) for one in _of_program(order.body["event"]))
    if entry.kind == FINDING and body["finding"] in _STUDIES and body["outcome"]:
        return (("study", "rotor-dye"),)
    if entry.kind == SIGNATURE:
        form, _, capacity = str(body["meaning"]).partition(" signed as ")
        counted = form != "F10" or capacity == _PHARMACIST
        return (_FORMS[form],) if form in _FORMS and counted else ()
    return ()


def _of_program(event: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the skills of a program as its event is written (`care.competence.steps`)."""
    flex = event.get("mode") == "flex" or event.get("steps")
    found = [FLEX if flex else SIMPLE]
    found += [skill for key, skill in _BESIDE.items() if key in event]
    return tuple(found) if event.get("mode") in ("continuous", "flex") else ()


def _typed(matrix: Matrix) -> Iterator[Deed]:
    for one in matrix.logged:
        how = next(each for each in HOWS if each == one.how)
        yield Deed(one.person, one.skill, one.on, how, one.supervisor, typed=True)
