"""K34: the clocks of pump, programmer and record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from thecal.safety.finding import Finding, Severity
from thecal.safety.rules import source, threshold
from thecal.safety.situation import InterrogationRecord, Situation
from thecal.units import Duration, show_number


def check_clocks(situation: Situation) -> Iterator[Finding]:
    """Compare the clocks of a reading; say when a time was written in another offset."""
    if situation.clock_offset_differs and situation.running is not None:
        yield Finding(
            check="K34",
            severity=Severity.WARN,
            message=(
                "this time is written in another offset than the pump's: the pump keeps its own"
                " clock, so its steps do not shift with travel or daylight saving"
            ),
            source="workflow.md 4c K34",
        )
    order = situation.order
    if not isinstance(order, InterrogationRecord):
        return
    for name, clock in (("pump", order.pump_clock), ("programmer", order.programmer_clock)):
        if clock is None:
            continue
        off = abs(_apart(clock, situation.moment))
        if off > threshold("K34", "tolerance", Duration).value.base:
            yield Finding(
                check="K34",
                severity=Severity.WARN,
                message=(
                    f"the {name} clock is {show_number(int(off) // 60 or 1)} min off the time of"
                    " the record: steps and lockouts follow the pump clock; set it and log that"
                ),
                source=source("K34", "tolerance"),
                value=clock.isoformat(),
                limit=situation.moment.isoformat(),
            )


def _apart(clock: datetime, moment: datetime) -> int:
    """Seconds between two clocks; one without an offset is read in the record's."""
    if clock.tzinfo is None:
        clock = clock.replace(tzinfo=moment.tzinfo)
    return (clock - moment) // timedelta(seconds=1)
