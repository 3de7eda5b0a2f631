"""Weekdays and times of day as they are written in a therapy file, and ages in whole years."""

from __future__ import annotations

import re
from datetime import date

from thecal.errors import EntryError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?", re.ASCII)


def read_days(text: object) -> frozenset[int]:
    """Return the weekdays, 0 for Monday, of `"daily"`, `"mon,thu"` or `"sat-sun"`.

    Raises
    ------
    EntryError
        If a name is unknown or a range runs backwards.
    """
    if text == "daily":
        return frozenset(range(7))
    if not isinstance(text, str):
        raise EntryError("this names no days", remedy='write "daily", "mon-fri" or "mon,thu"')
    days: set[int] = set()
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if first not in WEEKDAYS or (dash and last not in WEEKDAYS):
            raise EntryError(
                f'"{part[:40]}" is no weekday', remedy="use mon tue wed thu fri sat sun"
            )
        begin = WEEKDAYS.index(first)
        end = WEEKDAYS.index(last) if dash else begin
        if end < begin:
            raise EntryError(f'"{part}" runs backwards', remedy=f'write "{_wrapped(first, last)}"')
        days.update(range(begin, end + 1))
    return frozenset(days)


def _wrapped(first: str, last: str) -> str:
    """The same days, cut at the end of the week."""
    head = first if first == "sun" else f"{first}-sun"
    return f"{head},{last}" if last == "mon" else f"{head},mon-{last}"


def write_days(days: frozenset[int]) -> str:
    """Return the shortest text that `read_days` reads back to `days`."""
    if len(days) == len(WEEKDAYS):
        return "daily"
    parts: list[str] = []
    ordered = sorted(days)
    while ordered:
        first = last = ordered.pop(0)
        while ordered and ordered[0] == last + 1:
            last = ordered.pop(0)
        parts.append(WEEKDAYS[first] if first == last else f"{WEEKDAYS[first]}-{WEEKDAYS[last]}")
    return ",".join(parts)


def read_time_of_day(text: object) -> int:
    """Return seconds after midnight of `"07:00"`; raises `EntryError`."""
    match = _TIME.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise EntryError(
            f"{_quoted(text)} is no time of day", remedy='write "07:00", from 00:00 to 23:59'
        )
    hours, minutes, seconds = match.groups()
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds or 0)


def _quoted(text: object) -> str:
    return repr(text[:40]) if isinstance(text, str) else "this"


def write_time_of_day(seconds: int) -> str:
    """Return `07:00`, with seconds only where there are any."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours:02}:{minutes:02}" + (f":{left:02}" if left else "")


def whole_years(birth_date: date, day: date) -> int:
    """Return the age in whole years on `day`."""
    before_birthday = (day.month, day.day) < (birth_date.month, birth_date.day)
    return day.year - birth_date.year - before_birthday
