"""K34, C02: the clocks of pump, programmer and record, and setting them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from thecal.pharmacy import both_units
from thecal.safety.finding import Finding, Severity
from thecal.safety.rules import source, threshold
from thecal.safety.situation import ClockOrder, InterrogationRecord, Situation
from thecal.units import Duration, show_number

_SOURCE = "standards.md 3 C02"


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
        if clock is not None:
            yield from clock_against_record(name, clock, situation.moment)


def clock_against_record(name: str, clock: datetime, moment: datetime) -> Iterator[Finding]:
    """Say when a clock is off the time of the record (K34)."""
    off = abs(_apart(clock, moment))
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
            limit=moment.isoformat(),
        )


def check_clock_set(situation: Situation) -> Iterator[Finding]:
    """Say what a new time does to the program, and that it needs a reason."""
    order = situation.order
    if not isinstance(order, ClockOrder):
        return
    if not (order.reason or "").strip():
        yield Finding(
            check="C02",
            severity=Severity.SOFT,
            message="the clock is set without a reason: write one",
            source=_SOURCE,
        )
    minutes = show_number(abs(int(order.new - order.old)) // 60)
    if not order.between or order.new == order.old:
        return
    back = order.new < order.old
    doses = ", ".join(both_units(drug, mass) for drug, mass in order.between.items())
    way = "back" if back else "on"
    outcome = "is given again" if back else "is left out"
    yield Finding(
        check="C02",
        severity=Severity.SOFT if back else Severity.WARN,
        message=(
            f"the pump's clock goes {way} by {minutes} min: what the program gives in that time,"
            f" {doses}, {outcome}; lockouts run on by elapsed time"
        ),
        source=_SOURCE,
    )


def _apart(clock: datetime, moment: datetime) -> int:
    """Seconds between two clocks, each with its offset."""
    return (clock - moment) // timedelta(seconds=1)
