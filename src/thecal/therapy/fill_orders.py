"""A fill as the checks judge it: what it finds, what it leaves, what runs after it."""

from __future__ import annotations

from fractions import Fraction

from thecal.errors import ThecalError
from thecal.pharmacy import Mixture
from thecal.program.program import InfusionProgram, Mode, WrittenProgram, write_program
from thecal.program.schedule import WeeklySchedule
from thecal.program.setup import PumpSetup
from thecal.safety.situation import FillOrder
from thecal.therapy.events import Explant, Fill, Program, Replace, Resume, Stop
from thecal.therapy.program_orders import with_solution
from thecal.therapy.replay import Replay
from thecal.therapy.visits import visit_end
from thecal.units import Volume


def fill_order(replay: Replay, index: int, event: Fill) -> FillOrder:
    state, setup = replay.pump.state, replay.hardware.setup
    left = Volume(min(state.physical, setup.residual.base))
    following, program_follows = _following(replay, index, event)
    previous = replay.last_fill
    expected = replay.pump.expected_aspirate()
    due = Volume.zero()
    if previous is not None:
        usable = (previous.programmed_volume or previous.volume).base - state.dry_at_computed
        due = Volume(max(Fraction(0), usable - expected.base))
    return FillOrder(
        volume=event.volume,
        mixture=event.mixture,
        programmed_volume=event.programmed_volume,
        aspirated=event.aspirated,
        expected=expected,
        filled_before=None if previous is None else previous.programmed_volume or previous.volume,
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
        due=due,
        starts=constant_flow(replay.hardware.setup, event.mixture),
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
