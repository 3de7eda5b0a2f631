"""Each program of a therapy beside the one before it, as the pump stored them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import final

from thecal.errors import ThecalError
from thecal.program.program import WrittenProgram, write_program
from thecal.pump.state import FixedVolume
from thecal.report.words import ACTIVITIES
from thecal.therapy.events import Program, Therapy
from thecal.therapy.replay import Replay


@final
@dataclass(frozen=True, slots=True)
class ProgramChange:
    """One program event.

    Attributes
    ----------
    old
        The last program that gave therapy before this event; None: this is the first.
    was_doing
        What the pump did just before, in words.
    new
        None where the pump could not store it.
    bridge
        The bridge that the pump ran or will run first.
    refused
        Why the pump itself refused it; empty where it did not.
    """

    index: int
    event: Program
    old: WrittenProgram | None
    was_doing: str
    new: WrittenProgram | None
    bridge: FixedVolume | None
    refused: str


def program_changes(therapy: Therapy) -> list[ProgramChange]:
    """Return every program event of the file, also those after the end of a run."""
    programs = [i for i, event in enumerate(therapy.events) if isinstance(event, Program)]
    if not programs:
        return []
    replay = Replay(therapy)
    changes: list[ProgramChange] = []
    for index, event in enumerate(therapy.events[: programs[-1] + 1]):
        if not isinstance(event, Program):
            replay.apply(index)
            continue
        replay.advance_to(therapy.instant(event.time))
        state = replay.pump.state
        old, was_doing = replay.therapy_before, ACTIVITIES[state.activity]
        written: WrittenProgram | None = None
        with suppress(ThecalError):  # the pump refuses it too, and its words are kept below
            written = write_program(
                event.program, state.solution.written, replay.hardware.setup.grid
            )
        refusals = len(replay.refused)
        replay.apply(index)
        refused = replay.refused[-1].why if len(replay.refused) > refusals else ""
        pending = state.pending[1] if state.pending is not None else state.bridge
        bridge = pending if event.program.bridge is not None and not refused else None
        changes.append(ProgramChange(index, event, old, was_doing, written, bridge, refused))
    return changes
