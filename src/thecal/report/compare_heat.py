"""The heat maps of two therapies on one axis and one colour scale, and their ratio below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from thecal.body.course import FloatArray, Window
from thecal.report.axes import LEFT
from thecal.report.body_axis import HourAxis, elapsed_axis, ending_axis
from thecal.report.body_columns import column_peaks, shared_edges
from thecal.report.body_map import (
    Rows,
    draw_levels,
    draw_map,
    draw_ratio_scale,
    draw_scale,
    draw_tips,
    tip_at,
    tip_label,
)
from thecal.report.body_notes import MODEL, draw_foot, draw_head, stand_in_lines
from thecal.report.body_scale import ALIKE, NOTHING, Classes, ConcentrationScale, ratio_classes
from thecal.report.body_units import ConcentrationUnit, show_value, table_columns
from thecal.report.compare_side import Pair, Side, elapsed_words
from thecal.report.figure import Figure, Table
from thecal.report.figure_body_heat import csf_scale
from thecal.report.svg import WIDTH, Canvas
from thecal.units import NO_BREAK_SPACE

HEIGHT = 170.0
_TABLE_COLUMNS = 7
VIEWS = {"whole": "the whole run", "last": "the end of each run"}


@final
@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Two windows on one axis: from the start of each run, or up to the end of each.

    Attributes
    ----------
    offsets
        What is taken from the hours of each side to come to those of the axis.
    """

    name: str
    windows: tuple[Window, Window]
    offsets: tuple[float, float]
    axis: HourAxis

    def hours(self, place: int) -> FloatArray:
        """Return the times of one side on the axis."""
        return self.windows[place].times - self.offsets[place]

    def time_words(self, hours: float) -> str:
        """Return a time of the axis for a table."""
        if self.name == "whole":
            return elapsed_words(hours)
        if hours > -1e-6:
            return "the end"
        return f"{show_value(-hours)}{NO_BREAK_SPACE}h before"


def views_of(pair: Pair) -> list[View]:
    """Return what can be drawn of both: the whole, and the end where a side has it finer."""
    found: list[View] = []
    whole = (pair.a.window("whole"), pair.b.window("whole"))
    if whole[0] is not None and whole[1] is not None:
        last = max(float(whole[0].times[-1]), float(whole[1].times[-1]))
        found.append(View("whole", (whole[0], whole[1]), (0.0, 0.0), elapsed_axis(last)))
    ends = (pair.a.window("last"), pair.b.window("last"))
    if ends[0] is None or ends[1] is None or "last" not in {ends[0].name, ends[1].name}:
        return found
    offsets = (float(ends[0].times[-1]), float(ends[1].times[-1]))
    length = max(float(window.times[-1] - window.times[0]) for window in ends if window)
    found.append(View("last", (ends[0], ends[1]), offsets, ending_axis(length)))
    return found


def draw_heat_pair(pair: Pair, view: View, drug: str) -> Figure:
    """Return the maps of A, of B, and of B over A; a side without the drug says so."""
    unit, scale = csf_scale(pair.bodies, drug)
    edges = shared_edges(view.hours(0), view.hours(1))
    peaks = [_peaks(view, place, drug, edges, unit) for place in (0, 1)]
    stand_ins = stand_in_lines(pair.bodies, [drug])
    words = VIEWS[view.name]
    first, second = peaks
    ratio = None
    if first is not None and second is not None:
        ratio = ratio_classes(first, _on_rows(pair, second), scale.floor)
    canvas = Canvas(
        f"figure-compare-heat-{drug}-{view.name}",
        0,
        f"{drug.capitalize()} in the CSF by level and time, A above B, {words}",
        " ".join([_describe(peaks, ratio, unit), f"This is a {MODEL}.", *stand_ins]),
        style="body.css",
    )
    y = draw_head(canvas, f"{drug}, {words}")
    for place, (letter, side) in enumerate(pair.named):
        canvas.text(LEFT, y + 14, f"{letter}: {side.short_name}", "t b")
        found = peaks[place]
        if found is None:
            canvas.text(LEFT, y + 34, f"No {drug} reaches the body in {letter}.", "t")
            y += 44
            continue
        rows = Rows.of(side.body, y + 22, HEIGHT)
        _draw_side(canvas, view, place, side, rows, edges, scale, found)
        y = view.axis.draw(canvas, rows.edges[-1], rows.edges[-1]) + 6
    y = draw_scale(canvas, y, scale, unit.word) + 10
    if ratio is not None:
        canvas.text(LEFT, y + 14, "B over A: where and when B differs", "t b")
        rows = Rows.of(pair.a.body, y + 22, HEIGHT)
        draw_map(canvas, rows, view.axis, edges, ratio, "d")
        draw_levels(canvas, rows, _tips(pair), pair.a.body.chosen_levels)
        y = view.axis.draw(canvas, rows.edges[-1], rows.edges[-1]) + 6
        y = draw_ratio_scale(canvas, y, f"{show_value(scale.floor)}{NO_BREAK_SPACE}{unit.word}") + 4
    canvas.height = draw_foot(canvas, y, stand_ins) + 6
    caption = (
        "Same axis and same colours for both. Dashed: the catheter tip. Rows are as long as the"
        f" levels are. A {MODEL}. {' '.join(stand_ins)}"
    )
    table = _table(pair, view, drug, edges, peaks, unit, scale)
    return Figure(canvas.name, canvas, caption.strip(), (table,))


