"""Counting back working days, so that a solution is there when it is needed."""

from __future__ import annotations

from collections.abc import Set
from datetime import date, timedelta
from fractions import Fraction

from thecal.care.due.urgency import TABLE
from thecal.errors import EntryError
from thecal.pharmacy.lookup import listed

_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY = timedelta(days=1)


def lead_days() -> int:
    """Return the working days from order to delivery that the table holds."""
    return int(TABLE.get("order", "lead", Fraction).value)


def is_working_day(day: date, holidays: Set[date]) -> bool:
    """Whether something is made and sent on a day: no weekend and no holiday."""
    weekend = listed(TABLE.get("order", "weekend", str))
    return _WEEK[day.weekday()] not in weekend and day not in holidays


def order_by(refill_by: date, lead: int, holidays: Set[date] = frozenset()) -> date:
    """Return the last day on which an order still arrives in time.

    The solution has to be there on the last working day that is not after `refill_by`; from there
    `lead` working days are counted back. An order on that day is delivered on the last one.

    Parameters
    ----------
    lead
        Working days from order to delivery, 0 or more.
    holidays
        Days besides weekends on which nothing is made or sent.

    Raises
    ------
    EntryError
        If `lead` is below zero.
    """
    if lead < 0:
        raise EntryError(f"{lead} working days from order to delivery", remedy="give 0 or more")
    day = _back(refill_by, holidays)
    for _ in range(lead):
        day = _back(day - _DAY, holidays)
    return day


def _back(day: date, holidays: Set[date]) -> date:
    while not is_working_day(day, holidays):
        day -= _DAY
    return day
