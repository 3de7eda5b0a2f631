"""The course of one effect with the band that the priors leave, and what of it is hypothesis."""

from __future__ import annotations

from thecal.body.course import Band, BodyCourse, EffectCourse, Window
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
from thecal.report.body_strips import Line, Strip, draw_strip_legend, draw_strips, limits_of
from thecal.report.body_units import instant_at, show_band, show_value, table_rows
from thecal.report.figure import Figure, Table
from thecal.report.figure_body_heat import window_words
from thecal.report.svg import Canvas
from thecal.report.words import when
from thecal.therapy.events import Therapy


def hypothesis_words(effect: EffectCourse) -> str:
    """Return the sentence that says what is hypothesis; empty where nothing is."""
    return f"Hypothesis: {effect.hypothesis.rstrip('.')}." if effect.hypothesis else ""


def draw_effect(therapy: Therapy, body: BodyCourse, name: str) -> Figure:
    """Return the figure of one effect over every window."""
    windows = drawable(body)
    found = [(window, _of(window, name)) for window in windows]
    effect = found[-1][1]
    stand_ins = stand_in_lines([body], windows[0].drugs, name)
    banded = body.draws > 0
    end = show_band(effect.course, -1, banded=banded)
    description = " ".join(
        [
            f"At the end: {end}, unit {effect.unit}. This is a {MODEL}.",
            hypothesis_words(effect),
            band_words(body),
            *stand_ins,
        ]
    )
    canvas = Canvas(
        f"figure-body-effect-{name}",
        0,
        f"Effect: {effect.title} ({effect.unit})",
        description,
        style="body.css",
    )
    y = draw_head(canvas, f"{effect.title} ({effect.unit})", effect.hypothesis)
    for window, one in found:
        strip = Strip(
            f"{window_words(window)}, {effect.unit}",
            (Line(window.times, one.course, banded),),
            limits_of(effect.unit),
        )
        axis = calendar_axis(therapy, body.start, float(window.times[0]), float(window.times[-1]))
        y = draw_strips(canvas, y, [strip], axis)
    y = draw_strip_legend(canvas, y + 12, [legend_words(body)])
    canvas.height = draw_foot(canvas, y + 2, stand_ins) + 6
    caption = [f"A {MODEL}.", hypothesis_words(effect), effect.note, band_words(body), *stand_ins]
    tables = tuple(
        _table(therapy, body, window, one.course, f"{effect.title}, {window_words(window)}")
        for window, one in found
    )
    return Figure(canvas.name, canvas, " ".join(part for part in caption if part), tables)


def _of(window: Window, name: str) -> EffectCourse:
    return next(effect for effect in window.effects if effect.name == name)


def _table(therapy: Therapy, body: BodyCourse, window: Window, band: Band, caption: str) -> Table:
    banded = body.draws > 0
    ends = ("5th percentile", "95th percentile") if banded else ()
    rows = tuple(
        (
            when(therapy, instant_at(body.start, float(window.times[place]))),
            show_value(float(band.value[place])),
            *(show_value(float(end[place])) for end in (band.low, band.high) if banded),
        )
        for place in table_rows(window.times)
    )
    return Table(caption, ("Time", "central value", *ends), rows, numbers=True)
