"""Letting time pass for a pump with faults, or in surroundings that change its flow.

What the pump counts goes on by its orders; what leaves the reservoir, the tip and the holes follows
from the `Disturbance` in force. Beyond the program a fault delivers with the purpose `fault`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from thecal.pharmacy import Mixture
from thecal.program.clock import Instant
from thecal.program.delivery import Purpose
from thecal.program.holes import Place, next_at_tip, push_through
from thecal.program.line import Line, Parcel, Segment
from thecal.pump.battery import before_indicator, charge_room, due_of
from thecal.pump.disturbance import Disturbance
from thecal.pump.fault_course import settle
from thecal.pump.line_watch import leave_out, next_edge
from thecal.pump.state import Activity, PumpState
from thecal.units import Volume

if TYPE_CHECKING:
    from thecal.pump.flow import Flow

_NOTHING = Fraction(0)


def advance_disturbed(flow: Flow, disturbance: Disturbance, until: Instant) -> None:
    """Let time pass until `until`, or until something else disturbs the pump."""
    state = flow.state
    end = until if disturbance.until is None else min(until, disturbance.until)
    due = due_of(state)
    # An indicator on the way sets another end of service, which may lie before `end`.
    while state.now < end and state.disturbance is disturbance and due_of(state) == due:
        if not advance_evenly(flow, disturbance, end):
            _advance_one_piece(flow, disturbance, end)
    if state.disturbance is disturbance and state.now == disturbance.until:
        settle(flow)


def advance_evenly(flow: Flow, disturbance: Disturbance, until: Instant) -> bool:
    """Take a short way where a program runs and the fluid at the tip stays the same.

    Without a sink a whole stretch is one piece, with a sink each change of rate begins a new one.
    Returns False where something else is next.
    """
    state = flow.state
    if (
        state.ordered_activity is not Activity.RUNNING
        or state.suspended_until is not None
        or (state.dry and not state.count_runs_on)
    ):
        return False
    assert state.program is not None
    schedule, mixture = state.program.achievable, state.solution.actual
    holes, line_room = disturbance.holes, None
    settled = state.dry or _moves_one_solution(state, disturbance)
    coming = None if settled else next_at_tip(state.line, holes)
    if coming is not None:
        line_room, mixture = coming[0], coming[1].actual
    alarm, residual = flow.setup.low_reservoir_alarm.base, flow.setup.residual.base
    watched = next_edge(state, flow.setup)
    until, charge = charge_room(state, flow.setup, until)
    least = None if charge is None else state.computed - charge
    offset, moved = state.clock_offset, False
    runs = schedule.run_from(state.now + offset) if flow.sink is not None else None
    rate, change = (None, None) if runs is None else next(runs)
    while state.now < until:
        now, bolus = state.now, state.bolus
        end = until if bolus is None or bolus.end > until else bolus.end
        if runs is None or rate is None:
            volume = schedule.volume_between(now + offset, end + offset).base
        else:
            if change is not None and change - offset == now:
                rate, change = next(runs)
            if change is not None and change - offset < end:
                end = change - offset
            volume = rate.base * (end - now)
        extra = _NOTHING if bolus is None else bolus.rate.base * (end - now)
        counted = volume + extra
        pumped, weeping = _leaves_reservoir(state, disturbance, counted, end - now)
        computed = state.computed - counted
        physical = state.physical - (pumped + weeping if weeping else pumped)
        if (
            (state.low_since is None and computed <= alarm)
            or (not state.counted_empty and computed <= state.dry_at_computed)
            or (line_room is not None and pumped >= line_room)
            or (not state.dry and physical <= residual)
            or (watched is not None and computed <= watched)
            or (least is not None and computed <= least)
        ):
            return moved
        _deliver(flow, disturbance, end, Purpose.THERAPY, volume, mixture)
        if bolus is not None:
            _deliver(flow, disturbance, end, bolus.purpose, extra, mixture)
            if bolus.end == end:
                state.bolus = None
        if pumped:
            _deliver_surplus(flow, disturbance, end, counted, mixture)
            if settled:
                _lose_evenly(state, disturbance, pumped)
            else:
                _push(state, disturbance, pumped)
                line_room = None if line_room is None else line_room - pumped
        if weeping:
            state.account.lose(Place.POCKET, weeping, state.solution.actual)
        state.computed, state.physical, state.now = computed, physical, end
        if end == until:
            return True
        moved = True
    return True


def _moves_one_solution(state: PumpState, disturbance: Disturbance) -> bool:
    """Whether all that moves in the line is the reservoir's solution, as one even row."""
    holes, line = disturbance.holes, state.line
    if not disturbance.at_tip and holes:
        # Behind a break nothing moves; it may hold what it held.
        break_at = next(hole for hole in holes if hole.fraction == 1)
        _, moving = line.catheter.cut(break_at.distal)
        return Line(line.tubing, moving).holds_only(state.solution)
    return line.holds_only(state.solution)


