"""When a visit to the clinic ends: what is written within it belongs together."""

from __future__ import annotations

from thecal.program.clock import Instant
from thecal.safety.rules import threshold
from thecal.therapy.events import Event
from thecal.therapy.replay import Replay
from thecal.units import Duration


def visit_end(replay: Replay, event: Event) -> Instant:
    """Return when the visit of an event ends."""
    visit = threshold("K12", "visit", Duration).value.base
    return replay.therapy.instant(event.time) + visit
