"""The watch after a fill: when it ends, and how much of it is left."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from thecal.care.spans import span
from thecal.care.visit.leaving_checks import watch_after
from thecal.clinic.refill.leaving import watch_begun
from thecal.clinic.refill.situation import Situation
from thecal.units import show


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
        "wanted": show(wanted.value, "min"),
        "source": wanted.provenance(),
    }
