"""How faults begin, what they make the pump do by itself, and how they end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.device import FaultKind
from thecal.errors import DataError, PumpRefusalError
from thecal.program.clock import Instant, start_of_week
from thecal.program.delivery import Purpose
from thecal.program.holes import push_through
from thecal.pump.alarm_log import end_alarms, raise_alarm
from thecal.pump.alarms import AlarmKind
from thecal.pump.battery import end_service
from thecal.pump.disturbance import ActiveFault, hole_distance_fits, stalls, steps_gone
from thecal.pump.fault_settings import FaultSettings, completed
from thecal.pump.line_watch import held_back
from thecal.units import Duration, Volume

if TYPE_CHECKING:
    from thecal.pump.flow import Flow

ENDED_BY_PROGRAM = frozenset({"low-battery-reset", "memory-bit-flip", "incomplete-update"})
_BATTERY = frozenset({"battery-film", "premature-replacement-indicator"})
_LASTS = frozenset({"gear-wear", "propellant-loss", *_BATTERY})
"""Kinds whose duration says how long they take, not when they are over."""


def fault_for(flow: Flow, kind: FaultKind, settings: FaultSettings, source: int) -> ActiveFault:
    """Return the fault that begins now, its settings completed from the table.

    Raises
    ------
    PumpRefusalError
        If the fault cannot befall this pump, or a figure does not fit it.
    """
    state, setup = flow.state, flow.setup
    if state.removed:
        raise PumpRefusalError("the pump has been explanted")
    if setup.kind is not None and setup.kind not in kind.pumps:
        raise PumpRefusalError(f"the fault {kind.id} cannot befall a {setup.kind} pump")
    settings = completed(kind, settings)
    if not hole_distance_fits(settings, setup):
        raise PumpRefusalError("the distance lies beyond the catheter, or its lumen is not known")
    if kind.id == "clock-reset" and settings.pump_clock is None:
        settings = replace(settings, pump_clock=start_of_week(state.now))
    if kind.id == "wrong-tubing-constant" and settings.volume is None:
        raise PumpRefusalError("no wrong tubing volume is on record for this pump: give volume")
    ends = settings.duration is not None and kind.id not in _LASTS
    end = state.now + settings.duration.base if ends and settings.duration is not None else None
    fault = ActiveFault(kind.id, source, state.now, end, settings, counted=state.computed)
    return replace(fault, alarms=_alarms_of(fault, kind))


def begin(flow: Flow, fault: ActiveFault) -> None:
    """Let a fault begin."""
    flow.state.faults = (*flow.state.faults, fault)
    settle(flow)


def end(flow: Flow, faults: Iterable[ActiveFault], *, in_place: bool = True) -> None:
    """Let faults be over, and what an occlusion held back go.

    Where the part was taken out and not mended `in_place`, nothing of that reaches the tip.
    """
    over = tuple(faults)
    if not over:
        return
    state = flow.state
    state.faults = tuple(fault for fault in state.faults if fault not in over)
    end_alarms(state)
    flow.disturb()
    # One line holds one volume under pressure, however many faults block it.
    held = max(held_back(flow, fault) for fault in over)
    if in_place and held:
        push_at_once(flow, held)


def set_clock(flow: Flow) -> None:
    """Let the pump's clock show the right time from now on; a drift begins anew.

    Lockouts, counts and boluses run by elapsed time and notice nothing.
    """
    state = flow.state
    state.faults = tuple(
        _drifting_from(fault, state.now) if fault.kind == "clock-drift" else fault
        for fault in state.faults
        if fault.kind != "clock-reset"
    )
    flow.disturb()
    flow.note_background()


def _drifting_from(fault: ActiveFault, now: Instant) -> ActiveFault:
    left = None if fault.end is None else Duration(fault.end - now)
    return replace(fault, start=now, settings=replace(fault.settings, duration=left))


def settle(flow: Flow) -> None:
    """Act on what has come due: alarms, the end of service, the end of a fault."""
    state = flow.state
    due = [one for fault in state.faults for one in fault.alarms if one[0] <= state.now]
    if due:
        state.faults = tuple(
            replace(fault, alarms=tuple(one for one in fault.alarms if one[0] > state.now))
            for fault in state.faults
        )
    for time, kind in sorted(due):
        if kind is AlarmKind.END_OF_SERVICE:
            end_service(flow, time)
        else:
            raise_alarm(state, kind, time)
    state.surroundings = tuple(one for one in state.surroundings if one.end > state.now)
    offset = state.clock_offset
    over = [one for one in state.faults if one.end is not None and one.end <= state.now]
    if over:
        end(flow, over)
    else:
        flow.disturb()
    if state.clock_offset != offset and _limits_the_dose_of_a_day(flow):
        flow.note_background()


def push_at_once(flow: Flow, volume: Volume) -> None:
    """Let a fault push a volume out of the reservoir through the line in no time."""
    state = flow.state
    disturbance = state.disturbance
    passed = Fraction(1) if disturbance is None else disturbance.passed
    holes = () if disturbance is None else disturbance.holes
    usable = max(Fraction(0), state.physical - flow.setup.residual.base)
    moved = Volume(min(volume.base * passed, usable))
    if not moved:
        return
    state.line, out, lost = push_through(state.line, moved, state.solution, holes)
    flow.deliver_at_once(out, Purpose.FAULT)
    state.account.lose_parcels(lost)
    state.physical -= moved.base
    state.count_runs_on = True
    flow.raise_reservoir_alarms()


def move_marks(flow: Flow, by: Fraction) -> None:
    """Keep what occlusions and battery have counted right when a fill sets the count anew."""
    state = flow.state
    if state.battery is not None and state.battery.level is not None:
        state.battery = replace(state.battery, level=state.battery.level - by)
    state.faults = tuple(replace(fault, counted=fault.counted + by) for fault in state.faults)


def _alarms_of(fault: ActiveFault, kind: FaultKind) -> tuple[tuple[Instant, AlarmKind], ...]:
    settings = fault.settings
    if kind.id in _BATTERY:
        alarms = [(fault.start, AlarmKind.REPLACEMENT_INDICATOR)]
        if settings.duration is not None:
            alarms.append((fault.start + settings.duration.base, AlarmKind.END_OF_SERVICE))
        return tuple(alarms)
    if not stalls(fault):
        return ()
    if kind.detected_after is None:
        raise DataError(f"faults.csv has no detected-after of {kind.id}", remedy="restore the row")
    stands = fault.start
    if kind.id == "gear-wear":
        _, total, step = steps_gone(fault, fault.start)
        stands += total * step
    sounds = stands + kind.detected_after.value.base
    return (
        () if fault.end is not None and fault.end <= sounds else ((sounds, AlarmKind.MOTOR_STALL),)
    )


def _limits_the_dose_of_a_day(flow: Flow) -> bool:
    written = flow.state.program
    bolus = None if written is None else written.program.patient_bolus
    return bolus is not None and bolus.max_dose_per_day is not None