def _advance_one_piece(flow: Flow, disturbance: Disturbance, until: Instant) -> None:
    state = flow.state
    now = state.now
    rate, purpose = flow.counted_background()
    if state.dry and not state.count_runs_on:
        rate, purpose = _NOTHING, Purpose.THERAPY
    bolus = state.bolus
    bolus_rate = _NOTHING if bolus is None else bolus.rate.base
    end = flow.next_change(until, purpose, rate)
    counted = rate + bolus_rate
    pumped, weeping = _leaves_reservoir(state, disturbance, counted, Fraction(1))
    purging = state.prime is not None and state.prime.into_the_open
    if purging and not state.dry:
        pumped = disturbance.purged * counted + disturbance.drain
    end = before_indicator(state, flow.setup.battery, counted, end)
    end = _before_reservoir_changes(flow, end, counted, pumped + weeping)
    if purging:
        _spill(state, pumped * (end - now))
        leave_out(state, counted * (end - now))
    elif pumped:
        end = _pump(flow, disturbance, end, (rate, purpose, bolus_rate), pumped)
    elapsed = end - now
    _take(state, counted * elapsed, pumped * elapsed, weeping * elapsed)
    flow.count_down(purpose, rate * elapsed)
    state.now = end
    flow.settle()


def _leaves_reservoir(
    state: PumpState, disturbance: Disturbance, counted: Fraction, elapsed: Fraction
) -> tuple[Fraction, Fraction]:
    """Return what leaves by the line and by the septum for what is counted in a time."""
    if state.dry or state.removed or not state.fills:
        return _NOTHING, _NOTHING
    line = disturbance.line * counted
    if disturbance.drain:
        line += disturbance.drain * elapsed
    return line, disturbance.weep * elapsed if disturbance.weep else _NOTHING


def _before_reservoir_changes(
    flow: Flow, end: Instant, counted: Fraction, leaving: Fraction
) -> Instant:
    state, setup = flow.state, flow.setup
    if leaving:
        usable = state.physical - setup.residual.base
        end = min(end, state.now + usable / leaving)
    if counted:
        for known, edge in (
            (state.low_since is not None, setup.low_reservoir_alarm.base),
            (state.counted_empty, state.dry_at_computed),
        ):
            left = state.computed - edge
            if not known and left > 0:
                end = min(end, state.now + left / counted)
        purging = state.prime is not None and state.prime.into_the_open
        watched = None if purging else next_edge(state, setup)
        if watched is not None:
            end = min(end, state.now + (state.computed - watched) / counted)
    return end


def _pump(
    flow: Flow,
    disturbance: Disturbance,
    end: Instant,
    ordered: tuple[Fraction, Purpose, Fraction],
    pumped: Fraction,
) -> Instant:
    """Push fluid through line and holes until `end` or until the fluid at the tip changes."""
    state = flow.state
    rate, purpose, bolus_rate = ordered
    holes = disturbance.holes
    coming = next_at_tip(state.line, holes)
    if coming is not None and not state.line.holds_only(state.solution):
        end = min(end, state.now + coming[0] / pumped)
    elapsed = end - state.now
    out = _push(state, disturbance, pumped * elapsed)
    if out:
        mixture = out[0].solution.actual
        _deliver(flow, disturbance, end, purpose, rate * elapsed, mixture)
        if state.bolus is not None:
            _deliver(flow, disturbance, end, state.bolus.purpose, bolus_rate * elapsed, mixture)
        _deliver_surplus(flow, disturbance, end, (rate + bolus_rate) * elapsed, mixture)
    return end


def _push(state: PumpState, disturbance: Disturbance, volume: Fraction) -> tuple[Parcel, ...]:
    """Push microlitres through line and holes and return what left at the tip."""
    solution, holes = state.solution, disturbance.holes
    state.line, out, lost = push_through(state.line, Volume(volume), solution, holes)
    state.account.lose_parcels(lost)
    return out


def _spill(state: PumpState, volume: Fraction) -> None:
    """Pump through the tubing alone, before the catheter is joined."""
    tubing: Segment
    tubing, spilled = state.line.tubing.pushed((Parcel(Volume(volume), state.solution),))
    state.line = Line(tubing, state.line.catheter)
    state.account.withdraw_parcels(spilled)


def _deliver(
    flow: Flow,
    disturbance: Disturbance,
    end: Instant,
    purpose: Purpose,
    counted: Fraction,
    mixture: Mixture,
) -> None:
    """Book what reaches the tip, under its own purpose, for what was counted."""
    if not flow.state.dry:
        flow.deliver(end, purpose, disturbance.share_at_tip * counted, mixture)


def _deliver_surplus(
    flow: Flow, disturbance: Disturbance, end: Instant, counted: Fraction, mixture: Mixture
) -> None:
    volume = disturbance.surplus_at_tip * counted if disturbance.surplus else _NOTHING
    if disturbance.drain:
        volume += disturbance.drain_at_tip * (end - flow.state.now)
    flow.deliver(end, Purpose.FAULT, volume, mixture)


def _lose_evenly(state: PumpState, disturbance: Disturbance, pumped: Fraction) -> None:
    """Book what one solution throughout loses at each hole."""
    for place, part in disturbance.lost:
        state.account.lose(place, part * pumped, state.solution.actual)


def _take(state: PumpState, counted: Fraction, pumped: Fraction, weeping: Fraction) -> None:
    state.computed -= counted
    state.physical -= pumped
    if weeping:
        state.physical -= weeping
        state.account.lose(Place.POCKET, weeping, state.solution.actual)
