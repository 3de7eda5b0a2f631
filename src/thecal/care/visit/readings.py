"""K16: after a scan, a cardioversion, surgery or an alarm the pump is read, and soon."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from thecal.care.due.pump_items import SCAN_READING
from thecal.care.due.urgency import TABLE as DUE
from thecal.care.spans import span
from thecal.care.visit.knowledge import DueReading
from thecal.care.visit.rules import RULES
from thecal.safety.finding import Finding, Severity
from thecal.units import Duration


def due_readings(
    events: Iterable[tuple[str, datetime]], read_at: Iterable[datetime]
) -> tuple[DueReading, ...]:
    """Return the events of a log after which nobody has read the pump, the oldest first.

    Parameters
    ----------
    events
        Kind and end of each event; kinds that `visit_rules.csv` does not name want no reading.
    read_at
        When the pump was read.
    """
    last = max(read_at, default=None)
    wanted = {fact.value for fact in RULES.every("K16", "after")}
    due = [
        DueReading(kind, since)
        for kind, since in events
        if kind in wanted and (last is None or last <= since)
    ]
    return tuple(sorted(due, key=lambda one: one.since))


def reading_due(due: DueReading, read_at: datetime | None, now: datetime) -> Iterator[Finding]:
    """Ask for the reading after an event; the longer it is due, the graver.

    Parameters
    ----------
    read_at
        When the pump was last read; a reading at the moment of the event does not count.
    """
    if read_at is not None and read_at > due.since:
        return
    soon = DUE.get(SCAN_READING, "after", Duration)
    late = DUE.get(SCAN_READING, "again", Duration)
    waited = now - due.since
    severity = Severity.WARN
    if waited >= span(late.value):
        severity = Severity.HARD
    elif waited >= span(soon.value):
        severity = Severity.SOFT
    yield Finding(
        check="K16",
        severity=severity,
        message=(
            f"the pump was not read since {due.kind}: read it now; a rotor may stand still"
            " unnoticed, and a second reading may be needed to see it run again"
        ),
        source=soon.provenance(),
        value=due.since.isoformat(),
        follow_up=f"read the pump after {due.kind}",
    )
