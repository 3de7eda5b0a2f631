"""How urgent something is: by how long is left, as `due.csv` says."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import final

from thecal.care.figures import Figures
from thecal.care.spans import span
from thecal.data import Fact, FactValue
from thecal.units import Duration

TABLE = Figures("due")


@final
class Urgency(StrEnum):
    """How urgent something is, the most urgent first."""

    CRITICAL = "critical"
    TODAY = "today"
    THIS_WEEK = "this-week"
    PLAN = "plan"

    @property
    def place(self) -> int:
        """0 for the most urgent."""
        return tuple(Urgency).index(self)


def urgency(rule: str, left: timedelta) -> tuple[Urgency, str] | None:
    """Return how urgent a rule makes what is due in `left`, and whose figure that is.

    What is overdue is never less urgent than today, whatever the table says; None: not yet.
    """
    found: list[tuple[Urgency, Fact[FactValue] | None]] = []
    for one in Urgency:
        if TABLE.has(rule, f"within-{one}"):
            within = TABLE.get(rule, f"within-{one}", Duration)
            if left <= span(within.value):
                found.append((one, within.of_kind(Duration)))
    if TABLE.has(rule, "late-critical"):
        late = TABLE.get(rule, "late-critical", Duration)
        if -left >= span(late.value):
            found.append((Urgency.CRITICAL, late))
    if TABLE.has(rule, "least"):
        least = TABLE.get(rule, "least", str)
        found.append((Urgency(least.value), least))
    if left <= timedelta():
        found.append((Urgency.TODAY, None))
    if not found:
        return None
    level, fact = min(found, key=lambda one: one[0].place)
    return level, "what is overdue is for today" if fact is None else fact.provenance()


def place(rule: str) -> Fraction:
    """Return the place of a rule among those that are due at the same time."""
    return TABLE.get(rule, "order", Fraction).value


def days_left(due: datetime, now: datetime) -> str:
    """Return how long is left or over, for people: `in 3 days`, `today`, `5 days overdue`."""
    days = (due.astimezone(now.tzinfo).date() - now.date()).days
    if due <= now and not days:
        return "overdue since today"
    if not days:
        return "today"
    unit = "day" if abs(days) == 1 else "days"
    return f"in {days} {unit}" if days > 0 else f"{-days} {unit} overdue"
