"""Giving a pump a fault: those that last, those that are over at once, and what the pump does."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.device import FaultKind, fault_kind
from thecal.errors import PumpRefusalError
from thecal.pharmacy import DRUG_FREE, safe_state
from thecal.program.holes import Place
from thecal.program.line import Solution
from thecal.program.program import InfusionProgram, Mode
from thecal.pump.alarm_log import raise_alarm
from thecal.pump.alarms import AlarmKind
from thecal.pump.fault_course import ENDED_BY_PROGRAM, begin, fault_for
from thecal.pump.fault_settings import FaultSettings
from thecal.units import Volume

if TYPE_CHECKING:
    from thecal.pump.flow import Flow
    from thecal.pump.pump import Pump

_OWN_ALARMS = {
    "memory-bit-flip": AlarmKind.MEMORY_ERROR,
    "low-battery-reset": AlarmKind.LOW_BATTERY_RESET,
}


def give_fault(pump: Pump, flow: Flow, id: str, settings: FaultSettings, source: int) -> None:
    """Let a fault of pump or catheter happen now.

    Raises
    ------
    PumpRefusalError
        If it cannot befall this pump, belongs to a fill, or a figure does not fit it.
    """
    fault = fault_for(flow, _kind_of(id), settings, source)
    if id == "diversion":
        _draw_off(flow, fault.settings)
        return
    if id in ENDED_BY_PROGRAM:
        if not flow.state.fills or flow.state.dead:
            raise PumpRefusalError("nothing runs that this fault could end")
        _fall_back(pump, flow, id)
    begin(flow, fault)


def _kind_of(id: str) -> FaultKind:
    kind = fault_kind(id)
    if kind.part == "fill":
        raise PumpRefusalError(f"the fault {id} goes wrong at a fill: give it to the fill")
    return kind


def _fall_back(pump: Pump, flow: Flow, id: str) -> None:
    """Let the pump do by itself what it does when it may no longer trust its program.

    A reset falls back to the minimum rate (devices.md 1.1), a checksum that fails to the safe state
    of the drugs; a pump without such a rate stops, and one that stands stays as it is.
    """
    state, least = flow.state, flow.setup.grid.minimum_rate
    slow = id == "low-battery-reset" or safe_state(state.solution.written) == "minimum-rate"
    if id != "incomplete-update" and slow and least is not None and state.stopped_since is None:
        state.prime = state.pending = None
        pump.write(InfusionProgram(Mode.MINIMUM_RATE))
    else:
        flow.halt()
    if id in _OWN_ALARMS:
        raise_alarm(state, _OWN_ALARMS[id], state.now)


def _draw_off(flow: Flow, settings: FaultSettings) -> None:
    """Let somebody draw from the reservoir, and perhaps make it up with drug-free fluid."""
    state = flow.state
    assert settings.volume is not None
    there = max(Fraction(0), state.physical - flow.setup.residual.base)
    drawn = min(settings.volume.base, there)
    if not drawn:
        return
    state.account.lose(Place.DIVERTED, drawn, state.solution.actual)
    if settings.replaced:
        kept = Volume(state.physical - drawn)
        actual = state.solution.actual.blended(kept, DRUG_FREE, Volume(drawn))
        state.solution = Solution(actual, state.solution.written)
        return
    state.physical -= drawn
    state.count_runs_on = True
    flow.raise_reservoir_alarms()
