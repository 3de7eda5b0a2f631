"""The log of a pump's alarms: when each began, when its cause ended, and which came too often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from thecal.device import fault_kind
from thecal.device.alarm_signals import repeat_rule
from thecal.program.clock import Instant
from thecal.pump.alarms import Alarm, AlarmKind
from thecal.pump.disturbance import stalls

if TYPE_CHECKING:
    from thecal.pump.state import PumpState


def raise_alarm(state: PumpState, kind: AlarmKind, time: Instant) -> None:
    """Log an alarm, and the alarm of repetition where the same one has begun too often."""
    state.alarms.append(Alarm(time, kind))
    if _repeats(state, kind, time):
        state.alarms.append(Alarm(time, AlarmKind.REPEATED, of=kind))


def sounds(state: PumpState, kind: AlarmKind) -> bool:
    """Return whether an alarm of the kind has begun and not ended."""
    return any(alarm.ended is None and alarm.kind is kind for alarm in state.alarms)


def end_alarms(state: PumpState) -> None:
    """Note the end of every alarm whose cause is over."""
    _end_where(state, lambda alarm: not _cause_stands(state, alarm))


def end_repeated(state: PumpState) -> None:
    """Note that somebody has read the pump, and so what came too often."""
    _end_where(state, lambda alarm: alarm.kind is AlarmKind.REPEATED)


def end_all(state: PumpState) -> None:
    """Note that the pump which sounded was taken out."""
    _end_where(state, lambda _: True)


def _end_where(state: PumpState, over: Callable[[Alarm], bool]) -> None:
    for index, alarm in enumerate(state.alarms):
        if alarm.ended is None and over(alarm):
            state.alarms[index] = replace(alarm, ended=state.now)


def _cause_stands(state: PumpState, alarm: Alarm) -> bool:
    match alarm.kind:
        case AlarmKind.LOW_RESERVOIR:
            return state.low_since is not None and alarm.time >= state.low_since
        case AlarmKind.EMPTY:
            filled = state.last_fill
            return state.counted_empty and (filled is None or alarm.time >= filled)
        case AlarmKind.STOPPED_TOO_LONG:
            return state.stopped_since is not None and state.stopped_alarm_raised
        case AlarmKind.OCCLUSION | AlarmKind.AIR_IN_LINE:
            # It stopped the pump; whoever starts it again has answered it.
            return state.stopped_since is not None
        case AlarmKind.MOTOR_STALL:
            return any(stalls(fault) and fault.start <= alarm.time for fault in state.faults)
        case AlarmKind.REPEATED:
            return True
        case AlarmKind.END_OF_SERVICE if state.dead:
            return True
        case AlarmKind.REPLACEMENT_INDICATOR if _battery_indicates(state):
            return True
        case _:
            return any(
                alarm.kind in fault_kind(fault.kind).alarms and fault.start <= alarm.time
                for fault in state.faults
            )


def _battery_indicates(state: PumpState) -> bool:
    return state.battery is not None and state.battery.indicated


def _repeats(state: PumpState, kind: AlarmKind, time: Instant) -> bool:
    """Whether this is the last of as many alarms of a kind as the rule allows.

    Those before it have ended: what goes on sounding is one alarm.
    """
    # Asked first, as a file with thousands of alarms is read in seconds only so.
    if any(alarm.of is kind and alarm.ended is None for alarm in state.alarms):
        return False
    rule = repeat_rule()
    since = time - rule.window.value.base
    begun = sum(alarm.kind is kind and alarm.time >= since for alarm in state.alarms)
    ended = sum(
        alarm.kind is kind and alarm.time >= since and alarm.ended is not None
        for alarm in state.alarms
    )
    return begun >= rule.count.value and ended == begun - 1
