"""A fill as the checks judge it: what it finds, what it leaves, what runs after it."""

from __future__ import annotations

from fractions import Fraction

from thecal.errors import ThecalError
from thecal.pharmacy import Mixture
from thecal.program.program import InfusionProgram, Mode, WrittenProgram, write_program
from thecal.program.schedule import WeeklySchedule
from thecal.program.setup import PumpSetup
from thecal.safety.situation import EmptyOrder, FillOrder
from thecal.therapy.events import Empty, Explant, Fill, Program, Replace, Resume, Stop
from thecal.therapy.program_orders import with_solution
from thecal.therapy.replay import Replay
from thecal.therapy.visits import visit_end
from thecal.units import Volume


def fill_order(replay: Replay, index: int, event: Fill) -> FillOrder:
    state, setup = replay.pump.state, replay.hardware.setup
    left = Volume(min(state.physical, setup.residual.base))
    following, program_follows = _following(replay, index, event)
    return FillOrder(
        volume=event.volume,
        mixture=event.mixture,
        programmed_volume=event.programmed_volume,
        aspirated=event.aspirated,
        expected=replay.pump.expected_aspirate(),
        filled_before=replay.counted_from,
        residual=replay.assess(event),
        mixed=event.mixture.blended(event.volume, state.solution.actual, left),
        order=event.order,
        label=event.label,
        beyond_use=event.beyond_use,
        confirmed_by=event.confirmed_by,
        following=following,
        program_follows=program_follows,
        next_is_program=_program_before_next_fill(replay, index),
        reaches_tip_first=_reaches_tip_first(replay, index),
        due=_due(replay),
        starts=constant_flow(replay.hardware.setup, event.mixture),
    )


def empty_order(replay: Replay, index: int, event: Empty) -> EmptyOrder:
    return EmptyOrder(
        expected=replay.pump.expected_aspirate(),
        aspirated=event.aspirated,
        filled_before=replay.counted_from,
        residual=replay.assess(event),
        due=_due(replay),
        reason=event.reason,
        left_empty=_left_empty(replay, index),
    )


def _due(replay: Replay) -> Volume:
    """Return the volume that was to be used since the last fill."""
    counted = replay.counted_from
    if counted is None:
        return Volume.zero()
    usable = counted.base - replay.pump.state.dry_at_computed
    return Volume(max(Fraction(0), usable - replay.pump.expected_aspirate().base))


def _left_empty(replay: Replay, index: int) -> bool:
    """Whether nothing is filled in the same visit."""
    events = replay.therapy.events
    until = visit_end(replay, events[index])
    return not any(
        isinstance(later, Fill) and replay.therapy.instant(later.time) <= until
        for later in events[index + 1 :]
    )


def constant_flow(setup: PumpSetup, mixture: Mixture) -> WrittenProgram | None:
    """Return what a constant-flow pump gives of a solution; None where its flow is not known."""
    if setup.programmable or setup.nominal_flow is None:
        return None
    flow = WeeklySchedule.constant(setup.nominal_flow)
    return WrittenProgram(InfusionProgram(Mode.CONTINUOUS), mixture, flow, flow, None)


def _reaches_tip_first(replay: Replay, index: int) -> bool:
    """Whether at the rate that runs the new solution leaves the tip before the next program."""
    state, events = replay.pump.state, replay.therapy.events
    if state.program is None or state.stopped_since is not None:
        return False
    for later in events[index + 1 :]:
        if isinstance(later, Fill):
            break
        if isinstance(later, Program | Stop | Explant | Replace):
            until = replay.therapy.instant(later.time)
            pumped = state.program.achievable.volume_between(state.now, until)
            return pumped > state.line.volume
    return True


def _following(replay: Replay, index: int, fill: Fill) -> tuple[WrittenProgram | None, bool]:
    """Return the therapy that runs when the visit of a fill ends, and whether the visit orders it.

    A stop in between changes nothing: what is started again in the same visit counts.
    """
    events, state = replay.therapy.events, replay.pump.state
    until = visit_end(replay, fill)
    ordered, stands = False, state.stopped_since is not None
    program = constant_flow(replay.hardware.setup, fill.mixture)
    if program is None and state.program is not None:
        program = with_solution(state.program, fill.mixture)
    for later in events[index + 1 :]:
        if replay.therapy.instant(later.time) > until or isinstance(later, Fill):
            break
        if isinstance(later, Stop):
            ordered = True
            stands = True
        elif isinstance(later, Resume):
            ordered = True
            stands = False
        elif isinstance(later, Program):
            ordered = True
            stands = not later.program.is_therapy
            try:
                grid = replay.hardware.setup.grid
                program = write_program(later.program, fill.mixture, grid)
            except ThecalError:
                program = None
    return (None if stands else program), ordered


def _program_before_next_fill(replay: Replay, index: int) -> bool:
    for later in replay.therapy.events[index + 1 :]:
        if isinstance(later, Fill):
            return False
        if isinstance(later, Program):
            return True
    return False