def _peaks(
    view: View, place: int, drug: str, edges: FloatArray, unit: ConcentrationUnit
) -> FloatArray | None:
    course = view.windows[place].drugs.get(drug)
    if course is None:
        return None
    return column_peaks(view.hours(place), course, edges) * unit.factor


def _on_rows(pair: Pair, second: FloatArray) -> FloatArray:
    """B's columns at the levels of A; levels that B lacks are missing."""
    found = np.full((len(second), len(pair.a.body.levels)), np.nan)
    for row, level in enumerate(pair.a.body.levels):
        if level in pair.b.body.levels:
            found[:, row] = second[:, pair.b.body.levels.index(level)]
    return found


def _draw_side(
    canvas: Canvas,
    view: View,
    place: int,
    side: Side,
    rows: Rows,
    edges: FloatArray,
    scale: ConcentrationScale,
    peaks: FloatArray,
) -> None:
    hours, offset = view.hours(place), view.offsets[place]
    draw_map(canvas, rows, view.axis, edges, scale.classes(peaks), "k")
    tips = tuple((since - offset, level) for since, level in side.body.tips)
    draw_tips(canvas, rows, view.axis, tips, float(hours[-1]))
    tip = tip_at(side.body, float(hours[0]) + offset)
    draw_levels(canvas, rows, {tip: tip_label("tip", tip)}, side.body.chosen_levels)
    end = view.axis.place(float(hours[-1]))
    if WIDTH - end > 120:
        canvas.text(end + 6, (rows.edges[0] + rows.edges[-1]) / 2, "the run ends here", "t m")


def _tips(pair: Pair) -> dict[str, str]:
    """The levels of the tips at the end, with whose they are."""
    letters: dict[str, list[str]] = {}
    for letter, side in pair.named:
        letters.setdefault(side.body.tips[-1][1], []).append(letter)
    return {level: tip_label("+".join(found), level) for level, found in letters.items()}


def _describe(
    peaks: list[FloatArray | None], ratio: Classes | None, unit: ConcentrationUnit
) -> str:
    words = []
    for letter, found in zip("AB", peaks, strict=True):
        if found is None:
            words.append(f"None of it reaches the body in {letter}.")
        else:
            highest = show_value(float(np.nanmax(found)))
            words.append(f"{letter} reaches {highest}{NO_BREAK_SPACE}{unit.word}.")
    if ratio is None:
        return " ".join(words)
    compared = ratio != NOTHING
    count = max(1, int(np.count_nonzero(compared)))
    for word, chosen in (
        ("higher in B", ratio > ALIKE),
        ("lower in B", (ratio < ALIKE) & compared),
        ("alike, within a quarter", ratio == ALIKE),
    ):
        part = round(100 * int(np.count_nonzero(chosen)) / count)
        words.append(f"{part} % of the cells are {word}.")
    return " ".join(words)


def _table(
    pair: Pair,
    view: View,
    drug: str,
    edges: FloatArray,
    peaks: list[FloatArray | None],
    unit: ConcentrationUnit,
    scale: ConcentrationScale,
) -> Table:
    """Every level at some of the columns, A and B in turn, each named by the time it ends."""
    places = table_columns(edges, _TABLE_COLUMNS)
    head = ["Level"]
    for place in places:
        head += [f"{letter}, {view.time_words(float(edges[place + 1]))}" for letter in "AB"]
    rows = []
    for level in dict.fromkeys((*pair.a.body.levels, *pair.b.body.levels)):
        cells = [level]
        for place in places:
            for (_, side), found in zip(pair.named, peaks, strict=True):
                cells.append(_cell(side, found, place, level, scale))
        rows.append(tuple(cells))
    caption = (
        f"CSF concentration of {drug}, {unit.word}, the highest within the column,"
        f" {VIEWS[view.name]}"
    )
    return Table(caption, tuple(head), tuple(rows), numbers=True)


def _cell(
    side: Side, peaks: FloatArray | None, place: int, level: str, scale: ConcentrationScale
) -> str:
    if peaks is None or level not in side.body.levels:
        return "none"
    value = float(peaks[place, side.body.levels.index(level)])
    return "not run" if np.isnan(value) else show_value(value, scale.floor)
