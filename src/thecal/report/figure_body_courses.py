"""Courses of one drug at the chosen levels, in the cisterna and in plasma, with their bands."""

from __future__ import annotations

import numpy as np

from thecal.body.course import Band, BodyCourse, DrugCourse, Window
from thecal.report.body_axis import calendar_axis
from thecal.report.body_columns import drawable
from thecal.report.body_notes import (
    MODEL,
    band_words,
    draw_foot,
    draw_head,
    legend_words,
    stand_in_lines,
)
from thecal.report.body_scale import ConcentrationScale
from thecal.report.body_strips import Line, Strip, draw_strip_legend, draw_strips
from thecal.report.body_units import (
    ConcentrationUnit,
    instant_at,
    scaled,
    show_band,
    table_rows,
    unit_for,
)
from thecal.report.figure import Figure, Table
from thecal.report.figure_body_heat import csf_scale, window_words
from thecal.report.svg import Canvas
from thecal.report.words import when
from thecal.therapy.events import Therapy

CISTERNA = "cisterna"


def site_words(body: BodyCourse, level: str) -> str:
    """Return what a level is called, with whether the tip lies there, or lay there."""
    tips = [tip for _, tip in body.tips]
    if level not in tips:
        return level
    if len(set(tips)) == 1:
        return f"{level} (tip)"
    return f"{level} (tip at the end)" if level == tips[-1] else f"{level} (tip earlier)"


def courses_of(body: BodyCourse, course: DrugCourse) -> dict[str, Band]:
    """Return the CSF courses that have a band, from the head down."""
    levels = [level for level in body.levels if level in body.chosen_levels]
    return {CISTERNA: course.cisterna} | {level: course.csf_at[level] for level in levels}


def draw_levels_courses(therapy: Therapy, body: BodyCourse, window: Window, drug: str) -> Figure:
    """Return the courses of one drug in the CSF over one window, in the unit of its heat map."""
    unit, _ = csf_scale([body], drug)
    bands = {
        site_words(body, site): scaled(band, unit.factor)
        for site, band in courses_of(body, window.drugs[drug]).items()
    }
    words = window_words(window)
    return _draw(
        therapy,
        body,
        [window],
        f"figure-body-courses-{drug}-{window.name}",
        f"{drug.capitalize()} in the CSF at chosen levels, {words}",
        f"{drug}, {words}",
        drug,
        [bands],
        unit,
    )


def draw_plasma(therapy: Therapy, body: BodyCourse, drug: str) -> Figure:
    """Return the plasma course of one drug over every window."""
    windows = drawable(body)
    highest = max(float(np.max(window.drugs[drug].plasma.value)) for window in windows)
    unit = unit_for(highest)
    bands = [
        {f"plasma, {window_words(window)}": scaled(window.drugs[drug].plasma, unit.factor)}
        for window in windows
    ]
    return _draw(
        therapy,
        body,
        windows,
        f"figure-body-plasma-{drug}",
        f"{drug.capitalize()} in plasma",
        f"{drug} in plasma",
        drug,
        bands,
        unit,
    )


def _draw(
    therapy: Therapy,
    body: BodyCourse,
    windows: list[Window],
    name: str,
    title: str,
    head: str,
    drug: str,
    bands: list[dict[str, Band]],
    unit: ConcentrationUnit,
) -> Figure:
    """Draw for each window its courses, one strip each."""
    stand_ins = stand_in_lines([body], [drug])
    banded = body.draws > 0
    highest = max(float(np.max(band.value)) for found in bands for band in found.values())
    floor = ConcentrationScale.over(highest).floor
    ends = "; ".join(
        f"{site} {show_band(band, -1, banded=banded, floor=floor)}"
        for site, band in bands[-1].items()
    )
    description = " ".join(
        [f"At the end, in {unit.word}: {ends}. This is a {MODEL}.", band_words(body), *stand_ins]
    )
    canvas = Canvas(name, 0, title, description, style="body.css")
    y = draw_head(canvas, head)
    for window, found in zip(windows, bands, strict=True):
        strips = [
            Strip(f"{site}, {unit.word}", (Line(window.times, band, banded),))
            for site, band in found.items()
        ]
        axis = calendar_axis(therapy, body.start, float(window.times[0]), float(window.times[-1]))
        y = draw_strips(canvas, y, strips, axis)
    y = draw_strip_legend(canvas, y + 12, [legend_words(body)])
    canvas.height = draw_foot(canvas, y + 2, stand_ins) + 6
    caption = f"Each strip has its own scale. A {MODEL}. {band_words(body)} {' '.join(stand_ins)}"
    alone = len(windows) == 1
    tables = tuple(
        _table(therapy, body, window, found, unit, floor, title if alone else _part(title, window))
        for window, found in zip(windows, bands, strict=True)
    )
    return Figure(canvas.name, canvas, caption.strip(), tables)


def _part(title: str, window: Window) -> str:
    return f"{title}, {window_words(window)}"


def _table(
    therapy: Therapy,
    body: BodyCourse,
    window: Window,
    bands: dict[str, Band],
    unit: ConcentrationUnit,
    floor: float,
    caption: str,
) -> Table:
    banded = body.draws > 0
    rows = tuple(
        (
            when(therapy, instant_at(body.start, float(window.times[place]))),
            *(show_band(band, place, banded=banded, floor=floor) for band in bands.values()),
        )
        for place in table_rows(window.times)
    )
    ranges = ", with the range of the draws" if banded else ""
    return Table(f"{caption}, {unit.word}{ranges}", ("Time", *bands), rows, numbers=True)
