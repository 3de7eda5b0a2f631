"""H06: infection care of an external pump in time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import final

from thecal.data import Fact
from thecal.safety.finding import Finding, Severity
from thecal.units import Duration, show, show_time


@final
@dataclass(frozen=True, slots=True)
class CareDate:
    """One thing that has to be changed in time, with the last change and the next.

    Attributes
    ----------
    task
        Its id in `infection_care.csv`, or `bag`.
    last, due
        When it was changed last, and until when it has to be changed again.
    done, event
        When that was done, and by which event; None: not yet.
    """

    task: str
    name: str
    interval: Fact[Duration]
    last: datetime
    due: datetime
    done: datetime | None = None
    event: int | None = None

    def overdue(self, now: datetime) -> bool:
        """Whether it was done after its date, or is not done `now` although the date is over."""
        return (now if self.done is None else self.done) > self.due


@final
@dataclass(frozen=True, slots=True)
class CareOutlook:
    """What is due next, earliest first, seen from `now`; nothing for an implanted pump."""

    now: datetime
    dates: tuple[CareDate, ...]


def check_infection_care(dates: Iterable[CareDate], now: datetime) -> Iterator[Finding]:
    """Warn of every change that came late, or is late now."""
    for date in dates:
        if not date.overdue(now):
            continue
        came = "is overdue" if date.done is None else f"was done {show_time(date.done)}"
        yield Finding(
            check="H06",
            severity=Severity.WARN,
            message=(
                f"{date.name}: due by {show_time(date.due)}, every"
                f" {show(date.interval.value, 'd')}, and {came}; the last time was"
                f" {show_time(date.last)}"
            ),
            source=date.interval.provenance(),
            event=date.event,
            value=None if date.done is None else date.done.isoformat(),
            limit=date.due.isoformat(),
            follow_up="look at the exit site and ask for fever, headache and a stiff neck",
        )
