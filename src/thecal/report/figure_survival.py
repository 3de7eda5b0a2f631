"""A survival curve as a picture: Kaplan-Meier with its interval, cumulative incidence, at risk."""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby
from math import ceil

from thecal.care.complications.rules import year_days, years
from thecal.care.outcomes.wilson import confidence_shown
from thecal.care.survival.curve import Curve
from thecal.care.survival.tables import daily, yearly
from thecal.report.axes import LEFT, RIGHT, Scale, draw_legend, legend_height, value_ticks
from thecal.report.figure import Figure, Table
from thecal.report.svg import BAND, WIDTH, Canvas
from thecal.units import show_number, show_percent

_TOP, _HEIGHT, _BELOW = 46.0, 220.0, 66.0
_MOST_TICKS = 8


def draw_survival(name: str, device: str, curve: Curve, caption: str) -> Figure:
    """Return the picture of a curve with its tables; `device` as in `pumps`."""
    entries = [
        (1, "without failure (Kaplan-Meier)"),
        (BAND, f"its {confidence_shown()} interval (log-log)"),
        (2, "failed (cumulative incidence)"),
        (4, "watching ended (strokes)"),
    ]
    legend = legend_height(entries)
    last = curve.steps[-1]
    told = (
        f"{curve.number} {device}; after {curve.longest} days"
        f" {show_percent(last.survival, signed=False)} without failure"
    )
    height = _TOP + _HEIGHT + _BELOW + legend
    canvas = Canvas(name, height, f"Survival of {device}", told)
    bottom = _TOP + _HEIGHT
    part = Scale(Fraction(0), Fraction(1), bottom, _TOP)
    time = Scale(Fraction(0), Fraction(max(curve.longest, 1)), LEFT, WIDTH - RIGHT)
    _axes(canvas, curve, part, time, bottom)
    _band(canvas, curve, part, time)
    kaplan = [(step.day, step.survival) for step in curve.steps]
    canvas.path(_stairs(kaplan, Fraction(1), part, time, curve.longest), "line1")
    failed = [(step.day, step.incidence) for step in curve.steps]
    points = _stairs(failed, Fraction(0), part, time, curve.longest)
    canvas.path(points, "mark dashed o2 empty")
    for step in curve.steps:
        if step.censored:
            x, y = time(Fraction(step.day)), part(step.survival)
            canvas.line(x, y - 4, x, y + 4, "o4 mark")
    draw_legend(canvas, bottom + _BELOW, entries)
    tables = tuple(
        Table(f"{listing.title}: {device}", listing.columns, _texts(listing.rows), numbers=True)
        for listing in (yearly(curve), daily(curve))
    )
    return Figure(name, canvas, caption, tables)


def _texts(rows: tuple[tuple[object, ...], ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(str(cell) for cell in row) for row in rows)


def _axes(canvas: Canvas, curve: Curve, part: Scale, time: Scale, bottom: float) -> None:
    for tick in range(0, 101, 25):
        y = part(Fraction(tick, 100))
        canvas.line(LEFT, y, WIDTH - RIGHT, y, "axis" if tick == 0 else "grid")
        canvas.text(LEFT - 6, y + 4, f"{tick} %", anchor="end")
    canvas.text(0, bottom + 18, "years", "t m")
    canvas.text(0, bottom + 40, "at risk", "t m")
    for year in value_ticks(years(curve.longest), _MOST_TICKS):
        day = ceil(year * year_days(1))
        if day > curve.longest:
            break
        x = time(Fraction(day))
        canvas.line(x, bottom, x, bottom + 5, "axis")
        canvas.text(x, bottom + 18, show_number(year), anchor="middle")
        canvas.text(x, bottom + 40, str(curve.at_risk(day)), anchor="middle")


def _band(canvas: Canvas, curve: Curve, part: Scale, time: Scale) -> None:
    """Draw the interval for as long as it stays; none where the formula has none."""
    for interval, group in groupby(curve.steps, key=lambda step: (step.low, step.high)):
        low, high = interval
        days = [step.day for step in group]
        later = [step.day for step in curve.steps if step.day > days[-1]]
        if low is None or high is None:
            continue
        left, right = time(Fraction(days[0])), time(Fraction(min(later, default=curve.longest)))
        canvas.filled(left, part(high), right - left, part(low) - part(high), BAND)


def _stairs(
    points: list[tuple[int, Fraction]], first: Fraction, part: Scale, time: Scale, longest: int
) -> list[tuple[float, float]]:
    """Return the corners of a line that holds its height until the next step."""
    corners = [(time(Fraction(0)), part(first))]
    before = first
    for day, height in points:
        corners += [(time(Fraction(day)), part(before)), (time(Fraction(day)), part(height))]
        before = height
    corners.append((time(Fraction(longest)), part(before)))
    return corners
