"""What a clinic offers: its hours, slots, rooms, closed days and tours, and its own window."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, final

from thecal.care.appointments.figures import TABLE, days, length, number
from thecal.errors import EntryError
from thecal.safety.rules import threshold
from thecal.units import Duration

WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CLOSED = "closed"
_HOURS = re.compile(r"([0-9]{1,2}):([0-9]{2}) ?(?:-|–|to) ?([0-9]{1,2}):([0-9]{2})")
_COUNTS = ("slot", "rooms", "tours", "tour_visits")
_DAY = timedelta(days=1)
_MONDAY = date(2024, 1, 1)
_MINUTES = 60


@final
@dataclass(frozen=True, slots=True)
class Opening:
    """What a clinic offers.

    Attributes
    ----------
    hours
        For each day of the week from Monday: begin and end; None where it is closed.
    slot
        Length of an appointment in minutes.
    rooms
        Appointments at the same time.
    closed
        Days on which nobody is seen.
    tours, tour_visits
        Home-visit tours on one day, and visits of one.
    window
        Days before the alarm within which no visit is planned.
    country
        Whose law on the delivery of controlled drugs holds, as `us`; empty: none on record.
    """

    hours: tuple[tuple[time, time] | None, ...]
    slot: int
    rooms: int
    closed: frozenset[date]
    tours: int
    tour_visits: int
    window: int
    country: str = ""

    def is_open(self, day: date) -> bool:
        """Whether somebody is seen on a day."""
        return bool(self.starts(day))

    def starts(self, day: date) -> tuple[time, ...]:
        """Return when appointments begin on a day; none where the clinic is closed."""
        open_hours = self.hours[day.weekday()]
        if day in self.closed or open_hours is None:
            return ()
        begin, end = (datetime.combine(day, one) for one in open_hours)
        count = int((end - begin).total_seconds()) // (self.slot * _MINUTES)
        return tuple((begin + timedelta(minutes=self.slot * one)).time() for one in range(count))

    def capacity(self, day: date) -> int:
        """Return how many appointments a day holds."""
        return self.rooms * len(self.starts(day))

    def to_json(self) -> dict[str, Any]:
        """Return it as the log keeps it."""
        return {
            "hours": {
                name: CLOSED if one is None else f"{one[0]:%H:%M}-{one[1]:%H:%M}"
                for name, one in zip(WEEK, self.hours, strict=True)
            },
            "slot": self.slot,
            "rooms": self.rooms,
            "closed": [one.isoformat() for one in sorted(self.closed)],
            "tours": self.tours,
            "tour_visits": self.tour_visits,
            "window": self.window,
            "country": self.country,
        }


def opening_of(body: Mapping[str, Any] | None) -> Opening:
    """Return what the log keeps; the shipped defaults where it keeps nothing."""
    if body is None:
        return default_opening()
    return Opening(
        hours=tuple(read_hours(str(body["hours"][name])) for name in WEEK),
        slot=int(body["slot"]),
        rooms=int(body["rooms"]),
        closed=frozenset(date.fromisoformat(one) for one in body["closed"]),
        tours=int(body["tours"]),
        tour_visits=int(body["tour_visits"]),
        window=int(body["window"]),
        country=str(body["country"]),
    )


def default_opening() -> Opening:
    """Return what holds until a clinic says otherwise."""
    return Opening(
        hours=tuple(read_hours(TABLE.text("opening", name)) for name in WEEK),
        slot=int(length("opening", "slot").total_seconds()) // _MINUTES,
        rooms=int(number("opening", "rooms")),
        closed=frozenset(),
        tours=int(number("opening", "tours")),
        tour_visits=int(number("opening", "tour-visits")),
        window=rule_window(),
    )


def rule_window() -> int:
    """Return the days before the alarm that a refill-by time leaves."""
    return int(threshold("K12", "window-before-alarm", Duration).value.in_unit("d"))


def read_opening(typed: Mapping[str, str]) -> Opening:
    """Return what was typed: hours by weekday, counts, and closed days one on a line.

    Raises
    ------
    EntryError
        If something cannot be so; `place` names the field.
    """
    hours = []
    for name in WEEK:
        try:
            hours.append(read_hours(typed.get(name, "")))
        except EntryError as error:
            raise error.at(name) from None
    counts = {name: _count(name, typed.get(name, "")) for name in _COUNTS}
    found = Opening(
        hours=tuple(hours),
        closed=_closed(typed.get("closed", "")),
        window=_window(typed.get("window", "")),
        country=typed.get("country", ""),
        **counts,
    )
    for name, begin_end in zip(WEEK, found.hours, strict=True):
        if begin_end is not None and not _fits(begin_end, found.slot):
            raise EntryError(
                f"not one appointment of {found.slot} minutes fits into these hours",
                remedy="write longer hours, or leave the day empty",
                place=name,
            )
    return found


def read_hours(text: str) -> tuple[time, time] | None:
    """Return the hours of a day, as in `09:00-16:00`; None for `closed` or nothing."""
    told = text.strip()
    if told in ("", CLOSED):
        return None
    match = _HOURS.fullmatch(told)
    try:
        if match is None:
            raise ValueError
        first, second, third, fourth = (int(one) for one in match.groups())
        begin, end = time(first, second), time(third, fourth)
    except ValueError:
        raise EntryError(f'"{told[:30]}" are no hours', remedy="write 09:00-16:00") from None
    if begin >= end:
        raise EntryError("these hours end before they begin", remedy="write 09:00-16:00")
    return begin, end


def _fits(hours: tuple[time, time], slot: int) -> bool:
    begin, end = (one.hour * _MINUTES + one.minute for one in hours)
    return end - begin >= slot


def _count(name: str, text: str) -> int:
    low, high = (_bound(name, end) for end in ("least", "most"))
    if not (text.isascii() and text.isdecimal() and low <= int(text[:4]) <= high):
        raise EntryError(
            f'"{text[:20]}" cannot be', remedy=f"write a whole number, {low} to {high}", place=name
        )
    return int(text)


def _bound(name: str, end: str) -> int:
    parameter = f"{name.replace('_', '-')}-{end}"
    if name == "slot":
        return int(length("opening", parameter).total_seconds()) // _MINUTES
    return int(number("opening", parameter))


def _window(text: str) -> int:
    low, high = rule_window(), days("window", "longest")
    if not (text.isascii() and text.isdecimal() and low <= int(text[:4]) <= high):
        raise EntryError(
            f'"{text[:20]}" cannot be the window before the alarm',
            why=f"the refill-by time of every page and paper leaves {low} days",
            remedy=f"write a whole number of days, {low} to {high}",
            place="window",
        )
    return int(text)


def _closed(text: str) -> frozenset[date]:
    try:
        spans = read_spans(text)
    except EntryError as error:
        raise error.at("closed") from None
    return frozenset(
        first + _DAY * one for first, last in spans for one in range((last - first).days + 1)
    )


def read_spans(text: str) -> tuple[tuple[date, date], ...]:
    """Return first and last days, one span on a line, as in `2026-12-24 to 2027-01-01`.

    Raises
    ------
    EntryError
        If a line is no day and no days from one to another, or of more than a line may hold.
    """
    found: list[tuple[date, date]] = []
    longest = length("opening", "closure-most")
    for line in text.replace(",", "\n").splitlines():
        parts = [one.strip() for one in re.split(r" to | ?– ?", line.strip()) if one.strip()]
        if not parts:
            continue
        try:
            first, *rest = (date.fromisoformat(one) for one in parts)
        except ValueError:
            raise EntryError(
                f'"{line.strip()[:40]}" is no day', remedy="write 2026-12-24"
            ) from None
        last = rest[0] if rest else first
        if len(rest) > 1 or not timedelta() <= last - first <= longest:
            raise EntryError(
                f'"{line.strip()[:40]}" are no days from one to another',
                remedy=f"write 2026-12-24 to 2027-01-01, {longest.days} days at most",
            )
        found.append((first, last))
    return tuple(found)


def slots_a_week(opening: Opening) -> int:
    """Return how many appointments a week without closed days holds."""
    plain = replace(opening, closed=frozenset())
    return sum(plain.capacity(_MONDAY + _DAY * one) for one in range(len(WEEK)))
