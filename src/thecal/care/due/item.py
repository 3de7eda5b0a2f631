"""One line of the Today list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from fractions import Fraction
from typing import final

from thecal.care.due.urgency import Urgency, place, urgency
from thecal.units import Duration


@final
@dataclass(frozen=True, slots=True)
class Due:
    """Something that is due for one patient.

    Attributes
    ----------
    rule
        Id of the rule that put it here: a subject of `due.csv`.
    what
        In plain words, with dates and what to do.
    due
        Until when it has to be done, or since when it is open.
    source
        Whose figure decided the urgency, and whether it is verified.
    check
        The check of the catalogue that it serves, as `K16`; empty where none.
    escalation
        Of a refill: the call before the refill date that is due now, in time before it.
    """

    rule: str
    urgency: Urgency
    what: str
    due: datetime
    source: str
    check: str = ""
    escalation: Duration | None = None

    @property
    def key(self) -> tuple[int, datetime, Fraction, str]:
        """By urgency, then by date, then by rule."""
        return self.urgency.place, self.due, place(self.rule), self.what


def due_item(
    rule: str,
    due: datetime,
    now: datetime,
    what: str,
    *,
    check: str = "",
    escalation: Duration | None = None,
) -> Due | None:
    """Return what a rule makes due, as urgent as the time that is left; None: not yet."""
    found = urgency(rule, due - now)
    if found is None:
        return None
    level, source = found
    return Due(rule, level, what, due, source, check, escalation)


def day_item(rule: str, day: date, now: datetime, what: str, *, check: str = "") -> Due | None:
    """Return what a rule makes due on a calendar day where `now` is told; None: not yet."""
    found = urgency(rule, day - now.date())
    if found is None:
        return None
    level, source = found
    end = datetime.combine(day, time.max, tzinfo=now.tzinfo)
    return Due(rule, level, what, end, source, check)
