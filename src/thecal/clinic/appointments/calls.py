"""The calls about a refill: to which of them a try belongs."""

from __future__ import annotations

from thecal.care.due.urgency import TABLE as DUE
from thecal.care.spans import span
from thecal.clinic import clock
from thecal.clinic.appointments.listed import Listed
from thecal.units import Duration


def call_of(one: Listed) -> int:
    """Return the days before refill-by of the call that a try belongs to, the next one at first."""
    steps = [each.of_kind(Duration).value for each in DUE.every("refill", "escalation")]
    days = sorted(span(each).days for each in steps)
    if one.refill_by is None:
        return days[-1]
    left = one.refill_by - clock.now()
    return next((each for each in days if left.days < each), days[-1]) if left.days >= 0 else 0
