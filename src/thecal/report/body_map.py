"""Drawing a heat map: levels from the head down by their true length, hours across."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import final

import numpy as np

from thecal.body.course import BodyCourse, FloatArray
from thecal.report.axes import LEFT, RIGHT
from thecal.report.body_axis import HourAxis
from thecal.report.body_scale import (
    ALIKE,
    NOTHING,
    RATIO_BOUNDS,
    Classes,
    ConcentrationScale,
    ratio_word,
)
from thecal.report.svg import WIDTH, Canvas, number
from thecal.units import show_number

_LABEL = 11.0
_MINUS = 5
_BAR = 12.0


@final
@dataclass(frozen=True, slots=True)
class Rows:
    """The levels of a heat map and their edges on the drawing."""

    levels: tuple[str, ...]
    edges: tuple[float, ...]

    @classmethod
    def of(cls, body: BodyCourse, top: float, height: float) -> Rows:
        """Return the rows of a body between `top` and `top + height`."""
        tops = (*body.level_tops, body.length)
        span = tops[-1] - tops[0]
        return cls(body.levels, tuple(top + (at - tops[0]) / span * height for at in tops))

    def middle(self, level: str) -> float:
        """Return the middle of a level."""
        place = self.levels.index(level)
        return (self.edges[place] + self.edges[place + 1]) / 2


def draw_map(
    canvas: Canvas, rows: Rows, axis: HourAxis, edges: FloatArray, classes: Classes, prefix: str
) -> None:
    """Draw the cells, one path for each class; equal neighbours in time are one piece.

    Parameters
    ----------
    edges
        Hours of the columns, shape (columns + 1,).
    classes
        Shape (columns, levels); `NOTHING` leaves a cell out.
    prefix
        Of the style of a class: `k` for concentration, `d` for a ratio.
    """
    x = np.round(axis.places(edges), 1)
    y = [round(edge, 1) for edge in rows.edges]
    pieces: dict[int, list[str]] = {}
    for row, (top, bottom) in enumerate(pairwise(y)):
        column = classes[:, row]
        turns = [0, *(int(place) + 1 for place in np.flatnonzero(np.diff(column))), len(column)]
        for start, end in pairwise(turns):
            kind = int(column[start])
            if kind == NOTHING:
                continue
            width, height = number(x[end] - x[start]), number(bottom - top)
            corner = f"M{number(x[start])} {number(top)}"
            pieces.setdefault(kind, []).append(f"{corner}h{width}v{height}h-{width}z")
    for kind in sorted(pieces):
        shape = "".join(pieces[kind])
        canvas.add("path", d=shape, class_=f"map {prefix}{kind}")
    lower = "".join("".join(pieces[kind]) for kind in sorted(pieces) if kind < ALIKE)
    if prefix == "d" and lower:
        canvas.add("path", d=lower, fill=canvas.overlay(_MINUS, "minus"))
    canvas.rect(LEFT, rows.edges[0], WIDTH - RIGHT - LEFT, rows.edges[-1] - rows.edges[0], "empty")


def draw_levels(
    canvas: Canvas, rows: Rows, tips: Mapping[str, str], wanted: tuple[str, ...]
) -> None:
    """Name the tips' levels with their own words, the wanted ones, and others that find room."""
    taken: list[float] = []
    for level in dict.fromkeys((*tips, *wanted, rows.levels[0], rows.levels[-1], *rows.levels)):
        y = rows.middle(level)
        if level not in tips and any(abs(y - other) < _LABEL for other in taken):
            continue
        taken.append(y)
        style = "t b" if level in tips else "s m"
        canvas.text(LEFT - 6, y + 4, tips.get(level, level), style, "end")


def tip_label(letters: str, level: str) -> str:
    """Return the label of a tip's level, pointing at its row."""
    return f"{letters} {level} \u25b8"


def draw_tips(
    canvas: Canvas, rows: Rows, axis: HourAxis, tips: tuple[tuple[float, str], ...], last: float
) -> None:
    """Draw where the tip was, and name each level to which it moved within the map."""
    ends = [*(since for since, _ in tips[1:]), last]
    for (since, level), until in zip(tips, ends, strict=True):
        start, end = max(since, axis.first), min(until, last)
        if start >= end:
            continue
        y, left, right = rows.middle(level), axis.place(start), axis.place(end)
        for style in ("tiphalo", "tip"):
            canvas.line(left, y, right, y, style)
        if since > axis.first:
            anchor, x = ("end", left - 4) if left > WIDTH / 2 else ("start", left + 4)
            canvas.text(x, y - 4, f"tip {level}", "t b halo", anchor)


def tip_at(body: BodyCourse, hours: float) -> str:
    """Return the level of the tip at an hour of the course."""
    reached = [level for since, level in body.tips if since <= hours]
    return reached[-1] if reached else body.tips[0][1]


def draw_scale(canvas: Canvas, y: float, scale: ConcentrationScale, unit: str) -> float:
    """Draw the colours of concentration with their bounds, and return where they end."""
    words = f"CSF, {unit}, highest within each column; logarithmic, {scale.decades} decades"
    canvas.text(LEFT, y + 10, words, "t m")
    bounds = [show_number(Fraction(str(edge))) for edge in scale.edges]
    return _draw_bar(canvas, y + 18, "k", len(bounds), ["", *bounds])


def draw_ratio_scale(canvas: Canvas, y: float, floor: str) -> float:
    """Draw the colours of a ratio with their bounds, and return where they end."""
    words = f"B over A; striped: B is lower; left empty: both under {floor}"
    canvas.text(LEFT, y + 10, words, "t m")
    bounds = ["B lower", *(ratio_word(bound) for bound in RATIO_BOUNDS), "B higher"]
    return _draw_bar(canvas, y + 18, "d", len(bounds) - 1, bounds)


def _draw_bar(canvas: Canvas, y: float, prefix: str, count: int, bounds: list[str]) -> float:
    """Draw one box for each class; `bounds` are the words at the left edge of each, and the end."""
    width = (WIDTH - RIGHT - LEFT - 20) / count
    for kind in range(count):
        x = LEFT + kind * width
        canvas.rect(x, y, width, _BAR, f"{prefix}{kind}")
    if prefix == "d":
        fill = canvas.overlay(_MINUS, "minus")
        canvas.add("rect", x=LEFT, y=y, width=ALIKE * width, height=_BAR, fill=fill)
    canvas.rect(LEFT, y, width * count, _BAR, "empty")
    for place, word in enumerate(bounds):
        if word:
            x = LEFT + place * width
            canvas.line(x, y + _BAR, x, y + _BAR + 3, "axis")
            canvas.text(x, y + _BAR + 14, word, "s", "middle")
    return y + _BAR + 20
