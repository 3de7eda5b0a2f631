"""Ends of the therapy and what each step opens: no end is held up by paperwork or lost after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import final

from thecal.care.figures import Figures
from thecal.care.pathway.given import Given
from thecal.care.pathway.lacks import Lack, form_lacks, role_lacks
from thecal.care.pathway.stages import TABLE as STAGES
from thecal.care.pathway.stages import words
from thecal.care.pathway.state import PathwayState
from thecal.care.spans import span
from thecal.data import rows
from thecal.pharmacy import restart_rule
from thecal.units import Duration, show_date

TABLE = Figures("pathway_follow_ups", "task")
CEASED, TRANSFERRED, EXPLANTED = "ceased", "transferred-out", "explanted"
_IMPLANT, _HAZARD, _UNACCEPTED, _FORM = "implant", "hazard", "unaccepted", "form "


@final
@dataclass(frozen=True, slots=True)
class FollowUp:
    """Something that has to be done after a step and must not be lost.

    Attributes
    ----------
    id
        Stage and task, as `deceased cremation`.
    due
        Until when.
    source
        Whose rule it is, and whether it is verified.
    """

    id: str
    what: str
    due: datetime
    source: str


def follow_ups(state: PathwayState, to: str, given: Given, now: datetime) -> tuple[FollowUp, ...]:
    """Return what a step opens, earliest first."""
    tasks = dict.fromkeys(row["task"] for row in rows(TABLE.table))
    found = []
    for task in tasks:
        if task.partition(" ")[0] != to or not _opens(TABLE.text(task, "when"), state, to, given):
            continue
        within = TABLE.get(task, "within", Duration)
        due = now + span(within.value)
        found.append(FollowUp(task, TABLE.text(task, "what"), due, within.provenance()))
    return tuple(sorted(found, key=lambda one: one.due))


def _opens(when: str, state: PathwayState, to: str, given: Given) -> bool:
    if when.startswith(_FORM):
        return when.removeprefix(_FORM) not in given.forms
    if when == _IMPLANT:
        return state.implanted or "in" in words(to, "implant")
    if when == _HAZARD:
        return any(restart_rule(one).stop_is_hazard for one in given.drugs)
    return when != _UNACCEPTED or given.accepted_on is None


def end_lacks(state: PathwayState, to: str, given: Given) -> Iterator[Lack]:
    """Yield what an end lacks; it is said and followed up, and refuses nothing."""
    yield from role_lacks(to, given)
    yield from form_lacks(state, to, given)
    signs = STAGES.get(to, "signs", str).provenance()
    if to == EXPLANTED and not state.implanted:
        yield Lack("no pump is on record as implanted: look where it was recorded", signs)
    if to in (CEASED, EXPLANTED):
        hazards = [one for one in given.drugs if restart_rule(one).stop_is_hazard]
        for one in hazards:
            stop = restart_rule(one).abrupt_stop
            yield Lack(f"{one} stops: {stop.value}", stop.provenance(), "K13")


def handover_refusals(to: str, given: Given) -> Iterator[Lack]:
    """Yield that a transfer would leave the patient without a refill: nobody's pump may run dry."""
    if to != TRANSFERRED or given.accepted_on is None or given.refill_by is None:
        return
    if given.accepted_on > given.refill_by:
        what = (
            f"the other clinic takes over on {show_date(given.accepted_on)}, refill-by is"
            f" {show_date(given.refill_by)}: refill first, or agree on an earlier day"
        )
        ahead = STAGES.get(to, "before-refill", Duration)
        yield Lack(what, ahead.provenance(), "K12")


def handover_lacks(state: PathwayState, to: str, given: Given) -> Iterator[Lack]:
    """Yield what a transfer leaves open: no acceptance, no refill date, little time between."""
    if to != TRANSFERRED or not state.implanted:
        return
    ahead = STAGES.get(to, "before-refill", Duration)
    if given.accepted_on is None:
        what = "no clinic has accepted the patient yet: this clinic stays in charge of the refill"
        yield Lack(what, ahead.provenance(), "K12")
    if given.refill_by is None:
        what = "no refill-by date is known: find it, and tell it to the other clinic"
        yield Lack(what, ahead.provenance(), "K12")
    elif given.accepted_on is not None and given.accepted_on > given.refill_by - span(ahead.value):
        what = f"the hand-over comes late: refill-by is {show_date(given.refill_by)}"
        yield Lack(what, ahead.provenance(), "K12")
