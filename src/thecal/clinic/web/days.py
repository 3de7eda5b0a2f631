"""Days as people plan by them: with the day of the week before the date."""

from __future__ import annotations

from datetime import date, datetime

from thecal.units import show_date, show_time, show_weekday


def full_day(day: date) -> str:
    """Return a date as in `Monday, 2 March 2026`."""
    return f"{show_weekday(day)}, {show_date(day)}"


def full_moment(at: datetime) -> str:
    """Return a moment in its own zone as in `Monday, 2 March 2026, 10:00`."""
    return f"{show_weekday(at)}, {show_time(at)}"


def weekday_typed(text: object) -> str:
    """Return the day of the week of what stands in a field of a date; empty where it is none."""
    try:
        return show_weekday(datetime.fromisoformat(str(text)))
    except ValueError:
        return ""
