"""The heat map of one drug: concentration in the CSF by level and time."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from thecal.body.course import BodyCourse, DrugCourse, FloatArray, Window
from thecal.report.body_axis import calendar_axis
from thecal.report.body_columns import column_edges, column_peaks, drawable
from thecal.report.body_map import (
    Rows,
    draw_levels,
    draw_map,
    draw_scale,
    draw_tips,
    tip_at,
    tip_label,
)
from thecal.report.body_notes import MODEL, draw_foot, draw_head, stand_in_lines
from thecal.report.body_scale import ConcentrationScale
from thecal.report.body_units import (
    ConcentrationUnit,
    instant_at,
    show_value,
    table_columns,
    unit_for,
)
from thecal.report.figure import Figure, Table
from thecal.report.svg import Canvas
from thecal.report.words import when
from thecal.therapy.events import Therapy
from thecal.units import NO_BREAK_SPACE

HEIGHT = 264.0
_TABLE_COLUMNS = 9
_LEFT_BELOW = 0.1


def window_words(window: Window) -> str:
    """Return what a window is called, as in `the last 48 h`."""
    if window.name == "whole":
        return "the whole run"
    return f"the last {show_value(float(window.times[-1] - window.times[0]))}{NO_BREAK_SPACE}h"


def csf_scale(
    bodies: Iterable[BodyCourse], drug: str
) -> tuple[ConcentrationUnit, ConcentrationScale]:
    """Return unit and colours of a drug in the CSF, the same for every window of these bodies.

    The colours go down to what all but a tenth of the cells reach.
    """
    every = [
        window.drugs[drug].csf_peak.ravel()
        for body in bodies
        for window in drawable(body)
        if drug in window.drugs
    ]
    cells = np.concatenate(every)
    highest, some = float(np.max(cells)), cells[cells > 0]
    low = float(np.quantile(some, _LEFT_BELOW)) if len(some) else 0.0
    unit = unit_for(highest)
    return unit, ConcentrationScale.over(highest * unit.factor, low * unit.factor)


def draw_heat(therapy: Therapy, body: BodyCourse, window: Window, drug: str) -> Figure:
    """Return the heat map of one drug over one window, with the scale of the whole run."""
    unit, scale = csf_scale([body], drug)
    course, times = window.drugs[drug], window.times
    edges = column_edges(times)
    peaks = column_peaks(times, course, edges) * unit.factor
    stand_ins = stand_in_lines([body], [drug])
    words = window_words(window)
    title = f"{drug.capitalize()} in the CSF by level and time, {words}"
    description = " ".join(
        [_describe(therapy, body, window, course, unit), f"This is a {MODEL}.", *stand_ins]
    )
    canvas = Canvas(
        f"figure-body-heat-{drug}-{window.name}", 0, title, description, style="body.css"
    )
    top = draw_head(canvas, f"{drug}, {words}") + 6
    rows = Rows.of(body, top, HEIGHT)
    axis = calendar_axis(therapy, body.start, float(times[0]), float(times[-1]))
    draw_map(canvas, rows, axis, edges, scale.classes(peaks), "k")
    draw_tips(canvas, rows, axis, body.tips, float(times[-1]))
    tip = tip_at(body, float(times[0]))
    draw_levels(canvas, rows, {tip: tip_label("tip", tip)}, body.chosen_levels)
    y = axis.draw(canvas, rows.edges[-1], rows.edges[-1]) + 8
    y = draw_scale(canvas, y, scale, unit.word) + 4
    canvas.height = draw_foot(canvas, y, stand_ins) + 6
    caption = (
        "The head is at the top, rows are as long as the levels are, and the dashed line is the"
        f" catheter tip. A {MODEL}. {' '.join(stand_ins)}"
    )
    table = _table(therapy, body, edges, peaks, unit, scale, f"{drug}, {words}")
    return Figure(canvas.name, canvas, caption.strip(), (table,))


def _describe(
    therapy: Therapy,
    body: BodyCourse,
    window: Window,
    course: DrugCourse,
    unit: ConcentrationUnit,
) -> str:
    peaks, times = course.csf_peak, window.times
    span = (
        f"From {when(therapy, instant_at(body.start, float(times[0])))}"
        f" to {when(therapy, instant_at(body.start, float(times[-1])))}."
    )
    place = np.unravel_index(int(np.argmax(peaks)), peaks.shape)
    highest = float(peaks[place])
    if highest <= 0:
        return f"{span} No drug is in the CSF."
    at = when(therapy, instant_at(body.start, float(times[place[0]])))
    ends = {level: float(course.csf[-1, body.levels.index(level)]) for level in body.chosen_levels}
    floor = highest * unit.factor * 1e-6
    told = ", ".join(f"{lv} {show_value(v * unit.factor, floor)}" for lv, v in ends.items())
    return (
        f"{span} Highest {show_value(highest * unit.factor)}{NO_BREAK_SPACE}{unit.word} at"
        f" {body.levels[int(place[1])]}, {at}. At the end, in {unit.word}: {told}."
    )


def _table(
    therapy: Therapy,
    body: BodyCourse,
    edges: FloatArray,
    peaks: FloatArray,
    unit: ConcentrationUnit,
    scale: ConcentrationScale,
    words: str,
) -> Table:
    """Every level at some of the columns, each named by the time at which it ends."""
    places = table_columns(edges, _TABLE_COLUMNS)
    head = [when(therapy, instant_at(body.start, float(edges[p + 1]))) for p in places]
    rows = tuple(
        (level, *(show_value(float(peaks[place, row]), scale.floor) for place in places))
        for row, level in enumerate(body.levels)
    )
    return Table(
        f"CSF concentration of {words}, {unit.word}, the highest within the column that ends then",
        ("Level", *head),
        rows,
        numbers=True,
    )
