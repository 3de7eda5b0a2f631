"""Who calls whom before a refill that nobody booked is too late, and what came of it.

A refill that is booked in time asks for no call. One that is not is called for 21, 14, 7, 3 and 0
days before refill-by (workflow.md 5); who calls and what is done is this project's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import final

from thecal.care.due.knowledge import Knowledge
from thecal.care.due.urgency import TABLE
from thecal.care.spans import span
from thecal.units import Duration

CONTACT = "contact"
_REFILL = "refill"


@final
@dataclass(frozen=True, slots=True)
class Call:
    """A call that is due.

    Attributes
    ----------
    days
        Before refill-by, from when it is due.
    since
        From when it is due.
    tries
        How often somebody tried since.
    """

    days: int
    who: str
    do: str
    since: datetime
    tries: int


def call_due(known: Knowledge, now: datetime) -> Call | None:
    """Return the call that is due; None: a visit is booked in time, or nobody is called yet.

    A call that reached somebody rests until the next one; after refill-by it rests for a day.
    """
    by = known.refill_by
    if by is None or known.closed or _booked_in_time(known, now):
        return None
    found = None
    whos, whats = TABLE.every(CONTACT, "who"), TABLE.every(CONTACT, "do")
    for step, who, do in zip(TABLE.every(_REFILL, "escalation"), whos, whats, strict=True):
        before = span(step.of_kind(Duration).value)
        if by - before <= now:
            found = (before, str(who.value), str(do.value))
    if found is None:
        return None
    before, who_calls, what = found
    since = by - before
    tries = [one for one in known.tries if one.at >= since]
    if not before:
        again = span(TABLE.get(CONTACT, "again", Duration).value)
        tries = [one for one in tries if one.at > now - again]
    if any(one.reached for one in tries):
        return None
    return Call(before.days, who_calls, what, since, len(tries))


def _booked_in_time(known: Knowledge, now: datetime) -> bool:
    visit, by = known.next_visit, known.refill_by
    assert by is not None
    if visit is None or visit < now.date() or by <= now:
        return False
    return known.visit_at <= by if known.visit_at is not None else visit <= by.date()
