"""What the last reading of the pump in the record tells of telemetry and clock.

A reading counts while it is the last word on the pump: nothing was filled, programmed, stopped,
scanned or exchanged after it, and its serial number is that of the pump that was in. The alarms are
those that the replayed pump shows at that moment: by its own count, and by faults that the record
names as a bench would show them. That no alarm is replayed is no finding: the record cannot know
what a real pump noticed, so `telemetry = "ok"` is for the one who reads it to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain

from thecal.care.troubleshoot_table import quantity
from thecal.device import fault_kind, pump_model
from thecal.errors import ThecalError
from thecal.program.clock import Instant
from thecal.pump.alarms import PRIORITIES, AlarmKind, Priority
from thecal.pump.scan import STALL
from thecal.pump.state import Activity
from thecal.therapy.bedside import finding_kinds
from thecal.therapy.events import (
    Empty,
    Explant,
    Fill,
    Interrogate,
    Mri,
    Prime,
    Program,
    Replace,
    Resume,
    Stop,
    Therapy,
)
from thecal.therapy.fault_log import FaultRecord
from thecal.therapy.replay import Replay
from thecal.units import Duration

SETTINGS, TELEMETRY = "settings", "telemetry"
_OVERTAKES = (Fill, Empty, Program, Prime, Stop, Resume, Mri, Replace, Explant)
_OF_RESERVOIR = (AlarmKind.EMPTY, AlarmKind.LOW_RESERVOIR)
_OF_BATTERY = (AlarmKind.REPLACEMENT_INDICATOR, AlarmKind.END_OF_SERVICE)
_WORDS = {AlarmKind.MOTOR_STALL: "stall", AlarmKind.STOPPED_TOO_LONG: "stopped"}


def read_pump(therapy: Therapy, found: dict[str, tuple[str, str]], notes: list[str]) -> None:
    """Add to `found` what the last reading tells, and to `notes` what was not taken from it.

    Parameters
    ----------
    found
        Finding to outcome and origin; a finding that is there stays.
    """
    number = _last_reading(therapy)
    if number is None:
        return
    why = _why_not_taken(therapy, number)
    if why:
        notes.append(f"the reading of event {number} is not taken: {why}")
        return
    try:
        replay = Replay(therapy)
        for earlier in range(number + 1):
            replay.apply(earlier)
    except ThecalError as error:
        notes.append(f"the reading of event {number} cannot be replayed: {error.what}")
        return
    for finding, outcome, origin in chain(
        _clock(therapy, number, replay, notes), _telemetry(therapy, number, replay)
    ):
        if found.setdefault(finding, (outcome, origin))[0] != outcome:
            notes.append(f"{finding}: also {outcome}, {origin}")


def _last_reading(therapy: Therapy) -> int | None:
    readings = [n for n, one in enumerate(therapy.events) if isinstance(one, Interrogate)]
    return readings[-1] if readings else None


def _why_not_taken(therapy: Therapy, number: int) -> str:
    event = therapy.events[number]
    pump = therapy.pump
    for earlier in therapy.events[:number]:
        pump = earlier.pump if isinstance(earlier, Replace) else pump
    if not finding_kinds()[TELEMETRY].holds_for(pump_model(pump.model).kind):
        return f"{pump.model} has no telemetry"
    if isinstance(event, Interrogate) and event.serial not in (None, pump.serial):
        return (
            f"the pump that was read is {event.serial}, the record says {pump.serial}:"
            " wrong patient or wrong record"
        )
    for later, one in enumerate(therapy.events[number + 1 :], start=number + 1):
        if isinstance(one, _OVERTAKES):
            return f"event {later} ({one.type}) came after it"
    return ""


def _clock(
    therapy: Therapy, number: int, replay: Replay, notes: list[str]
) -> Iterator[tuple[str, str, str]]:
    event = therapy.events[number]
    if not isinstance(event, Interrogate):
        return
    now = therapy.instant(event.time)
    off: Fraction = replay.pump.state.clock_offset
    if event.pump_clock is not None:
        off = therapy.instant(event.pump_clock) - now
    least = quantity("clock-off", Duration).base
    if abs(off) < least:
        return
    minutes = round(abs(off) / 60)
    if event.programmer_clock is not None:
        beside = therapy.instant(event.programmer_clock) - now
        if abs(off - beside) < least:
            notes.append(
                f"{SETTINGS}: pump and programmer of event {number} are both {minutes} min off the"
                " time of the record; the record's time or both clocks are wrong, not taken"
            )
            return
    yield SETTINGS, "clock-off", f"event {number}, the pump's clock is {minutes} min off"


def _telemetry(therapy: Therapy, number: int, replay: Replay) -> Iterator[tuple[str, str, str]]:
    """Yield what a programmer would show, what keeps drug from flowing first."""
    fills = [one.time for one in therapy.events[:number] if isinstance(one, Fill)]
    since = therapy.instant(fills[-1]) if fills else Instant(0)
    outcomes = finding_kinds()[TELEMETRY].outcomes
    shown = list(_alarms(replay, since))
    for kind in sorted(shown, key=lambda one: PRIORITIES[one] is not Priority.CRITICAL):
        word = _WORDS.get(kind, kind.value)
        if kind is AlarmKind.MOTOR_STALL and not _stands(replay):
            word = "stall-recovered"
        if word in outcomes:
            yield TELEMETRY, word, f"event {number}, as the replayed pump shows"


def _alarms(replay: Replay, since: Instant) -> Iterator[AlarmKind]:
    """Yield each kind of alarm that still says something: a thing that was mended says nothing."""
    state = replay.pump.state
    standing = {name for one in replay.faults.records if one.active for name in _kinds(one)}
    for kind in dict.fromkeys(one.kind for one in state.alarms if one.time >= since):
        if kind is AlarmKind.MOTOR_STALL or kind in _OF_RESERVOIR or kind.value in standing:
            yield kind
    # A battery that use has spent is no fault, and no fill ends its alarm.
    for one in state.alarms:
        if one.kind in _OF_BATTERY and one.ended is None:
            yield one.kind
    if state.activity is Activity.STOPPED and not standing & {AlarmKind.STOPPED_TOO_LONG.value}:
        yield AlarmKind.STOPPED_TOO_LONG


def _stands(replay: Replay) -> bool:
    """Whether a stall is there, or its end not yet seen: that takes a second reading."""
    return any(
        one.active or (one.kind == STALL and one.recovery_seen is None)
        for one in replay.faults.records
        if AlarmKind.MOTOR_STALL.value in _kinds(one)
    )


def _kinds(record: FaultRecord) -> tuple[str, ...]:
    return fault_kind(record.kind).alarms
