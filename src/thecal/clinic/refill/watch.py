"""The watch after a fill: when it ends, and how much of it is left."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from thecal.care.spans import span
from thecal.care.visit.leaving_checks import watch_after
from thecal.clinic.ledger.due import WATCH_BEGUN, WATCH_RELEASED
from thecal.clinic.refill.situation import Situation
from thecal.record.entry import Entry
from thecal.units import show


def open_watches(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the entries that began a watch which nobody ended, the oldest first."""
    released = {int(one.body["watch"]) for one in entries if one.kind == WATCH_RELEASED}
    return tuple(one for one in entries if one.kind == WATCH_BEGUN and one.seq not in released)


def watch_of(situation: Situation) -> Entry | None:
    """Return the entry that began the watch of this visit and was not released."""
    begun = open_watches(situation.chart.entries)
    number = situation.running.number
    return next((one for one in reversed(begun) if one.body.get("visit") == number), None)


def watch_begun(situation: Situation) -> datetime | None:
    """Return when the watch of this visit began; None: it has not."""
    entries = situation.chart.entries
    begun = [
        one.written
        for one in entries
        if one.kind == WATCH_BEGUN and one.body.get("visit") == situation.running.number
    ]
    return begun[0].astimezone(situation.now.tzinfo) if begun else None


def watch_ends(situation: Situation) -> datetime:
    """Return when the watch of the fill ends, counted from its beginning, else from now."""
    began = watch_begun(situation) or situation.now
    return began.replace(microsecond=0) + span(watch_after(situation.solution).value)


def watch_shown(situation: Situation) -> dict[str, Any]:
    """Return what a page shows of the watch; nothing before the fill."""
    began = watch_begun(situation)
    if began is None:
        return {}
    ends = watch_ends(situation)
    left = max(timedelta(), ends - situation.now)
    wanted = watch_after(situation.solution)
    return {
        "began": began,
        "ends": ends,
        "left": -(-int(left.total_seconds()) // 60),
        "seconds": int(left.total_seconds()),
        "wanted": show(wanted.value, "min"),
        "source": wanted.provenance(),
        "idle": f"{int(settings.SESSION_IDLE.total_seconds()) // 60} min",
        "session_first": left > settings.SESSION_IDLE,
    }
