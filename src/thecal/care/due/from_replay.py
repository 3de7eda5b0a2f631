"""What the replay of a record knows: dates of reservoir and battery, alarms, scans, standing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from fractions import Fraction

from thecal.care.due.knowledge import (
    EMPTIED,
    MINIMUM_RATE,
    STOPPED,
    HeardAlarm,
    Knowledge,
    Reading,
    Scan,
    Standing,
    Task,
)
from thecal.care.spans import span
from thecal.pharmacy import restart_rule
from thecal.program.clock import Instant
from thecal.program.program import Mode
from thecal.pump.alarms import Alarm, AlarmKind, Priority, most_urgent_first
from thecal.pump.scan import STALL
from thecal.pump.state import Activity
from thecal.safety.scan import CONTINUES, behaviour_in_scanner
from thecal.therapy.events import Empty, Event, Interrogate, Mri, Program, Stop, Therapy
from thecal.therapy.simulation import Simulation

_STANDS = frozenset({AlarmKind.MOTOR_STALL, AlarmKind.STOPPED_TOO_LONG, AlarmKind.END_OF_SERVICE})
_STANDING_MODES = (Mode.STOPPED, Mode.MINIMUM_RATE)


def knowledge_of(
    done: Simulation, acknowledged: frozenset[tuple[str, datetime]] = frozenset()
) -> Knowledge:
    """Return what a replay knows of its patient at its end.

    Tasks of the clinic, watches, drafts and orders are the clinic's: add them with
    `dataclasses.replace`.

    Parameters
    ----------
    done
        Its end is the time of the list.
    acknowledged
        Kind and time of the alarms that somebody has read.
    """
    if done.activity is Activity.REMOVED:
        return Knowledge(closed=True)
    known = Knowledge(
        drugs=tuple(done.reservoir_written),
        last_fill=_moment(done, done.last_fill),
        low_reservoir=_moment(done, done.outlook.low_reservoir),
        low_reservoir_all_boluses=_moment(done, done.outlook.low_reservoir_all_boluses),
        # Whoever emptied it knows that it is empty: what is due is to decide, as after a stop.
        empty=None if done.emptied else _moment(done, done.outlook.empty),
        next_visit=done.therapy.next_visit,
        alarms=tuple(_heard(done, one, acknowledged) for one in most_urgent_first(done.alarms)),
        scans=tuple(_scans(done)),
        standing=_standing(done),
        replacement_indicator=_moment(done, done.battery.indicator),
        end_of_service=_moment(done, done.battery.end),
        plan_replacement_from=_moment(done, done.battery.plan_from),
        replacement_decided_by=done.battery.decided_by,
        tasks=tuple(_care(done)),
    )
    by = done.outlook.refill_by
    if by is None:
        return known
    return replace(known, refill_by=_moment(done, by.instant), refill_reason=by.decided_by)


def _moment(done: Simulation, instant: Instant | None) -> datetime | None:
    return None if instant is None else done.therapy.moment(instant)


def _past(done: Simulation) -> Iterator[Event]:
    """Yield the events that the replay has followed."""
    therapy: Therapy = done.therapy
    return (one for one in therapy.events if therapy.instant(one.time) <= done.end)


def _heard(
    done: Simulation, alarm: Alarm, acknowledged: frozenset[tuple[str, datetime]]
) -> HeardAlarm:
    since = done.therapy.moment(alarm.time)
    return HeardAlarm(
        kind=alarm.kind.value,
        since=since,
        critical=alarm.priority is Priority.CRITICAL,
        sounding=alarm.ended is None,
        acknowledged=(alarm.kind.value, since) in acknowledged,
    )


def _scans(done: Simulation) -> Iterator[Scan]:
    """Yield every scan that stops or may stop this pump; one that goes on asks for no reading."""
    if behaviour_in_scanner(done.model) == CONTINUES:
        return
    past = tuple(_past(done))
    for number, event in enumerate(past):
        if isinstance(event, Mri):
            ended = event.time + span(event.duration)
            if done.therapy.instant(ended) > done.end:
                continue
            later = (one for one in past[number:] if isinstance(one, Interrogate))
            readings = (Reading(one.time, _shows_running(done, number, one.time)) for one in later)
            yield Scan(ended, tuple(one for one in readings if one.time >= ended))


def _shows_running(done: Simulation, scan: int, moment: datetime) -> bool:
    """Whether a reading says that the pump runs: the log shows a recovery at the second alone."""
    at = done.therapy.instant(moment)
    if any(
        one.kind in _STANDS and one.time <= at and (one.ended is None or one.ended > at)
        for one in done.alarms
    ):
        return False
    stalls = [one for one in done.faults if one.event == scan and one.kind == STALL]
    return all(one.recovery_seen is not None and one.recovery_seen <= at for one in stalls)


def _standing(done: Simulation) -> Standing | None:
    how = _how_it_stands(done)
    if how is None:
        return None
    hazards = [one for one in done.reservoir_written if restart_rule(one).stop_is_hazard]
    hazard = "; ".join(f"{one}: {restart_rule(one).abrupt_stop.value}" for one in hazards)
    event = _last_order(done)
    if event is None:
        return Standing(how, done.therapy.moment(done.last_fill or Fraction(0)), None, hazard)
    return Standing(how, event.time, event.reason, hazard)


def _how_it_stands(done: Simulation) -> str | None:
    if done.last_fill is None:
        return None
    if done.emptied:
        return EMPTIED
    if done.activity is Activity.STOPPED:
        return STOPPED
    mode = None if done.program is None else done.program.program.mode
    return MINIMUM_RATE if mode is Mode.MINIMUM_RATE else None


def _last_order(done: Simulation) -> Stop | Program | Empty | None:
    """Return the order since which the pump stands; None: it was filled and never programmed."""
    found: Stop | Program | Empty | None = None
    for event in _past(done):
        if isinstance(event, Program):
            found = event if event.program.mode in _STANDING_MODES else None
        elif isinstance(event, Stop):
            found = event
    if not done.emptied or done.activity is Activity.STOPPED:
        return found
    return [one for one in _past(done) if isinstance(one, Empty)][-1]


def _care(done: Simulation) -> Iterator[Task]:
    """Yield what the line of an external pump needs next."""
    for one in () if done.care is None else done.care.dates:
        if one.done is None:
            yield Task(f"care {one.task}", one.name, one.due)
