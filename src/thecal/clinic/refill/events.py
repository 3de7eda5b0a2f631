"""What a visit is for the therapy: its fill, prime, program and scores as events of the record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from thecal.care.visit import Purpose
from thecal.clinic.refill.entries import Running
from thecal.pharmacy import Mixture
from thecal.program.clock import Instant
from thecal.program.prime_bridge import PrimeKind
from thecal.program.program import InfusionProgram
from thecal.record.fold import read_event
from thecal.safety.finding import Finding
from thecal.therapy.events import (
    Empty,
    Event,
    Fill,
    Interrogate,
    Observe,
    Override,
    Prime,
    Program,
    Therapy,
)
from thecal.therapy.review import review_events
from thecal.therapy.simulation import simulate

_ASKED_BY_THE_VISIT = frozenset(
    {
        *("K1", "K2", "K6", "K9", "K11", "K13", "K15", "K16", "K17", "K18", "K20", "K22", "K23"),
        *("K28", "K29", "K30", "K34", "K35", "K36", "R03"),
    }
)
"""Checks of the review that the visit makes itself, with what it knows besides."""


def program_event(running: Running, therapy: Therapy, time: datetime) -> Program | None:
    """Return the program that was decided; None where the one in force goes on."""
    if running.program is None:
        return None
    event = read_event({**running.program, "time": time.isoformat()}, therapy)
    assert isinstance(event, Program)
    return event


def ordered(
    program: InfusionProgram | None, running: Running, therapy: Therapy
) -> InfusionProgram | None:
    """Return the program that shall run after the visit: the decided one, else the one in force."""
    decided = program_event(running, therapy, running.begun.written)
    return program if decided is None else decided.program


def draft_events(
    running: Running, therapy: Therapy, now: datetime, overrides: Sequence[Override] = ()
) -> tuple[Event, ...]:
    """Return what the visit is for the therapy as far as it is recorded, in order of time.

    Parameters
    ----------
    now
        The time of what is planned and has not happened yet.
    overrides
        Answers to soft findings; each event of an order carries all of them.
    """
    found = sorted(_events(running, therapy, now), key=lambda one: one.time)
    last = therapy.events[-1].time
    return tuple(
        replace(
            one,
            time=max(one.time.astimezone(last.tzinfo), last),
            override=tuple(overrides) if isinstance(one, Fill | Prime | Program) else (),
        )
        for one in found
    )


def _events(running: Running, therapy: Therapy, now: datetime) -> Iterator[Event]:
    visit, written = running.visit, running.written
    reading = visit.interrogate
    if reading is not None and "command" not in running.beside.get("interrogate", {}):
        yield Interrogate(
            time=reading.read_at,
            serial=None if visit.identify is None else visit.identify.serial,
            pump_clock=reading.pump_clock,
            programmer_clock=reading.programmer_clock,
        )
    score = running.beside.get("complaints", {}).get("score")
    if score is not None:
        yield Observe(
            time=_whole(written["complaints"]), scale=score["scale"], value=int(score["value"])
        )
    if visit.purpose is Purpose.EMPTYING:
        if visit.aspirate is not None:
            yield Empty(
                time=_whole(written["aspirate"]),
                aspirated=visit.aspirate.volume,
                reason=running.beside.get("aspirate", {}).get("reason"),
            )
    elif visit.verify is not None:
        if "fill" not in running.sent:
            yield _fill(running, _whole(written.get("fill", now)))
        prime = running.beside.get("decide", {}).get("prime")
        if prime and "prime" not in running.sent:
            yield Prime(time=_whole(written.get("fill", now)), kind=PrimeKind(prime))
    program = program_event(running, therapy, _whole(written.get("program", now)))
    if program is not None and "program" not in running.sent:
        yield program


def _fill(running: Running, time: datetime) -> Fill:
    visit = running.visit
    label, entered = visit.verify, visit.program
    assert label is not None
    volume = label.volume if entered is None else entered.first
    typed = None if entered is None else entered.programmed_volume
    return Fill(
        time=time,
        volume=volume,
        mixture=label.label,
        programmed_volume=None if typed == volume else typed,
        aspirated=None if visit.aspirate is None else visit.aspirate.volume,
        order=label.order,
        label=label.label,
        lot=label.lot,
        beyond_use=label.beyond_use,
        confirmed_by=() if visit.access is None else visit.access.confirmed_by,
    )


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def overrides_of(findings: Sequence[Finding]) -> tuple[Override, ...]:
    """Return the answers that findings carry as answers of the therapy's events."""
    found = {
        one.check: Override(one.check, one.answer.reason, one.answer.by)
        for one in findings
        if one.answer is not None
    }
    return tuple(found.values())


def reviewed(therapy: Therapy, events: Sequence[Event]) -> tuple[Finding, ...]:
    """Return what the review says of a visit's events, but for what the visit checks itself."""
    if not events:
        return ()
    first = len(therapy.events)
    findings, _ = review_events(replace(therapy, events=(*therapy.events, *events)))
    return tuple(
        replace(one, event=None)
        for one in findings
        if one.event is not None and one.event >= first and one.check not in _ASKED_BY_THE_VISIT
    )


def refill_by(therapy: Therapy, last_fill: Instant | None) -> tuple[datetime, str] | None:
    """Return the latest time of the next refill with a visit's events, and what decides it.

    Parameters
    ----------
    last_fill
        The fill before the visit: where there is no later one, nothing is told.
    """
    after = simulate(therapy, length_needed=False)
    by = after.outlook.refill_by
    if by is None or after.last_fill == last_fill:
        return None
    return therapy.moment(by.instant), by.decided_by


def solution_after(running: Running, before: Mixture | None) -> Mixture:
    """Return the solution that the pump is told: the label's, else the one it was told before."""
    if running.visit.verify is not None and running.visit.purpose is Purpose.REFILL:
        return running.visit.verify.label
    return before or Mixture(())
