"""The axis of hours under the figures of the body: calendar time, or time since the start."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

import numpy as np

from thecal.body.course import FloatArray
from thecal.program.clock import Instant
from thecal.report.axes import LEFT, PLOT, draw_ticks, time_ticks
from thecal.report.body_units import instant_at
from thecal.report.svg import Canvas
from thecal.therapy.events import Therapy
from thecal.units import NO_BREAK_SPACE, show_number

_DAY = 24
_STEPS = (1, 2, 3, 6, 12, 24, 48, 7 * 24, 14 * 24, 28 * 24, 91 * 24, 182 * 24, 364 * 24)
_BINS = 120
_EVERY_POINT = 420


@final
@dataclass(frozen=True, slots=True)
class HourAxis:
    """Hours from `first` to `last` across the plot, with the hours that are named."""

    first: float
    last: float
    ticks: tuple[tuple[float, str], ...]
    caption: str = ""

    def places(self, hours: FloatArray) -> FloatArray:
        """Return the places of hours on the drawing."""
        part = (hours - self.first) / (self.last - self.first)
        return LEFT + PLOT * part

    def place(self, hours: float) -> float:
        """Return the place of one hour."""
        return float(self.places(np.array([hours]))[0])

    def draw(self, canvas: Canvas, top: float, bottom: float, *, named: bool = True) -> float:
        """Draw the ticks below `bottom`, or only their grid lines; return where it ends."""
        if not named:
            for hours, _ in self.ticks:
                x = self.place(hours)
                canvas.line(x, top, x, bottom, "grid")
            return bottom
        draw_ticks(canvas, [(self.place(hours), word) for hours, word in self.ticks], top, bottom)
        if self.caption:
            canvas.text(LEFT, bottom + 34, self.caption, "t m")
        return bottom + (40 if self.caption else 24)


def calendar_axis(therapy: Therapy, start: Instant, first: float, last: float) -> HourAxis:
    """Return the axis of a run: dates on the pump clock."""
    found = time_ticks(therapy, instant_at(start, first), instant_at(start, last))
    ticks = ((float((instant - start) / 3600), word) for instant, word in found)
    return HourAxis(first, last, tuple(ticks))


def elapsed_axis(last: float) -> HourAxis:
    """Return the axis of two runs: time since the first event of each."""
    step = _step(last)
    hours = [place * step for place in range(int(last // step) + 1)]
    by_days = step % _DAY == 0
    ticks = ((float(hour), f"day {hour // _DAY}" if by_days else _hours(hour)) for hour in hours)
    return HourAxis(0.0, last, tuple(ticks), "time since the first event of each file")


def ending_axis(length: float) -> HourAxis:
    """Return the axis of two runs that end together: hours before the end of each are negative."""
    step = _step(length)
    hours = [-place * step for place in reversed(range(int(length // step) + 1))]
    ticks = ((float(hour), f"{_hours(-hour)} before" if hour else "end") for hour in hours)
    return HourAxis(-length, 0.0, tuple(ticks), "time before the end of each run")


def _step(span: float) -> int:
    longest = _STEPS[-1]
    years = (longest * count for count in range(2, 2 + int(span / longest)))
    return next((step for step in (*_STEPS, *years) if span / step <= 8), longest)


def _hours(hours: int) -> str:
    return f"{show_number(Fraction(hours))}{NO_BREAK_SPACE}h"


def thin(times: FloatArray, courses: tuple[FloatArray, ...]) -> list[int]:
    """Return the places of the points to draw: all of a short course.

    Of a long one those that a drawing of this width can show: of every five units the first and
    the last point, and where each course is lowest and highest.
    """
    count = len(times)
    if count <= _EVERY_POINT:
        return list(range(count))
    kept: set[int] = set()
    for part in np.array_split(np.arange(count), _BINS):
        kept |= {int(part[0]), int(part[-1])}
        for course in courses:
            kept |= {int(part[np.argmin(course[part])]), int(part[np.argmax(course[part])])}
    return sorted(kept)
