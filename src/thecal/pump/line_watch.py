"""What an external pump watches in its line: the pressure of an occlusion, and air.

Both come down to volumes that the pump counts: so much against a blocked line, or so much air drawn
from an empty bag, and it sounds and stops. No implanted pump of the catalogue watches either.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.program.setup import PumpSetup
from thecal.pump.alarm_log import raise_alarm
from thecal.pump.alarms import AlarmKind
from thecal.pump.disturbance import ActiveFault
from thecal.pump.state import PumpState
from thecal.units import Volume

if TYPE_CHECKING:
    from thecal.pump.flow import Flow

_BLOCKING = frozenset({"catheter-occlusion", "catheter-kink"})


def next_edge(state: PumpState, setup: PumpSetup) -> Fraction | None:
    """Return the next count at which the pump would sound and stop; None where nothing nears."""
    ahead = [edge for edge, _ in _edges(state, setup) if edge < state.computed]
    return max(ahead, default=None)


def sound(flow: Flow) -> None:
    """Sound and stop where pressure or air has come to its limit while the pump pumps.

    A set that is purged into the open is not in the detector, and nothing presses against it.
    """
    state = flow.state
    purging = state.prime is not None and state.prime.into_the_open
    stands = state.prime is None and (state.stopped_since is not None or state.program is None)
    if purging or stands:
        return
    reached = {kind for edge, kind in _edges(state, flow.setup) if state.computed <= edge}
    if not reached:
        return
    for kind in sorted(reached):
        raise_alarm(state, kind, state.now)
    flow.halt()


def held_back(flow: Flow, fault: ActiveFault) -> Volume:
    """Return what waits under pressure behind a blockage, to be let go when it opens."""
    counted = max(Fraction(0), fault.counted - flow.state.computed)
    own, watched = fault.settings.volume, flow.setup.occlusion_volume
    if fault.kind == "catheter-occlusion" and own is not None:
        return Volume(min(own.base, counted))
    if fault.kind not in _BLOCKING or watched is None:
        return Volume.zero()
    return Volume(min(watched.base, counted * _blocked_part(fault)))


def relieve(flow: Flow) -> None:
    """Let the pressure go because the line was opened outside the body."""
    state = flow.state
    state.faults = tuple(
        replace(fault, counted=state.computed) if fault.kind in _BLOCKING else fault
        for fault in state.faults
    )


def leave_out(state: PumpState, counted: Fraction) -> None:
    """Let microlitres that were counted while the set was purged press against nothing."""
    state.faults = tuple(
        replace(fault, counted=fault.counted - counted) if fault.kind in _BLOCKING else fault
        for fault in state.faults
    )


def _edges(state: PumpState, setup: PumpSetup) -> list[tuple[Fraction, AlarmKind]]:
    found: list[tuple[Fraction, AlarmKind]] = []
    pressed, air = setup.occlusion_volume, setup.air_volume
    if pressed is not None:
        for fault in state.faults:
            part = _blocked_part(fault) if fault.kind in _BLOCKING else None
            if part:
                found.append((fault.counted - pressed.base / part, AlarmKind.OCCLUSION))
    if air is not None and state.dry and state.dry_at_count is not None:
        edge = state.dry_at_count - air.base
        # At the end of its count the pump has sounded empty and draws no more.
        if edge >= state.dry_at_computed:
            found.append((edge, AlarmKind.AIR_IN_LINE))
    return found


def _blocked_part(fault: ActiveFault) -> Fraction:
    """Return the part of what is pumped that a blockage holds back."""
    factor = fault.settings.factor
    if fault.kind == "catheter-occlusion" or factor is None:
        return Fraction(1)
    return 1 - factor
