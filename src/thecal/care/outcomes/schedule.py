"""When outcomes are asked: baseline, 2 to 6 weeks, 3 to 36 months, then every year."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import final

from thecal.care.advice import Cited
from thecal.data import Fact, FactValue
from thecal.pharmacy.lookup import by_key
from thecal.units import Duration

BASELINE = "baseline"
_YEARLY = "yearly"
_MONTHS = 12


@final
@dataclass(frozen=True, slots=True)
class DueVisit:
    """One visit: the first and the last day of its window, and the row it comes from."""

    visit: str
    opens: date
    due: date
    figure: Cited

    def overdue(self, on: date) -> bool:
        """Whether the last day is over."""
        return on > self.due


def visit_names() -> tuple[str, ...]:
    """Return the named visits, in order; a yearly one is called as `year-4`."""
    return tuple(one for one in by_key("outcome_schedule", "visit") if one != _YEARLY)


def schedule(start: date, until: date) -> tuple[DueVisit, ...]:
    """Return every visit from the implantation to the first one after `until`, in order.

    All named visits are there; yearly ones go on behind the last of them.
    """
    table = by_key("outcome_schedule", "visit")
    found = []
    for name in visit_names():
        opens, due = table[name]["from"][0], table[name]["to"][0]
        found.append(DueVisit(name, _after(start, opens), _after(start, due), Cited(name, due)))
    every = table[_YEARLY]["every"][0]
    step = int(every.of_kind(Fraction).value)
    months = max(
        int(facts["to"][0].of_kind(Fraction).value)
        for name, facts in table.items()
        if name != _YEARLY and isinstance(facts["to"][0].value, Fraction)
    )
    while True:
        months += step
        day = add_months(start, months)
        found.append(DueVisit(f"year-{months // _MONTHS}", day, day, Cited(_YEARLY, every)))
        if day > until:
            return tuple(found)


def open_visits(
    visits: tuple[DueVisit, ...], done: Mapping[str, date], on: date
) -> tuple[DueVisit, ...]:
    """Return the visits that are over and were not held."""
    return tuple(one for one in visits if one.visit not in done and one.overdue(on))


def add_months(start: date, months: int) -> date:
    """Return the same day so many months later, the last of the month where it has no such day."""
    years, month = divmod(start.month - 1 + months, _MONTHS)
    year, month = start.year + years, month + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def _after(start: date, fact: Fact[FactValue]) -> date:
    if isinstance(fact.value, Duration):
        return start + timedelta(days=int(fact.value.in_unit("d")))
    return add_months(start, int(fact.of_kind(Fraction).value))
