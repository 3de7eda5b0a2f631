"""What comes next for the reservoir: alarm, empty and refill-by, seen from the pump's now."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.device import PumpModel
from thecal.pharmacy import shortest_stability
from thecal.program.clock import LATEST, SECONDS_PER_DAY, Instant
from thecal.program.program import WrittenProgram
from thecal.program.refill_dates import PumpingStretch, RefillBy, refill_by, when_pumped
from thecal.program.schedule import WeeklySchedule
from thecal.pump.pump import Pump
from thecal.safety.rules import window_before_alarm
from thecal.units import DAY, Duration, Volume, VolumeRate

_TRIAL = 30 * SECONDS_PER_DAY
_TRIALS = 120


@final
@dataclass(frozen=True, slots=True)
class Forecast:
    """When the reservoir is low, with and without every bolus, when it is empty, when to refill.

    None where it never happens under what runs now. Alarms follow the pump's count, `empty` what is
    really there.
    """

    low_reservoir: Instant | None
    low_reservoir_all_boluses: Instant | None
    empty: Instant | None
    refill_by: RefillBy | None
    stability: Duration | None


def forecast(pump: Pump, model: PumpModel) -> Forecast:
    """Look ahead from the pump's now under the running program."""
    state, setup = pump.state, pump.setup
    if state.fills == 0 or state.last_fill is None or state.removed:
        return Forecast(None, None, None, None, None)
    if state.emptied:
        # Nothing is there that could run low or grow old: when it is filled is a decision.
        return Forecast(None, None, named(state.dry_since), None, None)
    to_alarm = Volume(state.computed - setup.low_reservoir_alarm.base)
    to_empty = Volume(state.physical - setup.residual.base)
    plain, fullest = stretches(pump, every_bolus=False), stretches(pump, every_bolus=True)
    low = low_all = state.low_since
    # A dry pump moves nothing, so its count stands still and never gets to the alarm.
    if low is None and (state.count_runs_on or not state.dry):
        low = when_pumped(state.now, plain, to_alarm)
        low_all = when_pumped(state.now, fullest, to_alarm)
    if state.dry:
        empty = state.dry_since
    elif state.disturbance is not None:
        empty = _empty_as_it_flows(pump)
    else:
        empty = when_pumped(state.now, plain, to_empty)
    stable = shortest_stability(state.solution.written, first_fill=state.fills == 1, pump=model.id)
    stability = None if stable is None else stable.fact.value
    return Forecast(
        named(low),
        named(low_all),
        named(empty),
        refill_by(
            low_reservoir=named(low_all),
            window_before_alarm=window_before_alarm(model).value,
            fill=state.last_fill,
            stability=stability,
            maximum_interval=(
                model.maximum_refill_interval.value if model.maximum_refill_interval else None
            ),
            has_alarm=model.programmable,
        ),
        stability,
    )


def when_counted(pump: Pump, volume: Volume) -> Instant | None:
    """Return when the pump's count falls to `volume` with every allowed bolus taken.

    None where it never does under what runs now; now where it already has.
    """
    state = pump.state
    if state.fills == 0 or state.removed:
        return None
    to_volume = Volume(state.computed - volume.base)
    if state.dry and not state.count_runs_on and to_volume.base > 0:
        return None  # a dry pump moves nothing, so its count stands still
    return named(when_pumped(state.now, stretches(pump, every_bolus=True), to_volume))


def _empty_as_it_flows(pump: Pump) -> Instant | None:
    """Return when a pump with faults runs dry, by running a copy; None: not within ten years.

    Its clock is taken to keep the error that it has: a drift moves steps, not volumes.
    """
    state = pump.state.copy()
    state.faults = tuple(one for one in state.faults if one.kind != "clock-drift")
    trial = Pump(pump.setup, state)
    for _ in range(_TRIALS):
        trial.advance(trial.state.now + _TRIAL)
        if trial.state.dry:
            return trial.state.dry_since
    return None


def named(instant: Instant | None) -> Instant | None:
    """Return None for what lies beyond the calendar."""
    return None if instant is None or instant > LATEST else instant


def stretches(pump: Pump, *, every_bolus: bool) -> list[PumpingStretch]:
    """Return what the pump will count as it runs now, with none or all of the allowed boluses."""
    state = pump.state
    none = VolumeRate.zero()
    nothing = WeeklySchedule.constant(none)
    stretches: list[PumpingStretch] = []
    now = state.now
    if state.suspended_until is not None:
        now = state.suspended_until
        stretches.append(PumpingStretch(now, nothing, none))
    if state.prime is not None:
        now = now + state.prime.left / state.prime.rate.base
        stretches.append(PumpingStretch(now, WeeklySchedule.constant(state.prime.rate), none))
    pending = state.pending or (state.program, state.bridge)
    program, bridge = pending
    if program is None or (state.pending is None and state.stopped_since is not None):
        return [*stretches, PumpingStretch(None, nothing, none)]
    if bridge is not None:
        now = now + bridge.left / bridge.rate.base
        stretches.append(PumpingStretch(now, WeeklySchedule.constant(bridge.rate), none))
    if state.bolus is not None:
        stretches.append(PumpingStretch(state.bolus.end, program.achievable, state.bolus.rate))
    extra = _bolus_flow(program) if every_bolus else none
    return [*stretches, PumpingStretch(None, program.achievable, extra)]


def _bolus_flow(program: WrittenProgram) -> VolumeRate:
    """Every allowed bolus, spread evenly over the day."""
    if program.bolus is None:
        return VolumeRate.zero()
    a_day = program.bolus.achievable.scaled(program.boluses_per_day())
    return a_day / DAY if a_day else VolumeRate(Fraction(0))
