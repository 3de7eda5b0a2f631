"""The end of a visit: what it was for the therapy, its tasks, its signature, in one write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from thecal.care.visit import discrepancy, follow_ups
from thecal.clinic.access.signing import signature_draft
from thecal.clinic.ledger.appointments import booked_body
from thecal.clinic.ledger.due import WATCH_BEGUN, WATCH_RELEASED
from thecal.clinic.ledger.log import Draft
from thecal.clinic.ledger.tasks import OPENED, open_tasks
from thecal.clinic.models import Membership
from thecal.clinic.pumps.telemetry import MANUAL
from thecal.clinic.refill.booking import place_of
from thecal.clinic.refill.entries import CLOSED, LEFT, Running
from thecal.clinic.refill.situation import Situation
from thecal.clinic.refill.standing import left_standing
from thecal.clinic.refill.talks import WRITTEN
from thecal.clinic.refill.watch import watch_of
from thecal.errors import StepRefusedError
from thecal.record.fold import EVENT, PLAN, effective, event_body
from thecal.safety.finding import Finding, Severity
from thecal.therapy.events import Event, Fill, Program

MEANING = "refill visit done as recorded"
_BY_HAND = "typed into the programmer by hand and written down"
_UNFINISHED, _WATCH = "finish-the-visit", "watch"


def closing_drafts(
    situation: Situation, member: Membership, why_standing: str = ""
) -> tuple[Draft, ...]:
    """Return the entries that close a visit, signed.

    Parameters
    ----------
    why_standing
        Why the pump is left without therapy, where it is: it is signed with the visit.

    Raises
    ------
    StepRefusedError
        If the visit may not end yet, or leaves a pump without therapy and does not say why.
    """
    stands = situation.progress
    if not stands.may_close:
        why = "; ".join(dict.fromkeys(one.why for one in stands.shut)) or "a step is open"
        raise StepRefusedError("the visit cannot be closed yet", why=why)
    if situation.talks.unknown:
        raise StepRefusedError(
            "the visit cannot be closed yet",
            why="nobody knows whether the pump did what was sent to it",
            remedy="read the pump on the page of step 12",
        )
    drafts = [*therapy_drafts(situation), *task_drafts(situation)]
    body = {**_ended(situation.running, situation.findings), **_residual(situation)}
    standing = left_standing(situation)
    if standing:
        if not why_standing:
            raise StepRefusedError(
                f"the pump is left {standing}, and nobody says why",
                remedy="write why on the page of the end, or start the pump again in step 6",
            )
        body["left_standing"] = {"pump": standing, "reason": why_standing}
    drafts += [Draft(CLOSED, body)]
    return (*drafts, signature_draft(situation.chart.stream, member, MEANING, drafts))


def leaving_drafts(situation: Situation, reason: str) -> tuple[Draft, ...]:
    """Return the entries that leave a visit unfinished; what was done to the pump is kept.

    It is never held up: what stands open becomes a task.
    """
    drafts = event_drafts(happened(situation, situation.final_events()))
    drafts += task_drafts(situation)
    body = {
        "kind": _UNFINISHED,
        "what": f"a refill visit was left unfinished: {reason}{_not_told(situation)}",
        "due": situation.now.isoformat(),
    }
    drafts.append(Draft(OPENED, body))
    body = {**_ended(situation.running, situation.findings), **_residual(situation)}
    return (*drafts, Draft(LEFT, body, reason))


def _not_told(situation: Situation) -> str:
    """Return what a pump with telemetry was not told before the visit was left."""
    if not situation.by_telemetry or situation.visit.fill is None:
        return ""
    missing = [one.what for one in situation.talks.unknown]
    missing += [one.type for one in situation.final_events() if one.type in WRITTEN]
    return f"; not known to be written to the pump: {', '.join(missing)}" if missing else ""


def therapy_drafts(situation: Situation) -> list[Draft]:
    """Return what closing writes to the therapy as the visit stands: its events, the next visit."""
    return [*event_drafts(situation.final_events()), *_plan(situation)]


def happened(situation: Situation, events: Iterable[Event]) -> tuple[Event, ...]:
    """Return the events that have happened to the pump so far, without what was only planned."""
    visit = situation.running.visit
    return tuple(
        one
        for one in events
        if not (isinstance(one, Fill) and visit.fill is None)
        and not (one.type == "prime" and visit.fill is None)
        and not (isinstance(one, Program) and (visit.program is None or situation.by_telemetry))
    )


def event_drafts(events: Iterable[Event]) -> list[Draft]:
    """Return the entries of events; a program typed by hand says so before it."""
    drafts: list[Draft] = []
    for event in events:
        if isinstance(event, Program):
            drafts.append(Draft(MANUAL, {"what": event.type}, _BY_HAND))
        drafts.append(Draft(EVENT, event_body(event), pump_time=event.time))
    return drafts


def task_drafts(situation: Situation) -> list[Draft]:
    """Return the tasks that the findings leave, but for those that stand open already."""
    standing = {(one.kind, one.what) for one in open_tasks(effective(situation.chart.entries))}
    return [
        Draft(OPENED, {"kind": one.kind, "what": one.why, "due": one.due.isoformat()})
        for one in follow_ups(situation.findings, situation.now)
        if (one.kind, one.why) not in standing
    ]


def _plan(situation: Situation) -> list[Draft]:
    leave, watch = situation.visit.leave, situation.visit.observe
    drafts = []
    begun = watch_of(situation)
    if begun is not None and watch is not None and watch.ended is not None:
        # A release before its time ends the watch with the visit, once its question is answered.
        drafts.append(Draft(WATCH_RELEASED, {"watch": begun.seq}))
    if leave is not None:
        drafts.append(
            Draft(PLAN, booked_body(leave.next_visit, leave.visit_at, place_of(situation)))
        )
    if watch is not None and watch.watched_until is not None:
        body = {"kind": _WATCH, "ends": watch.watched_until.isoformat()}
        drafts.append(Draft(WATCH_BEGUN, {**body, "visit": situation.running.number}))
    return drafts


def _residual(situation: Situation) -> dict[str, Any]:
    """Return what the aspirate said, so that rows of low ones are seen across a clinic."""
    said, drawn = discrepancy(situation.visit, situation.knowledge), situation.visit.aspirate
    if said is None or drawn is None:
        return {}
    assessed = said.assessed
    return {"residual": {"band": assessed.band, "direction": assessed.direction}}


def _ended(running: Running, findings: Sequence[Finding]) -> dict[str, Any]:
    return {
        "visit": running.number,
        "findings": [
            {"check": one.check, "severity": str(one.severity), "message": one.message}
            for one in findings
            if one.severity is not Severity.INFO
        ],
    }
