"""Courses over time in strips: one above the other, each with its own value axis and its band."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import final

import numpy as np

from thecal.body.course import Band, FloatArray
from thecal.report.axes import LEFT, RIGHT, Scale, draw_value_axis, nice_step
from thecal.report.body_axis import HourAxis, thin
from thecal.report.svg import WIDTH, Canvas, number

STRIP = 66.0
_GAP = 34.0
_HATCH = 2
_FIXED = re.compile(r"(\d+)\s*(?:-|to|\N{EN DASH})\s*(\d+)")
_SMALL_PART = 0.6
"""Above this part of its highest value an axis need not begin at zero."""


@final
@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One course of a strip.

    Attributes
    ----------
    banded
        Whether its band is drawn; where no draws were made there is none.
    letter
        A or B in a comparison, whose B is dashed and hatched.
    """

    times: FloatArray
    band: Band
    banded: bool
    letter: str = ""

    @property
    def second(self) -> bool:
        """Whether it is drawn as the second of two."""
        return self.letter == "B"


@final
@dataclass(frozen=True, slots=True, eq=False)
class Strip:
    """A panel of courses in one unit; `limits` are those of the scale of a score."""

    title: str
    lines: tuple[Line, ...]
    limits: tuple[int, int] | None = None


def limits_of(unit: str) -> tuple[int, int] | None:
    """Return the ends of a score from its unit, as 0 and 10 from `0-10`."""
    found = _FIXED.fullmatch(unit.strip())
    return (int(found[1]), int(found[2])) if found else None


def draw_strips(canvas: Canvas, y: float, strips: list[Strip], axis: HourAxis) -> float:
    """Draw strips from `y` downwards over one axis of time, and return where they end."""
    for index, strip in enumerate(strips):
        top = y + _GAP - 8
        bottom = top + STRIP
        ticks = _ticks(strip)
        above = "" if ticks[0] <= 0 else " (the axis does not begin at 0)"
        canvas.text(LEFT, top - 9, strip.title + above, "t")
        scale = draw_value_axis(canvas, ticks, top, bottom, "")
        last = index == len(strips) - 1
        y = axis.draw(canvas, top, bottom, named=last)
        for line in strip.lines:
            _draw_line(canvas, line, axis, scale)
        _draw_letters(canvas, strip, axis, scale)
    return y


def _ticks(strip: Strip) -> list[Fraction]:
    """Round values around all that is drawn; from zero, unless the courses lie far above it."""
    courses = [
        course
        for line in strip.lines
        for course in (line.band.value, *((line.band.low, line.band.high) if line.banded else ()))
    ]
    low = min(float(np.min(course)) for course in courses)
    high = max(float(np.max(course)) for course in courses)
    if strip.limits is not None and strip.limits[0] <= low and high <= strip.limits[1]:
        low, high = (float(limit) for limit in strip.limits)
    elif 0 <= low <= _SMALL_PART * high or low == high == 0:
        low = 0.0
    step = nice_step(Fraction(high) - Fraction(low), 2)
    first, last = Fraction(low) // step, -(-Fraction(high) // step)
    return [step * place for place in range(first, max(last, first + 1) + 1)]


def _places(scale: Scale, values: FloatArray) -> FloatArray:
    low, high = float(scale.low), float(scale.high)
    return scale.start + (values - low) / (high - low) * (scale.end - scale.start)


def _draw_line(canvas: Canvas, line: Line, axis: HourAxis, scale: Scale) -> None:
    band = line.band
    kept = thin(line.times, (band.value, band.low, band.high))
    x = np.round(axis.places(line.times[kept]), 1)
    if line.banded:
        low, high = (np.round(_places(scale, end[kept]), 1) for end in (band.low, band.high))
        outline = [*zip(x, high, strict=True), *zip(x[::-1], low[::-1], strict=True)]
        shape = "M" + "L".join(f"{number(px)} {number(py)}" for px, py in outline) + "Z"
        canvas.add("path", d=shape, class_="bandb" if line.second else "banda")
        if line.second:
            canvas.add("path", d=shape, fill=canvas.overlay(_HATCH, "bandhatch"))
    value = np.round(_places(scale, band.value[kept]), 1)
    style = "line2 dashed" if line.second else "line1"
    canvas.path(list(zip(x.tolist(), value.tolist(), strict=True)), style)


def _draw_letters(canvas: Canvas, strip: Strip, axis: HourAxis, scale: Scale) -> None:
    """Name the courses of a comparison where they end, apart from each other."""
    named = [line for line in strip.lines if line.letter]
    ends = [float(_places(scale, line.band.value[-1:])[0]) for line in named]
    order = sorted(range(len(named)), key=lambda place: ends[place])
    lowest = -1e9
    for place in order:
        lowest = max(ends[place], lowest + 13)
        x = min(axis.place(float(named[place].times[-1])) + 2, WIDTH - RIGHT + 2)
        canvas.text(x, lowest + 4, named[place].letter, "t b halo")


def draw_strip_legend(canvas: Canvas, y: float, entries: list[tuple[str, bool]]) -> float:
    """Draw what line and band mean, and return where it ends.

    Parameters
    ----------
    entries
        For one course, or for A and B: the words, and whether it has a band.
    """
    for place, (words, banded) in enumerate(entries):
        second = place == 1
        if banded:
            canvas.rect(LEFT, y, 28, 12, "bandb" if second else "banda")
        if banded and second:
            fill = canvas.overlay(_HATCH, "bandhatch")
            canvas.add("rect", x=LEFT, y=y, width=28, height=12, fill=fill)
        canvas.line(LEFT, y + 6, LEFT + 28, y + 6, "line2 dashed" if second else "line1")
        canvas.text(LEFT + 36, y + 10, words)
        y += 20
    return y
