"""What was given so far: daily doses of one drug, each with the time from which it ran."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import final

from thecal.errors import EntryError
from thecal.therapy.table import Table
from thecal.units import Duration, MassRate


@final
@dataclass(frozen=True, slots=True)
class DoseChange:
    """A daily dose and the time from which it ran, on the pump clock."""

    time: datetime
    dose: MassRate


@final
@dataclass(frozen=True, slots=True)
class DoseHistory:
    """Doses in order of time; the first is the start of the therapy.

    Raises
    ------
    EntryError
        If it is empty, a dose is zero or less, or the times are not in order.
    """

    changes: tuple[DoseChange, ...]

    def __post_init__(self) -> None:
        if not self.changes:
            raise EntryError("the history holds no dose", remedy="give at least the start")
        for one in self.changes:
            if one.dose <= MassRate.zero():
                raise EntryError("a dose of the history is zero", remedy="leave out what was off")
            if one.time.tzinfo is not None:
                raise EntryError(
                    "a time of the history has an offset", remedy="use the pump clock, no offset"
                )
        for before, after in zip(self.changes, self.changes[1:], strict=False):
            if after.time <= before.time:
                raise EntryError("the times of the history are not in order")

    @property
    def started(self) -> datetime:
        """When the first dose began."""
        return self.changes[0].time

    @property
    def current(self) -> MassRate:
        """The last dose."""
        return self.changes[-1].dose

    def rises(self) -> tuple[datetime, ...]:
        """Return when the dose rose, in order."""
        pairs = zip(self.changes, self.changes[1:], strict=False)
        return tuple(after.time for before, after in pairs if after.dose > before.dose)

    def at(self, moment: datetime) -> MassRate | None:
        """Return the dose that ran at a time; None before the start."""
        running = [one.dose for one in self.changes if one.time <= moment]
        return running[-1] if running else None

    def with_change(self, time: datetime, dose: MassRate) -> DoseHistory:
        """Return the history with one dose more."""
        return DoseHistory((*self.changes, DoseChange(time, dose)))


def elapsed(start: datetime, end: datetime) -> Duration:
    """Return the time between two moments of one clock."""
    span = end - start
    return Duration.of(span.days * 86400 + span.seconds, "s")


def after(moment: datetime, wait: Duration) -> datetime:
    """Return the moment `wait` later; a part of a second counts as a whole one."""
    return moment + timedelta(seconds=-int(-wait.in_unit("s") // 1))


def read_history(case: Table, key: str = "history") -> DoseHistory:
    """Return the history from a list of `{ time, dose }`.

    Raises
    ------
    BadFileError
        If it is malformed; the place is named.
    """
    changes = []
    for number, raw in enumerate(case.take_list(key)):
        row = Table(raw, f"{case.place}: {key}[{number}]")
        changes.append(DoseChange(row.take_moment("time"), row.take_quantity("dose", MassRate)))
        row.finish()
    try:
        return DoseHistory(tuple(changes))
    except EntryError as error:
        raise case.error(error.what, error.remedy, key) from None
