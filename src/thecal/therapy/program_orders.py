"""A program as the checks judge it: its volumes, its worst day, what it lets out at the tip."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from thecal.errors import CannotComputeError, PumpRefusalError, RateRefusalError
from thecal.pharmacy import Mixture
from thecal.program.clock import SECONDS_PER_DAY
from thecal.program.line import Parcel
from thecal.program.prime_bridge import plan_bridge
from thecal.program.program import InfusionProgram, Mode, WrittenProgram, write_program
from thecal.program.refill_dates import PumpingStretch, when_pumped
from thecal.program.schedule import WeeklySchedule
from thecal.pump.pump import Pump
from thecal.pump.state import PumpState
from thecal.safety.situation import ProgramOrder, TipStretch
from thecal.therapy.events import Program
from thecal.therapy.replay import Replay
from thecal.therapy.timeline import Timeline, own_worst_case
from thecal.units import DAY, HOUR, Duration, Mass, Volume, VolumeRate


def program_order(replay: Replay, event: Program) -> ProgramOrder:
    """Return the order of a program event: the program in volumes and what it would do."""
    order = event.program
    asked = order.bridge is not None
    trial = Pump(replay.hardware.setup, replay.pump.state.copy())
    problem = ""
    taken = True
    written: WrittenProgram | None = None
    try:
        written = write_program(order, trial.state.solution.written, trial.setup.grid)
        if replay.hardware.setup.programmable:
            trial.write(order)
    except RateRefusalError:
        taken = False  # the check of rates says it, with the figure and its source
    except (PumpRefusalError, CannotComputeError) as error:
        problem = error.what
    timeline = timeline_after(replay, trial)
    if written is not None and not taken:
        # What it would give is shown although this pump will not run it.
        timeline.run_instead(trial.state.now, written)
    bridge_rate = _bridge_rate(replay, order)
    tip = tip_after(trial, written) if written is not None and taken and not problem else ()
    return ProgramOrder(
        written=written,
        problem=problem,
        worst_case_24h=timeline.worst_case(trial.state.now),
        worst_case_1h=timeline.worst_case(trial.state.now, window=HOUR),
        own_worst_case_24h=own_worst_case(written) if written is not None else {},
        tip=tip if replay.hardware.catheter_length_known else (),
        bridge_rate=bridge_rate,
        bridge_doses=_bridge_doses(replay, bridge_rate),
        bridge_asked=asked,
        can_bridge=bool(trial.state.previous_written),
        is_resume=False,
        resumes_other_solution=False,
        wanted_drug=order.primary or "",
        wanted_dose=order.daily_dose,
        reason=event.reason,
        dose_without_effect=event.dose_without_effect is not None,
    )


def _bridge_rate(replay: Replay, order: InfusionProgram) -> VolumeRate | None:
    """Return the rate that a bridge asks for, whether the pump takes it or not."""
    if order.bridge is None:
        return None
    drug, old = order.bridge.drug or order.primary, replay.pump.state.previous_written
    if drug is None or drug not in old:
        return None
    volume = replay.hardware.setup.bridge_volume
    return plan_bridge(volume, order.bridge.daily_dose, old[drug]).rate


def _bridge_doses(replay: Replay, rate: VolumeRate | None) -> dict[str, Mass]:
    if rate is None:
        return {}
    old, volume = replay.pump.state.previous_written, rate * DAY
    return {drug: old.mass_of(drug, volume) for drug in old}


def timeline_after(replay: Replay, trial: Pump) -> Timeline:
    timeline = replay.timeline.copy()
    timeline.rewrite(trial)
    return timeline


def resume_order(replay: Replay) -> ProgramOrder:
    """Return the order to go on with what was stopped: judged by the solution that is there now."""
    state = replay.pump.state
    written: WrittenProgram | None = None
    if state.program is not None:
        written = with_solution(state.program, state.solution.written)
    worst = own_worst_case(written) if written is not None else {}
    return ProgramOrder(
        written=written,
        problem="" if written is not None else "there is no program to resume",
        worst_case_24h=worst,
        worst_case_1h={},
        own_worst_case_24h=worst,
        tip=(),
        bridge_rate=None,
        bridge_doses={},
        bridge_asked=False,
        can_bridge=bool(state.previous_written),
        is_resume=True,
        resumes_other_solution=(
            state.program is not None and state.program.mixture != state.solution.written
        ),
        wanted_drug=written.program.primary or "" if written is not None else "",
        wanted_dose=written.program.daily_dose if written is not None else None,
        reason=None,
        dose_without_effect=False,
    )


def with_solution(written: WrittenProgram, mixture: Mixture) -> WrittenProgram:
    """Return a program's volumes with the solution that they now move."""
    primary = written.program.primary
    if primary is not None and primary not in mixture:
        # Its boluses and limits are masses of a drug that is no longer there.
        order = InfusionProgram(Mode.CONTINUOUS)
        return WrittenProgram(order, mixture, written.programmed, written.achievable, None)
    return replace(written, mixture=mixture)


def tip_after(trial: Pump, written: WrittenProgram) -> tuple[TipStretch, ...]:
    """Return what leaves the tip from a program's start until only new solution is left.

    `trial` is a copy of the pump that has taken the order; it may be moved on.
    """
    if not written.program.is_therapy:
        return ()
    state = trial.state
    if state.prime is not None:
        trial.advance(state.now + state.prime.left / state.prime.rate.base)
    bridge = state.bridge
    bridged = Fraction(0) if bridge is None else bridge.left
    parcels = _parcels_until(state, bridged)
    stretches: list[PumpingStretch] = []
    none = VolumeRate.zero()
    if bridge is not None:
        end = state.now + bridge.left / bridge.rate.base
        stretches.append(PumpingStretch(end, WeeklySchedule.constant(bridge.rate), none))
    stretches.append(PumpingStretch(None, written.achievable, none))
    tip: list[TipStretch] = []
    pumped = Fraction(0)
    start = state.now
    for parcel in parcels:
        pumped += parcel.volume.base
        end_or_none = when_pumped(state.now, stretches, Volume(pumped))
        if end_or_none is None or end_or_none == start:
            break
        reckoned = state.previous_written if pumped <= bridged else written.mixture
        rate = parcel.volume / Duration(end_or_none - start)
        tip.append(TipStretch(start, end_or_none, rate, reckoned, parcel.solution))
        start = end_or_none
    day = Fraction(SECONDS_PER_DAY)
    steady = written.achievable.volume_between(start, start + day) / Duration(day)
    tip.append(TipStretch(start, start + day, steady, written.mixture, state.solution))
    return tuple(tip)


def _parcels_until(state: PumpState, bridged: Fraction) -> list[Parcel]:
    """The line's parcels from the tip, topped up to the bridge's volume and cut where it ends."""
    parcels = list(state.line.parcels)
    total = sum((parcel.volume.base for parcel in parcels), Fraction(0))
    if bridged > total:
        parcels.append(Parcel(Volume(bridged - total), state.solution))
    cut: list[Parcel] = []
    passed = Fraction(0)
    for parcel in parcels:
        after = passed + parcel.volume.base
        if passed < bridged < after:
            cut.append(Parcel(Volume(bridged - passed), parcel.solution))
            cut.append(Parcel(Volume(after - bridged), parcel.solution))
        else:
            cut.append(parcel)
        passed = after
    return cut
