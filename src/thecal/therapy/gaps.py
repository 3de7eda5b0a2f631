"""The gap in therapy that an order would end, and what ran before it."""

from __future__ import annotations

from collections.abc import Mapping

from thecal.program.clock import SECONDS_PER_DAY, Instant
from thecal.pump.state import PumpState
from thecal.safety.rules import threshold
from thecal.safety.situation import Gap
from thecal.therapy.first_doses import doses_ordered_at
from thecal.therapy.replay import Replay
from thecal.units import Duration, Mass, Volume


def doses_in_force(replay: Replay) -> Mapping[str, Mass] | None:
    """Return the scheduled 24 hours of the therapy in force or last in force; None before any.

    A constant-flow pump has no program: its flow and what it holds decide.
    """
    state = replay.pump.state
    if replay.hardware.setup.programmable:
        return None if replay.therapy_before is None else replay.therapy_before.daily_doses()
    if state.program is None:
        return None
    volume: Volume = state.program.achievable.volume_between(state.now, state.now + SECONDS_PER_DAY)
    mixture = state.solution.written
    return {drug: mixture.mass_of(drug, volume) for drug in mixture}


def gap_now(replay: Replay, index: int) -> Gap | None:
    """Return the gap that event `index` would end if it ordered therapy; None where it runs.

    One stretch without therapy is one gap, however it came about: a pump that ran dry and was then
    stopped for its refill stood since it ran dry.
    """
    doses = doses_in_force(replay)
    if doses is None:
        return None
    found = _stretches(replay)
    if not found:
        return None
    kinds = [kind for kind, _ in found]
    kind = "empty" if "empty" in kinds else kinds[0]
    start = min(start for _, start in found)
    if replay.hardware.setup.programmable:
        grid = replay.hardware.setup.grid
        doses = doses_ordered_at(replay.therapy, index, start, grid) or doses
    return Gap(kind, start, replay.pump.state.now, doses)


def _stretches(replay: Replay) -> list[tuple[str, Instant]]:
    state = replay.pump.state
    found: list[tuple[str, Instant]] = []
    if replay.gap_start is not None:
        found.append((replay.gap_kind, replay.gap_start))
    elif _stopped_itself(state):
        assert state.stopped_since is not None
        found.append(("stopped", state.stopped_since))
    if state.dry and state.dry_since is not None:
        found.append(("empty", state.dry_since))
    closed = replay.closed_gap
    visit = threshold("K12", "visit", Duration).value.base
    if closed is not None:
        until = state.now if replay.gap_start is None else replay.gap_start
        if until - closed.end <= visit:
            found.append((closed.kind, closed.start))
    last = replay.received.last
    if not found and state.program is None and last is not None:
        found.append(("without a running pump", last))
    return found


def _stopped_itself(state: PumpState) -> bool:
    """Whether the pump stands by an alarm of its own: nobody gave an order to stop."""
    written = state.program
    waits = state.pending is not None or state.prime is not None
    return (
        state.stopped_since is not None
        and not waits
        and written is not None
        and (written.program.is_therapy)
    )
