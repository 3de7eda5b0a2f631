"""Every fill of a record with what its aspirate said, from one replay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import final

from thecal.pharmacy import Mixture
from thecal.program.clock import Instant
from thecal.safety.residual_bands import ResidualAssessment
from thecal.therapy.events import Fill, Therapy
from thecal.therapy.simulation import start_replay
from thecal.units import Volume


@final
@dataclass(frozen=True, slots=True)
class RecordedFill:
    """One fill.

    Attributes
    ----------
    time
        On the pump's clock.
    expected
        What the syringe was to draw by the pump's count; None at the first fill of a pump.
    assessed
        What the aspirate says; None where nothing was drawn or nothing was expected.
    solution
        What was in the reservoir before it.
    """

    time: datetime
    event: Fill
    expected: Volume | None
    assessed: ResidualAssessment | None
    solution: Mixture


def recorded_fills(therapy: Therapy, until: Instant) -> tuple[RecordedFill, ...]:
    """Return the fills of a therapy up to a time, in order."""
    replay = start_replay(therapy, length_needed=False)
    found = []
    for index, event in enumerate(therapy.events):
        instant = therapy.instant(event.time)
        if instant > until:
            break
        if isinstance(event, Fill):
            replay.advance_to(instant)
            first = replay.last_fill is None
            found.append(
                RecordedFill(
                    time=therapy.moment(instant),
                    event=event,
                    expected=None if first else replay.pump.expected_aspirate(),
                    assessed=replay.assess(event),
                    solution=replay.pump.state.solution.actual,
                )
            )
        replay.apply(index)
    return tuple(found)
