"""When the list of one patient may look different, so that it can be kept until then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from thecal.care.due.knowledge import Knowledge
from thecal.care.due.refills import order_day
from thecal.care.due.urgency import TABLE
from thecal.care.spans import span
from thecal.data import cached, rows
from thecal.units import Duration


def wakes(known: Knowledge, now: datetime) -> datetime | None:
    """Return the next time at which `due_items` may answer otherwise; None: never by itself.

    Until then the answer is the same. The time may come too early and is never too late: every
    date that is known is held against every window of `due.csv`.
    """
    times = (moment + shift for moment in _moments(known, now) for shift in _shifts())
    return min((one for one in times if one > now), default=None)


@cached
def _shifts() -> tuple[timedelta, ...]:
    """Return how far from a date something changes, before it and after it."""
    found = {timedelta()}
    for row in rows(TABLE.table):
        for fact in TABLE.every(row["subject"], row["parameter"]):
            if isinstance(fact.value, Duration):
                found |= {span(fact.value), -span(fact.value)}
    return tuple(sorted(found))


def _moments(known: Knowledge, now: datetime) -> Iterator[datetime]:
    for one in (
        known.refill_by,
        known.low_reservoir,
        known.low_reservoir_all_boluses,
        known.empty,
        known.replacement_indicator,
        known.end_of_service,
        known.plan_replacement_from,
    ):
        if one is not None:
            yield one
    for day in (known.next_visit, order_day(known), *known.solution_lasts):
        if day is not None:
            yield from _midnights(day, now)
    yield from (one.at for one in known.tries)
    yield from (one.due for one in known.tasks)
    yield from (one.ends for one in known.watches)
    for scan in known.scans:
        yield from (scan.ended + shift for shift in _shifts())
    if known.standing is not None:
        yield from (known.standing.since + shift for shift in _shifts())


def _midnights(day: date, now: datetime) -> Iterator[datetime]:
    """Yield the beginning of a calendar day where `now` is told, and its end."""
    begins = datetime.combine(day, time(), tzinfo=now.tzinfo)
    yield from (begins, begins + timedelta(days=1))
