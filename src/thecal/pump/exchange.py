"""Line and hardware: what the access port moves, and what an exchange takes out or leaves."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.device import fault_kind
from thecal.pharmacy import DRUG_FREE, Mixture
from thecal.program.delivery import Purpose
from thecal.program.holes import push_catheter
from thecal.program.line import NO_DRUG, Line, Parcel, Segment, Solution
from thecal.program.setup import PumpSetup
from thecal.pump.alarm_log import end_all
from thecal.pump.alarms import Alarm
from thecal.pump.battery import start_battery
from thecal.pump.fault_course import end
from thecal.pump.line_watch import relieve
from thecal.units import Volume

if TYPE_CHECKING:
    from thecal.pump.flow import Flow


def draw_back(flow: Flow, volume: Volume) -> None:
    """Draw from the catheter at its access port; cerebrospinal fluid follows."""
    state = flow.state
    catheter, drawn = state.line.catheter.drawn_back(volume, NO_DRUG)
    state.account.withdraw_parcels(drawn)
    state.line = Line(state.line.tubing, catheter)


def push_by_port(flow: Flow, volume: Volume, mixture: Mixture, purpose: Purpose) -> None:
    """Push a solution through the catheter by hand, past its holes."""
    state = flow.state
    holes = () if state.disturbance is None else state.disturbance.holes
    parcel = Parcel(volume, Solution(mixture, mixture))
    catheter, out, lost = push_catheter(state.line.catheter, (parcel,), holes)
    state.line = Line(state.line.tubing, catheter)
    flow.deliver_at_once(out, purpose)
    state.account.lose_parcels(lost)


def replace_pump(flow: Flow, setup: PumpSetup) -> tuple[Alarm, ...]:
    """Exchange the pump, and its faults with it; returns the alarms of the one taken out.

    The new pump has a log of its own, and counts no alarm of another one as its repetition.
    """
    state = flow.state
    _end_faults_of(flow, "pump")
    _remove_reservoir(flow)
    taken_out = tuple(state.alarms)
    state.alarms = []
    state.line = Line(Segment.filled(setup.tubing_volume, NO_DRUG), state.line.catheter)
    state.grants = ()
    state.removed = False
    start_battery(state, setup.battery)
    flow.setup = setup
    flow.disturb()
    flow.note_background()
    return taken_out


def replace_catheter(flow: Flow, setup: PumpSetup) -> None:
    """Exchange the catheter, and its faults with it."""
    state = flow.state
    _end_faults_of(flow, "catheter")
    state.account.withdraw_parcels(state.line.catheter.parcels)
    state.line = Line(state.line.tubing, Segment.filled(setup.catheter_volume, NO_DRUG))
    flow.setup = setup


def change_set(flow: Flow) -> None:
    """Exchange an external pump's extension set; the new one holds no drug until it is primed."""
    state = flow.state
    state.account.withdraw_parcels(state.line.tubing.parcels)
    tubing = Segment.filled(state.line.tubing.volume, NO_DRUG)
    state.line = Line(tubing, state.line.catheter)
    relieve(flow)


def set_line(flow: Flow, mixture: Mixture) -> None:
    """Fill tubing and catheter with `mixture`, and book the difference."""
    state = flow.state
    for segment in (state.line.tubing, state.line.catheter):
        state.account.withdraw_parcels(segment.parcels)
    state.account.fill(state.line.volume, mixture)
    state.line = Line.of_volumes(
        state.line.tubing.volume, state.line.catheter.volume, Solution(mixture, mixture)
    )


def explant(flow: Flow) -> None:
    """Take out pump and catheter, and their faults with them."""
    state = flow.state
    _end_faults_of(flow, "pump", "catheter")
    _remove_reservoir(flow)
    state.account.withdraw_parcels(state.line.catheter.parcels)
    state.line = Line.of_volumes(state.line.tubing.volume, state.line.catheter.volume)
    state.removed = True


def _end_faults_of(flow: Flow, *parts: str) -> None:
    over = [one for one in flow.state.faults if fault_kind(one.kind).part in parts]
    end(flow, over, in_place=False)


def _remove_reservoir(flow: Flow) -> None:
    """Book what reservoir and tubing hold, and forget all that the pump was doing."""
    state = flow.state
    state.account.withdraw(Volume(state.physical), state.solution.actual)
    state.account.withdraw_parcels(state.line.tubing.parcels)
    state.physical = state.computed = state.dry_at_computed = Fraction(0)
    state.solution = NO_DRUG
    state.previous_written = DRUG_FREE
    state.fills = 0
    state.last_fill = None
    state.dry = state.counted_empty = False
    state.dry_since = state.dry_at_count = None
    state.low_since = state.stopped_since = state.suspended_until = None
    state.stopped_alarm_raised = False
    state.count_runs_on = state.trapped = state.dead = False
    state.program = state.program_start = None
    state.pending = state.prime = state.bridge = state.bolus = None
    state.battery = None
    end_all(state)
