"""What a visit came to, as rows for people: the fill, the program old beside new, the booking."""

from __future__ import annotations

from typing import Any

from thecal.care.visit.programming import lines_of
from thecal.clinic.refill.lines import dose_rows
from thecal.clinic.refill.record_words import names_of
from thecal.clinic.refill.situation import Situation
from thecal.record.second_person import AGREES, GIVEN
from thecal.safety.identity import shown_mixture
from thecal.units import show, show_date

_CLOSE = "refill-close"
"""The step of a supervisor's signature at the end of a visit."""


def outcome_of(situation: Situation) -> dict[str, Any]:
    """Return what a visit came to: what was filled, the program old beside new, what is booked."""
    visit = situation.visit
    return {
        "filled": _filled(situation),
        "lines": _program_rows(situation),
        "doses": dose_rows(situation.simulation.program, situation.written),
        "refill_by": situation.knowledge.refill_by,
        "decided_by": situation.knowledge.refill_by_decided_by,
        "next_visit": None if visit.leave is None else visit.leave.next_visit,
        "next_visit_at": None if visit.leave is None else visit.leave.visit_at,
    }


def vouched(situation: Situation) -> list[tuple[str, str]]:
    """Return who else stands for the visit, line by line: who checked, who saw the waste."""
    people = names_of(situation)
    given, waste = situation.given, situation.visit.waste
    rows = []
    if given is not None:
        alone = f" (nobody checked: {given.reason})" if given.exception else ""
        rows.append(("Second person", f"{people.get(given.by, given.by)}{alone}"))
    if waste is not None and waste.witness is not None:
        rows.append(("Witness of the waste", people.get(waste.witness, waste.witness)))
    supervisor = _supervisor(situation)
    if supervisor:
        rows.append(("Supervisor", people.get(supervisor, supervisor)))
    return rows


def _supervisor(situation: Situation) -> str:
    """Return the login name of who last supervised the end of the visit; empty where nobody did."""
    begun, ended = situation.running.begun.seq, situation.running.ended
    last = situation.chart.seq if ended is None else ended.seq
    signed = [
        one.actor
        for one in situation.chart.entries
        if begun < one.seq <= last
        and one.kind == GIVEN
        and one.body["outcome"] == AGREES
        and one.body.get("supervises") == _CLOSE
    ]
    return signed[-1] if signed else ""


def _filled(situation: Situation) -> list[tuple[str, str]]:
    """Return the fill line by line; nothing before the volume was entered."""
    visit = situation.visit
    if visit.program is None or visit.verify is None or situation.is_emptying:
        return []
    rows = [
        ("Filled", show(visit.program.first, "mL")),
        ("Solution", shown_mixture(visit.verify.label)),
        ("Lot", visit.verify.lot),
        ("To be injected until (beyond-use date)", show_date(visit.verify.beyond_use)),
    ]
    if visit.aspirate is not None:
        rows.append(("Drawn before", show(visit.aspirate.volume, "mL")))
    return rows


def _program_rows(situation: Situation) -> list[dict[str, Any]]:
    """Return what the pump was told, old beside new, as it was recorded in step 11."""
    entered = situation.visit.program
    if entered is None or not situation.pump.model.programmable:
        return []
    old, new = lines_of(entered.old), lines_of(entered.new)
    return [
        {
            "name": name,
            "old": old.get(name, "nothing"),
            "new": new.get(name, "nothing"),
            "changed": old.get(name) != new.get(name),
        }
        for name in dict.fromkeys((*new, *old))
    ]
