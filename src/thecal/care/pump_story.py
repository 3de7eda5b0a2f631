"""The log of a served pump as therapy events: what happened by telemetry, in the one vocabulary."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from thecal.care.implanted_pump import implanted_pump
from thecal.errors import BadFileError
from thecal.link.device import state_hash
from thecal.link.journal import Entry
from thecal.link.messages import GiveBolus, SendOrder, read_request
from thecal.link.messages import SetClock as SetClockOrder
from thecal.link.pump_report import PumpReport
from thecal.link.visit_orders import FillOrder, PrimeOrder, ProgramOrder, hash_of
from thecal.program.clock import Instant
from thecal.program.program import InfusionProgram, Mode
from thecal.therapy.events import (
    Bolus,
    Event,
    Fill,
    Note,
    Press,
    Prime,
    Program,
    Resume,
    SetClock,
    Stop,
    Therapy,
)
from thecal.therapy.replay import Replay

_READ = "pump log read by telemetry up to entry {} ({})"
_READ_BEFORE = re.compile(r"pump log read by telemetry up to entry ([0-9]+) \(([0-9a-f]{64})\)")


def tell_story(therapy: Therapy, entries: tuple[Entry, ...], report: PumpReport) -> Therapy:
    """Return a therapy with what its pump did by telemetry since it was served.

    Parameters
    ----------
    therapy
        The file that the pump was served from, or what an earlier call returned.
    entries
        The pump's log, from its first entry or from the first that `therapy` lacks.
    report
        How the pump stood when the log was read.

    Raises
    ------
    BadFileError
        If log and file are not of one story: another pump, entries that were dropped, events that
        the pump never had, or a replay that does not stand as the pump stands.
    """
    serial = implanted_pump(therapy).serial
    if report.serial != serial:
        raise BadFileError(
            f"the file is about pump {serial}, this is {report.serial}",
            remedy="take the file of this patient",
            place="pump: serial",
        )
    before, last = _beginning(therapy, entries)
    told = tuple(
        event
        for entry in entries
        if entry.number > last and (event := event_of(entry, therapy)) is not None
    )
    end = max(entries, key=lambda entry: entry.number)
    read = Note(time=therapy.moment(report.time), text=_READ.format(end.number, end.hash()))
    story = replace(therapy, events=(*before, *told, read))
    _compare(story, report)
    return story


def _beginning(therapy: Therapy, entries: tuple[Entry, ...]) -> tuple[tuple[Event, ...], int]:
    """Return the events that are told already, and the last entry that they tell."""
    for index in range(len(therapy.events) - 1, -1, -1):
        event = therapy.events[index]
        found = _READ_BEFORE.fullmatch(event.text) if isinstance(event, Note) else None
        if found is not None:
            number = int(found[1])
            _check_follows(entries, number, found[2])
            return therapy.events[: index + 1], number
    first = entries[0] if entries else None
    if first is None or first.number != 1:
        raise BadFileError(
            "the log's beginning is no longer in the pump",
            remedy="take the file that an earlier `thecal pump log --therapy` wrote",
        )
    return _events_before(therapy, first), 1


def _check_follows(entries: tuple[Entry, ...], number: int, known: str) -> None:
    """Check that the log goes on where the file says it was read to."""
    for entry in entries:
        if entry.number == number and entry.hash() == known:
            return
        if entry.number == number + 1 and entry.previous == known:
            return
    raise BadFileError(
        f"the log does not go on from entry {number} as the file knows it",
        why="entries were dropped, or this is the log of another pump",
        remedy="take the newest file that `thecal pump log --therapy` wrote of this pump",
    )


def _events_before(therapy: Therapy, first: Entry) -> tuple[Event, ...]:
    """Return the events from which the pump was put in service; the log has its state's hash."""
    replay = Replay(therapy)
    for index, event in enumerate(therapy.events):
        if therapy.instant(event.time) > first.time:
            break
        replay.apply(index)
        if replay.pump.state.now == first.time and state_hash(replay.pump.state) == first.detail:
            return therapy.events[: index + 1]
    raise BadFileError(
        "no beginning of the file leaves the pump as it was when it was put in service",
        remedy="take the file that the pump was served from",
    )


def event_of(entry: Entry, therapy: Therapy) -> Event | None:
    """Return what an entry of the log is for a therapy; None: nothing that flows."""
    make = _EVENTS.get(entry.kind)
    return None if make is None else make(entry, therapy.moment(entry.time))


def _committed(entry: Entry, time: datetime) -> Event:
    request = read_request(entry.order.encode("ascii"))
    assert isinstance(request, SendOrder)
    order = request.ordered
    match order:
        case ProgramOrder():
            return Program(time=time, program=order.program)
        case FillOrder():
            return Fill(
                time=time,
                volume=order.volume,
                mixture=order.mixture,
                programmed_volume=order.programmed_volume,
                aspirated=order.aspirated,
            )
        case PrimeOrder():
            return Prime(time=time, kind=order.kind, volume=order.volume)


def _bolus(entry: Entry, time: datetime) -> Event:
    request = read_request(entry.order.encode("ascii"))
    assert isinstance(request, GiveBolus)
    return Bolus(time=time, dose=request.dose, duration=request.duration)


def _clock_reason(entry: Entry) -> str:
    request = read_request(entry.order.encode("ascii"))
    assert isinstance(request, SetClockOrder)
    return request.reason


def _lowest(entry: Entry, time: datetime) -> Event:
    return Program(
        time=time, program=InfusionProgram(Mode.MINIMUM_RATE), reason=entry.detail or None
    )


_EVENTS: Mapping[str, Callable[[Entry, datetime], Event]] = {
    "commit": _committed,
    "bolus": _bolus,
    "press": lambda _, time: Press(time=time),
    "stop": lambda entry, time: Stop(time=time, reason=entry.detail or None),
    "minimum-rate": _lowest,
    "set-clock": lambda entry, time: SetClock(time=time, reason=_clock_reason(entry)),
    "resume": lambda _, time: Resume(time=time),
}


def _compare(story: Therapy, report: PumpReport) -> None:
    """Check that the story's replay stands exactly as the pump said it stands."""
    replay = Replay(story)
    for index in range(len(story.events)):
        replay.apply(index)
    state = replay.pump.state
    written = state.pending[0] if state.pending is not None else state.program
    told: tuple[tuple[str, object, object], ...] = (
        ("clock", state.now, _exact(story, report.time)),
        ("filling", (state.fills, state.solution.written), (report.fills, report.solution)),
        ("counted volume", state.computed, report.reservoir.base),
        ("program", hash_of(written), report.running_hash),
        ("activity", state.activity, report.activity),
    )
    for what, one, other in told:
        if one != other:
            raise BadFileError(
                f"the replay of file and log ends with another {what} than the pump has",
                why="the file has events that the pump never had, or lacks some of before",
                remedy="take the file that the pump was served from",
            )


def _exact(story: Therapy, instant: Instant) -> Instant:
    """Return an instant as a calendar time holds it."""
    return story.instant(story.moment(instant))
