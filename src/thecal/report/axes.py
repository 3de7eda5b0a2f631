"""Scales and ticks: from exact figures to places on a drawing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import final

from thecal.program.clock import Instant
from thecal.report.svg import WIDTH, Canvas, text_width
from thecal.therapy.events import Therapy
from thecal.units import show_date, show_number, show_time

LEFT, RIGHT = 66.0, 14.0
PLOT = WIDTH - LEFT - RIGHT


@final
@dataclass(frozen=True, slots=True)
class Scale:
    """A straight map from `[low, high]` to `[start, end]` on the drawing."""

    low: Fraction
    high: Fraction
    start: float
    end: float

    def __call__(self, value: Fraction) -> float:
        """Return the place of a value."""
        span = self.high - self.low
        part = float((value - self.low) / span) if span else 0.0
        return self.start + part * (self.end - self.start)


def nice_step(highest: Fraction, most: int) -> Fraction:
    """Return the least of 1, 2, 2.5 or 5 times a power of ten that needs at most `most` steps."""
    if highest <= 0:
        return Fraction(1)
    step = Fraction(1)
    while step * most >= highest:
        step /= 10
    while step * most < highest:
        step *= 10
    for part in (Fraction(1, 5), Fraction(1, 4), Fraction(1, 2)):
        if step * part * most >= highest:
            return step * part
    return step


def value_ticks(highest: Fraction, most: int = 5) -> list[Fraction]:
    """Return round values from zero to the first one at or above `highest`."""
    step = nice_step(highest, most)
    count = -(-highest // step) if highest > 0 else 1
    return [step * index for index in range(int(count) + 1)]


def draw_value_axis(
    canvas: Canvas, ticks: list[Fraction], top: float, bottom: float, unit: str
) -> Scale:
    """Draw a value axis with its grid, and return its scale."""
    scale = Scale(ticks[0], ticks[-1], bottom, top)
    for tick in ticks:
        y = scale(tick)
        canvas.line(LEFT, y, WIDTH - RIGHT, y, "axis" if tick == 0 else "grid")
        canvas.text(LEFT - 6, y + 4, show_number(tick), anchor="end")
    canvas.text(LEFT, top - 8, unit, "t m")
    return scale


def _months(months: int) -> Callable[[datetime], datetime]:
    def following(moment: datetime) -> datetime:
        index = moment.year * 12 + moment.month - 1
        index = (index // months + 1) * months
        midnight = moment.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        return midnight.replace(year=index // 12, month=index % 12 + 1)

    return following


def _minutes(minutes: int) -> Callable[[datetime], datetime]:
    def following(moment: datetime) -> datetime:
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        passed = (moment - midnight) // timedelta(minutes=minutes) + 1
        return min(midnight + passed * timedelta(minutes=minutes), midnight + timedelta(days=1))

    return following


def _days(days: int) -> Callable[[datetime], datetime]:
    def following(moment: datetime) -> datetime:
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight + timedelta(days=days - midnight.toordinal() % days)

    return following


def _month_name(moment: datetime) -> str:
    return show_date(moment).split(" ", 1)[1]


_STEPS: tuple[tuple[float, Callable[[datetime], datetime], Callable[[datetime], str]], ...] = (
    *((m / 1440, _minutes(m), show_time) for m in (1, 5, 15, 30, 60, 180, 360, 720)),
    *((d, _days(d), show_date) for d in (1, 2, 7, 14)),
    *((m * 30.4, _months(m), _month_name) for m in (1, 2, 3, 6)),
    *((y * 365.25, _months(12 * y), lambda t: str(t.year)) for y in (1, 2, 5, 10, 20, 50, 100)),
    *((y * 365.25, _months(12 * y), lambda t: str(t.year)) for y in (200, 500, 1000, 2000)),
)


def time_ticks(
    therapy: Therapy, start: Instant, end: Instant, most: int = 6
) -> list[tuple[Instant, str]]:
    """Return round times between two instants, the month always spelled out."""
    days = float(end - start) / 86400
    _, following, word = next((step for step in _STEPS if days / step[0] <= most), _STEPS[-1])
    ticks: list[tuple[Instant, str]] = []
    moment = therapy.moment(start) - timedelta(microseconds=1)
    while len(ticks) <= most + 1:
        try:
            moment = following(moment)
        except (ValueError, OverflowError):
            break
        instant = therapy.instant(moment)
        if instant > end:
            break
        if instant >= start:
            ticks.append((instant, word(moment)))
    return ticks


def draw_time_axis(
    canvas: Canvas, therapy: Therapy, scale: Scale, top: float, bottom: float
) -> None:
    """Draw ticks of time between two instants."""
    ticks = time_ticks(therapy, scale.low, scale.high)
    draw_ticks(canvas, [(scale(instant), word) for instant, word in ticks], top, bottom)


def draw_ticks(canvas: Canvas, ticks: list[tuple[float, str]], top: float, bottom: float) -> None:
    """Draw named ticks; where labels would touch each other, every second or third has one."""
    labels = [(_label_place(x, word), word) for x, word in ticks]
    stride = next(n for n in range(1, len(ticks) + 2) if _apart(labels[::n]))
    for index, (x, _) in enumerate(ticks):
        named = index % stride == 0
        canvas.line(x, bottom, x, bottom + (5 if named else 3), "axis")
        if named:
            canvas.line(x, top, x, bottom, "grid")
            place, word = labels[index]
            canvas.text(place, bottom + 18, word, anchor="middle")


def _label_place(x: float, word: str) -> float:
    half = text_width(word) / 2
    return min(max(x, half), WIDTH - half)


def _apart(labels: list[tuple[float, str]]) -> bool:
    return all(
        right - left >= (text_width(first) + text_width(second)) / 2 + 8
        for (left, first), (right, second) in pairwise(labels)
    )


def draw_legend(
    canvas: Canvas, y: float, entries: list[tuple[int, str]], left: float = LEFT
) -> float:
    """Draw swatches with their words from `y` downwards, and return the height that they took."""
    x, row = left, 0
    for swatch, word in entries:
        width = 24 + text_width(word) + 14
        if x > left and x + width > WIDTH:
            x, row = left, row + 1
        canvas.filled(x, y + row * 20, 16, 12, swatch)
        canvas.text(x + 22, y + row * 20 + 10, word)
        x += width
    return 20.0 * (row + 1)


def legend_height(entries: list[tuple[int, str]], left: float = LEFT) -> float:
    """Return the height that a legend will take."""
    return draw_legend(Canvas("measure", 0, "", ""), 0, entries, left)
