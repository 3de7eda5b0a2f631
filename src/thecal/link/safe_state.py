"""A pump that may no longer trust itself: what it does then, and how that is told."""

from __future__ import annotations

from dataclasses import replace

from thecal.errors import ThecalError
from thecal.link.journal import Entry, extend
from thecal.link.memory import Image
from thecal.pharmacy import safe_state
from thecal.program.program import InfusionProgram, Mode
from thecal.pump.pump import Pump


def put_in_safe_state(image: Image, utc: int, why: str) -> Image:
    """Return the image of a pump in its safe state, with log entries and a notice that say so.

    A pump that stands already goes on standing. What is safe is a table per class of drug; a pump
    that cannot run at its minimum rate stops.

    Parameters
    ----------
    utc
        Wall clock, whole seconds, for the log.
    why
        What happened, in words.
    """
    state = image.state.copy()
    pump = Pump(image.setup, state)
    done = "it gave no therapy before"
    kinds = ["delivery-stalled"]
    if state.stopped_since is None and not state.removed and image.setup.programmable:
        kinds.append(_lower(pump, safe_state(state.solution.written)))
        done = "it was stopped" if kinds[-1] == "stop" else "it runs at its minimum rate"
    log, entries = image.log, list[Entry]()
    for kind in kinds:
        entry = Entry(
            number=log.length + 1,
            time=state.now,
            utc=utc,
            actor="watch",
            role="pump",
            kind=kind,
            command="",
            detail=why,
            order="",
            previous=log.hash,
        )
        log = extend(log, entry)
        entries.append(entry)
    notices = (*image.notices, f"{why}: {done}")
    return replace(
        image, state=pump.state, log=log, entries=tuple(entries), notices=notices, open_update=""
    )


def _lower(pump: Pump, safe: str) -> str:
    if safe == "minimum-rate":
        try:
            pump.write(InfusionProgram(Mode.MINIMUM_RATE))
        except ThecalError:
            pass
        else:
            return safe
    pump.stop()
    return "stop"
