"""Which time of a day an appointment gets: the first that is free."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, time

from thecal.care.appointments.opening import Opening


def free_times(opening: Opening, day: date, taken: Iterable[time]) -> tuple[time, ...]:
    """Return the times of a day at which a room is free, once for each free room."""
    used = Counter(taken)
    return tuple(
        start for start in opening.starts(day) for _ in range(max(opening.rooms - used[start], 0))
    )
