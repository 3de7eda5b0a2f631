"""The therapy ahead of the record while a visit is open: nothing of it is written.

Papers want it as closing will write it, once all of that is recorded. An emergency wants the pump
as it is now: drawn empty, filled, programmed, whatever is entered of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import final

from thecal.care.document import Text
from thecal.care.papers.words import day, minute, say
from thecal.care.visit import Purpose
from thecal.care.visit.steps import step
from thecal.clinic.ledger.candidates import folded_with
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.models import Clinic
from thecal.clinic.refill.closing import happened, therapy_drafts
from thecal.clinic.refill.entries import running_visit
from thecal.clinic.refill.situation import Situation
from thecal.clinic.refill.talks import WRITTEN
from thecal.errors import ThecalError
from thecal.therapy.events import Empty, Event, Fill, Therapy

_OF_A_FILL = ("fill", "program", "read_back", "leave")
_OF_AN_EMPTYING = ("aspirate", "leave")


@final
@dataclass(frozen=True, slots=True)
class Ahead:
    """A therapy for a paper.

    Attributes
    ----------
    notice
        That a visit is open, and which record the paper shows; None: no visit is open.
    doubt
        What makes the pump uncertain just now, for the place of the figure; None: nothing.
    is_before
        Whether it is the record before an open visit.
    """

    therapy: Therapy
    notice: Text | None = None
    doubt: Text | None = None
    is_before: bool = False


def for_papers(chart: Chart, clinic: Clinic) -> Ahead | None:
    """Return the therapy as it will stand when the open visit closes, or as it is on record.

    It is the one on record until fill, program, reading back and next visit are recorded, as far as
    the pump has these steps. None where no pump is on record.
    """
    therapy = chart.therapy
    running = running_visit(chart.entries)
    if therapy is None or running is None:
        return None if therapy is None else Ahead(therapy)
    situation = Situation(chart, clinic, running)
    begun = day(situation.running.visit.started.astimezone(situation.now.tzinfo))
    before = Ahead(therapy, say("visit-before", day=begun), is_before=True)
    try:
        if not _all_is_recorded(situation):
            return before
        closed = folded_with(chart.entries, therapy_drafts(situation)).therapy
    except ThecalError:
        # What closing would refuse to write is no paper either.
        return before
    return before if closed is None else Ahead(closed, say("visit-not-closed", day=begun))


def for_emergency(chart: Chart, clinic: Clinic) -> Ahead | None:
    """Return the therapy with what an open visit has done to the pump so far.

    None where no pump is on record. Nothing holds it up: where it cannot be told, the record
    before the visit is returned with a doubt that says so.
    """
    therapy = chart.therapy
    running = running_visit(chart.entries)
    if therapy is None or running is None:
        return None if therapy is None else Ahead(therapy)
    situation = Situation(chart, clinic, running)
    begun = minute(situation.running.visit.started.astimezone(situation.now.tzinfo))
    notice = say("visit-as-it-is", day=begun)
    try:
        done = _done_to_the_pump(situation)
        events = sorted((*therapy.events, *done), key=lambda one: one.time)
        now = replace(therapy, events=tuple(events))
        return Ahead(now, notice, _doubt(situation, done))
    except ThecalError:
        return Ahead(therapy, notice, say("doubt-before-visit"), is_before=True)


def _all_is_recorded(situation: Situation) -> bool:
    visit = situation.running.visit
    left_out = {one.step for one in visit.skipped}
    wanted = _OF_AN_EMPTYING if visit.purpose is Purpose.EMPTYING else _OF_A_FILL
    programmable = situation.pump.model.programmable
    there = [one for one in wanted if programmable or not step(one).needs_programmer]
    if any(visit.record(one) is None and one not in left_out for one in there):
        return False
    if situation.talks.unknown or visit.leave is None:
        return False
    told = not situation.is_emptying and situation.by_telemetry
    return not (told and any(one.type in WRITTEN for one in situation.final_events()))


def _done_to_the_pump(situation: Situation) -> tuple[Event, ...]:
    done = happened(situation, situation.events)
    drawn = situation.running.visit.aspirate
    emptied = any(isinstance(one, Fill | Empty) for one in done)
    if drawn is None or emptied or "fill" in situation.running.sent:
        return done
    at = situation.running.written["aspirate"].replace(microsecond=0)
    last = situation.base.events[-1].time
    empty = Empty(time=max(at.astimezone(last.tzinfo), last), aspirated=drawn.volume)
    return tuple(sorted((*done, empty), key=lambda one: one.time))


def _doubt(situation: Situation, done: tuple[Event, ...]) -> Text | None:
    visit = situation.running.visit
    if situation.talks.unknown:
        return say("doubt-not-told")
    if any(isinstance(one, Fill) for one in done) and visit.program is None:
        return say("doubt-label-volume")
    if visit.purpose is Purpose.REFILL and any(isinstance(one, Empty) for one in done):
        return say("doubt-being-filled")
    return None
