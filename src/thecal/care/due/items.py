"""Everything that is due for one patient, the most urgent first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from thecal.care.due.item import Due, due_item
from thecal.care.due.knowledge import OBSERVATION, Knowledge
from thecal.care.due.pump_items import pump_items
from thecal.care.due.refills import refill_items
from thecal.errors import EntryError
from thecal.units import show_time


def due_items(known: Knowledge, now: datetime) -> tuple[Due, ...]:
    """Return what is due for one patient, by urgency, then by date, then by rule.

    Parameters
    ----------
    known
        Times with their offset.
    now
        With the offset of the clinic: calendar days are counted there.

    Raises
    ------
    EntryError
        If `now` has no offset.
    """
    if now.tzinfo is None:
        raise EntryError("the time has no offset", remedy="give it with its offset from UTC")
    found = [one for one in _items(known, now) if one is not None]
    return tuple(sorted(found, key=lambda one: one.key))


def _items(known: Knowledge, now: datetime) -> Iterator[Due | None]:
    yield from _tasks(known, now)
    if known.closed:
        return
    yield from refill_items(known, now)
    yield from pump_items(known, now)
    yield from _watches(known, now)


def _tasks(known: Knowledge, now: datetime) -> Iterator[Due | None]:
    for task in known.tasks:
        yield due_item(task.rule, task.due, now, task.what)
    for draft in known.drafts:
        what = f"{draft.what} waits for {draft.waits_for} since {show_time(draft.since)}"
        yield due_item("draft", draft.since, now, what, check="K8")


def _watches(known: Knowledge, now: datetime) -> Iterator[Due | None]:
    for watch in known.watches:
        check, name = "K29", "24-hour watch"
        if watch.kind == OBSERVATION:
            check, name = "K11", "watch after the fill"
        over = watch.ends <= now
        verb = "is over since" if over else "runs until"
        what = f"{name} {verb} {show_time(watch.ends)}"
        what += ": compare with before the fill and release" if over else ""
        yield due_item(watch.kind, watch.ends, now, what, check=check)
