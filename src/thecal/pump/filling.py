"""Emptying and filling a reservoir: what a syringe drew, what went in, what the pump reckons."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, final

from thecal.errors import CannotComputeError, PumpRefusalError
from thecal.pharmacy import Mixture
from thecal.program.delivery import Purpose
from thecal.program.holes import Place
from thecal.program.line import Solution
from thecal.program.program import InfusionProgram, Mode, WrittenProgram
from thecal.program.schedule import WeeklySchedule
from thecal.pump import exchange
from thecal.pump.alarm_log import end_alarms
from thecal.pump.battery import start_battery
from thecal.pump.fault_course import move_marks
from thecal.pump.mishap import Mishaps, receive
from thecal.pump.state import PumpState
from thecal.units import Volume

if TYPE_CHECKING:
    from thecal.pump.flow import Flow


@final
@dataclass(frozen=True, slots=True)
class FillOutcome:
    """What a fill found: the draw that was expected and the draw that was booked."""

    expected: Volume
    aspirated: Volume
    recorded: bool


def expected_aspirate(state: PumpState) -> Volume:
    """Return what a syringe is expected to draw by the pump's count."""
    return Volume(max(Fraction(0), state.computed - state.dry_at_computed))


def fill_reservoir(
    flow: Flow,
    volume: Volume,
    mixture: Mixture,
    *,
    programmed_volume: Volume | None,
    aspirated: Volume | None,
    mishaps: Mishaps,
) -> FillOutcome:
    """Empty and fill the reservoir, as `Pump.fill` says it."""
    state, setup = flow.state, flow.setup
    if state.removed:
        raise PumpRefusalError("the pump has been explanted")
    if not setup.programmable and setup.nominal_flow is None:
        raise CannotComputeError("the flow of this constant-flow pump is not known")
    got = receive(volume, mixture, mishaps)
    old = state.solution
    outcome, left = _draw(flow, aspirated)
    actual = got.mixture.blended(got.inside, old.actual, Volume(left))
    state.account.fill(got.total, got.mixture)
    if got.pocket:
        state.account.lose(Place.POCKET, got.pocket.base, got.mixture)
    if got.port:
        exchange.push_by_port(flow, got.port, got.mixture, Purpose.FAULT)
    state.previous_written = old.written
    state.solution = Solution(actual, mixture)
    state.physical = left + got.inside.base
    counted = (programmed_volume or volume).base
    move_marks(flow, counted - state.computed)
    state.computed = counted
    if state.battery is None:
        start_battery(state, setup.battery)
    state.dry_at_computed = setup.residual.base if state.fills == 0 else Fraction(0)
    state.fills += 1
    state.last_fill = state.now
    state.dry = False
    state.dry_since = state.dry_at_count = None
    state.low_since = None
    state.counted_empty = False
    state.count_runs_on = got.inside != volume
    flow.disturb()
    if state.program is None and state.stopped_since is None:
        if setup.programmable:
            state.stopped_since = state.now
        else:
            _run_constant_flow(flow)
    flow.note_background()
    end_alarms(state)
    flow.raise_reservoir_alarms()
    return outcome


def empty_reservoir(flow: Flow, aspirated: Volume | None) -> FillOutcome:
    """Empty the reservoir and fill nothing, as `Pump.empty` says it."""
    state = flow.state
    if state.removed:
        raise PumpRefusalError("the pump has been explanted")
    outcome, left = _draw(flow, aspirated)
    if state.fills == 0:
        return outcome
    state.physical = left
    move_marks(flow, -state.computed)
    state.computed = state.dry_at_computed = Fraction(0)
    state.dry_since = state.dry_since if state.dry else state.now
    state.dry, state.dry_at_count = True, None
    state.bolus = None
    if state.prime is not None:
        flow.end_prime()
    flow.disturb()
    flow.note_background()
    flow.raise_reservoir_alarms()
    return outcome


def _draw(flow: Flow, aspirated: Volume | None) -> tuple[FillOutcome, Fraction]:
    """Book what a syringe drew; return it, and the microlitres that no syringe reaches."""
    state = flow.state
    expected = expected_aspirate(state)
    left = min(state.physical, flow.setup.residual.base)
    drawable = state.physical - left
    drawn = aspirated.base if aspirated is not None else drawable
    if state.fills:
        state.account.withdraw(Volume(drawn), state.solution.actual)
        state.account.miss(Volume(drawable - drawn), state.solution.actual)
    return FillOutcome(expected, Volume(drawn), aspirated is not None), left


def _run_constant_flow(flow: Flow) -> None:
    state, nominal = flow.state, flow.setup.nominal_flow
    assert nominal is not None
    schedule = WeeklySchedule.constant(nominal)
    order = InfusionProgram(Mode.CONTINUOUS)
    state.program = WrittenProgram(order, state.solution.written, schedule, schedule, None)
    state.program_start = state.now
