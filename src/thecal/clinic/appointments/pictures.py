"""The calendar as pictures: weeks of the next months, and the places of one week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from html import escape
from typing import final

from thecal.units import show_date

_WIDTH, _LEFT, _BASE, _TALL, _FOOT = 960, 40, 190, 170, 24
_COLUMN, _HEAD, _ROW, _GAP = 126, 28, 16, 3


@final
@dataclass(frozen=True, slots=True)
class Week:
    """One week of the calendar.

    Attributes
    ----------
    unbooked
        Patients without an appointment in time whose last day lies in the week.
    """

    monday: date
    places: int
    booked: int
    home: int
    unbooked: int

    @property
    def year(self) -> int:
        """The year of the week's number."""
        return self.monday.isocalendar().year

    @property
    def week(self) -> int:
        """The week's number."""
        return self.monday.isocalendar().week


def draw_weeks(weeks: Sequence[Week]) -> str:
    """Return a bar for each week as SVG: places outlined, booked filled, unbooked above them."""
    most = max((max(one.places, one.booked + one.unbooked) for one in weeks), default=0) or 1
    step = (_WIDTH - _LEFT) / max(len(weeks), 1)
    parts = [
        f'<text x="2" y="{_BASE - _TALL + 4}">{most}</text><text x="2" y="{_BASE}">0</text>',
        f'<line x1="{_LEFT}" x2="{_WIDTH}" y1="{_BASE}" y2="{_BASE}" class="axis"/>',
    ]
    month = None
    for place, one in enumerate(weeks):
        left, wide = _LEFT + place * step + 2, step - 4
        booked, all_in = (_TALL * each / most for each in (one.booked, one.booked + one.unbooked))
        parts.append(_bar("late", left, wide, all_in))
        parts.append(_bar("paper", left, wide, booked))
        parts.append(_bar("taken", left, wide, booked))
        parts.append(_bar("place", left, wide, _TALL * one.places / most))
        if one.monday.month != month:
            month = one.monday.month
            parts.append(f'<text x="{left:.1f}" y="{_BASE + 16}">{one.monday:%b %Y}</text>')
    told = "; ".join(
        f"{show_date(one.monday)}: {one.booked} booked of {one.places}, {one.unbooked} not booked"
        for one in weeks
    )
    return _svg(_BASE + _FOOT, f"Visits by week. {told}", parts)


def _bar(kind: str, left: float, wide: float, tall: float) -> str:
    return (
        f'<rect class="{kind}" x="{left:.1f}" y="{_BASE - tall:.1f}" width="{wide:.1f}"'
        f' height="{tall:.1f}"/>'
    )


@final
@dataclass(frozen=True, slots=True)
class DayPlaces:
    """The places of one day: when each begins, and how many of a time are taken."""

    name: str
    starts: tuple[time, ...]
    rooms: int
    taken: tuple[time, ...]


def draw_week(days: Sequence[DayPlaces]) -> str:
    """Return the places of a week as SVG: a column for each day, a row for each time."""
    times = sorted({start for one in days for start in one.starts})
    parts = []
    for row, start in enumerate(times):
        parts.append(f'<text x="0" y="{_HEAD + row * _ROW + 12}">{start:%H:%M}</text>')
    for column, one in enumerate(days):
        left = _LEFT + 8 + column * _COLUMN
        parts.append(f'<text x="{left}" y="16">{escape(one.name)}</text>')
        wide = (_COLUMN - 12) / one.rooms
        for row, start in enumerate(times):
            for room in range(one.rooms if start in one.starts else 0):
                kind = "taken" if room < one.taken.count(start) else "place"
                parts.append(
                    f'<rect class="{kind}" x="{left + room * wide:.1f}"'
                    f' y="{_HEAD + row * _ROW}" width="{wide - _GAP:.1f}" height="{_ROW - _GAP}"/>'
                )
    told = "; ".join(
        f"{one.name}: {len(one.taken)} taken of {one.rooms * len(one.starts)}" for one in days
    )
    return _svg(_HEAD + len(times) * _ROW + 4, f"Places of the week. {told}", parts)


def _svg(height: int, label: str, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" class="chart calendar-picture"'
        f' aria-label="{escape(label)}">{"".join(parts)}</svg>'
    )
