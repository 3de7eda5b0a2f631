"""Which step of a visit is open, which are shut and why; no safety step is skipped.

An out-of-order step is refused (21 CFR Part 11, 11.10(f), facts standards.md 6). Emptying a pump is
in no order: nothing is shut there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, final

from thecal.care.visit.change import changes_doses, changes_mode, changes_solution, only_empties
from thecal.care.visit.findings import visit_findings
from thecal.care.visit.knowledge import Knowledge
from thecal.care.visit.leaving import Departure, Observation
from thecal.care.visit.residual import discrepancy
from thecal.care.visit.rules import clocks_apart, holds
from thecal.care.visit.steps import CLOSE, Step, step, steps
from thecal.care.visit.visit import RECORDS, Path, Purpose, Visit
from thecal.errors import StepRefusedError
from thecal.safety.finding import Finding
from thecal.units import show_time


@final
@dataclass(frozen=True, slots=True)
class Shut:
    """A step that may not be reached yet; `step` is None for the end of the visit."""

    step: Step | None
    why: str


@final
@dataclass(frozen=True, slots=True)
class Progress:
    """How far a visit is.

    Attributes
    ----------
    open
        The step to record next; None where a finding holds it or every step is settled.
    shut
        Every step that is not settled and may not be recorded yet, and why.
    may_close
        Whether the visit may end.
    held_by
        The findings that hold the visit where it stands.
    """

    open: Step | None
    shut: tuple[Shut, ...]
    may_close: bool
    held_by: tuple[Finding, ...]


def progress(visit: Visit, knowledge: Knowledge) -> Progress:
    """Return the open step of a visit, and what is shut."""
    waiting = [one for one in steps() if not _settled(visit, knowledge, one)]
    if only_empties(visit, knowledge):
        waiting = [one for one in waiting if one.emptying]
        return Progress(waiting[0] if waiting else None, (), may_close=True, held_by=())
    blocking = [one for one in visit_findings(visit, knowledge) if one.blocks]
    if not waiting:
        unanswered = tuple(Shut(None, one.message) for one in blocking)
        return Progress(None, unanswered, may_close=not blocking, held_by=tuple(blocking))
    first = waiting[0]
    held = tuple(one for one in blocking if _number(holds(one.check)) <= first.number)
    shut = [] if not held else [Shut(first, "; ".join(one.message for one in held))]
    shut += [Shut(one, _why_shut(visit, first)) for one in waiting[1:]]
    shut.append(Shut(None, _why_shut(visit, first)))
    return Progress(None if held else first, tuple(shut), may_close=False, held_by=held)


_HAPPENED = {
    "started": "the begin of the watch",
    "ended": "the release",
    "given_at": "the handing over",
    "read_at": "the reading",
}
"""Times of records that tell what was done; those of what is planned may lie ahead."""


def record_step(visit: Visit, knowledge: Knowledge, key: str, record: Any) -> Visit:
    """Return the visit with a step recorded, or recorded anew.

    Parameters
    ----------
    key, record
        The key of the step and its record.

    Raises
    ------
    DataError
        If no step has that key.
    StepRefusedError
        If the record is of another step, tells something that has not happened yet, or the step
        may not be reached yet. A step that is recorded already may always be corrected.
    """
    one = step(key)
    if type(record) is not RECORDS[key]:
        raise StepRefusedError(
            f"this is no record of step {one.number}", remedy=f"record: {', '.join(one.recorded)}"
        )
    if visit.purpose is Purpose.EMPTYING and not one.emptying:
        raise StepRefusedError(
            f"an emptying visit has no step {one.number} ({one.title.value})",
            remedy="begin a refill visit",
        )
    _refuse_what_lies_ahead(record, knowledge.now)
    corrects = visit.record(key) is not None
    if not corrects:
        for shut in progress(visit, knowledge).shut:
            if shut.step == one:
                raise StepRefusedError(
                    f"step {one.number} ({one.title.value}) may not be reached yet", why=shut.why
                )
    return replace(visit, **{key: record})


def _refuse_what_lies_ahead(record: Any, now: datetime) -> None:
    """Refuse a time that the clock has not reached: a watch is waited for, not typed."""
    for name, what in _HAPPENED.items():
        moment = getattr(record, name, None)
        if isinstance(moment, datetime) and moment > now + clocks_apart():
            raise StepRefusedError(
                f"{what} lies ahead: it is {show_time(now.astimezone(moment.tzinfo))} now",
                remedy="record it when it has happened",
                place=name,
            )


def not_refill_only(visit: Visit, knowledge: Knowledge) -> tuple[str, ...]:
    """Return why a visit needs all screens; empty where the few of a plain refill do."""
    return tuple(_changes(visit, knowledge))


def _changes(visit: Visit, knowledge: Knowledge) -> Iterator[str]:
    if knowledge.pump.last_fill is None:
        yield "this is the first fill"
    elif changes_solution(visit, knowledge):
        yield "the solution is another"
    if changes_mode(visit, knowledge):
        yield "the mode is another"
    if changes_doses(visit, knowledge):
        yield "a daily dose is another"
    if knowledge.pump.empty_since is not None:
        yield "the pump is empty"
    if knowledge.starts is not None:
        yield f"this is a {knowledge.starts}"
    if visit.complaints is not None and visit.complaints.red_flags:
        yield f"new: {', '.join(visit.complaints.red_flags)}"
    advice = discrepancy(visit, knowledge)
    if advice is not None and advice.due:
        yield f"the aspirate is {advice.assessed.band}"


def _settled(visit: Visit, knowledge: Knowledge, one: Step) -> bool:
    record = visit.record(one.key)
    if isinstance(record, Observation):
        return record.ended is not None and record.released_by is not None
    if isinstance(record, Departure):
        return record.given_at is not None
    if record is not None:
        return True
    if one.needs_programmer and not knowledge.pump.model.programmable:
        return True
    if one.key == "discrepancy" and visit.aspirate is not None:
        advice = discrepancy(visit, knowledge)
        return advice is None or not advice.due
    if one.key == "decide" and visit.verify is None:
        return False
    if one.key == "decide" and decision_wanted(visit, knowledge):
        return False
    plain = visit.path is Path.REFILL_ONLY and one.refill_only_screen is None
    skipped = not one.safety and any(each.step == one.key for each in visit.skipped)
    return plain or skipped


def decision_wanted(visit: Visit, knowledge: Knowledge) -> tuple[str, ...]:
    """Return why the dose has to be decided; empty where that may be left out.

    An amber aspirate alone changes no dose.
    """
    advice = discrepancy(visit, knowledge)
    amber = advice is not None and advice.assessed.band == "amber"
    why = not_refill_only(visit, knowledge)
    return why if len(why) > amber else ()


def _why_shut(visit: Visit, first: Step) -> str:
    if first.safety and any(one.step == first.key for one in visit.skipped):
        return f"step {first.number} ({first.title.value}) cannot be skipped: record it"
    return f"step {first.number} ({first.title.value}) comes first"


def _number(key: str) -> int:
    return len(steps()) + 1 if key == CLOSE else step(key).number
