"""Infection care of an external pump as JSON and as text for people."""

from __future__ import annotations

from thecal.cli.jsonable import Json, moment, quantity
from thecal.safety.infection_care import CareOutlook
from thecal.units import show, show_time


def care_json(care: CareOutlook | None) -> Json:
    """Return what is due next, and whether its date is over."""
    if care is None:
        return []
    return [
        {
            "task": date.task,
            "name": date.name,
            "last": moment(date.last),
            "interval": quantity(date.interval.value, "d"),
            "due": moment(date.due),
            "overdue": date.overdue(care.now),
            "source": date.interval.provenance(),
        }
        for date in care.dates
    ]


def care_lines(care: CareOutlook | None) -> list[str]:
    """Return what is due next, a line each."""
    if care is None:
        return []
    return [
        f"due: {date.name} by {show_time(date.due)}"
        f"{' (OVERDUE)' if date.overdue(care.now) else ''},"
        f" every {show(date.interval.value, 'd')}; {date.interval.provenance()}"
        for date in care.dates
    ]
