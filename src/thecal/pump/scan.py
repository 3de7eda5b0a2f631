"""What a scanner's field does to a pump: each model its own (facts devices.md 1.1, 1.4, 1.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from thecal.device import fault_kind
from thecal.errors import PumpRefusalError
from thecal.program.clock import LATEST
from thecal.pump.fault_course import begin, fault_for, push_at_once
from thecal.pump.fault_settings import FaultSettings
from thecal.units import Duration, Volume

if TYPE_CHECKING:
    from thecal.pump.flow import Flow
    from thecal.pump.pump import Pump

STALL = "motor-stall-recovering"
STALLS, DUMPS, SHUTS, CONTINUES = "stalls", "dumps", "shuts", "continues"


@final
@dataclass(frozen=True, slots=True)
class Scan:
    """What a record says of one exposure.

    Parameters
    ----------
    recovery
        How long after it the rotor turns again; zero: at once.
    telemetry_mode
        Whether the pump fell into telemetry mode, so that it stands until it is interrogated.
    trip_volume
        What reaches the patient before a flow-activated valve shuts.
    source
        What the caller knows it by, kept with the faults that it makes.
    """

    recovery: Duration | None = None
    telemetry_mode: bool = False
    trip_volume: Volume | None = None
    source: int = -1


PLAIN_SCAN = Scan()


def scan_pump(pump: Pump, flow: Flow, behaviour: str, duration: Duration, scan: Scan) -> None:
    """Do to a pump what its model does in a scanner."""
    if behaviour != STALLS and (scan.recovery is not None or scan.telemetry_mode):
        raise PumpRefusalError("this pump has no rotor that could recover late")
    if not flow.state.fills or flow.state.removed:
        return
    if behaviour == STALLS:
        _stall(pump, flow, duration, scan)
    elif behaviour == DUMPS:
        settings = FaultSettings(duration=duration)
        begin(flow, fault_for(flow, fault_kind("valve-stuck-open"), settings, scan.source))
    elif behaviour == SHUTS:
        if scan.trip_volume is not None:
            push_at_once(flow, scan.trip_volume)
        settings = FaultSettings()
        begin(flow, fault_for(flow, fault_kind("valve-stuck-closed"), settings, scan.source))


def _stall(pump: Pump, flow: Flow, duration: Duration, scan: Scan) -> None:
    """The pump notices this stall and its recovery, so its count waits: flow is suspended."""
    state = flow.state
    held = duration if scan.recovery is None else duration + scan.recovery
    if scan.telemetry_mode:
        held = Duration(LATEST - state.now)
        state.trapped = True
    pump.suspend(held)
    fault = fault_for(flow, fault_kind(STALL), FaultSettings(duration=held), scan.source)
    begin(flow, fault)
