"""The start-up curve: the flow of each sample from the first instant on."""

from __future__ import annotations

from fractions import Fraction

from thecal.pump.bench import Bench
from thecal.report.axes import (
    LEFT,
    PLOT,
    Scale,
    draw_ticks,
    draw_value_axis,
    nice_step,
    value_ticks,
)
from thecal.report.bench_words import start_up_table
from thecal.report.figure import Figure
from thecal.report.svg import Canvas
from thecal.report.words import duration
from thecal.units import HOUR, show, show_number

_TOP, _HEIGHT, _MOST_TICKS = 34.0, 170.0, 8


def draw_start_up(bench: Bench) -> Figure:
    """Return the flow sample by sample, with the rate that was set."""
    flows = [(sample.volume / bench.sample).in_unit("uL/d") for sample in bench.start_up]
    ordered = bench.ordered.in_unit("uL/d")
    span = bench.start_up[-1].end.in_unit("h")
    bottom = _TOP + _HEIGHT
    canvas = Canvas(
        "figure-start-up",
        bottom + 62,
        f"Start-up curve: flow in samples of {duration(bench.sample)}",
        f"Over {duration(bench.start_up[-1].end)} the flow of a sample lies between"
        f" {show_number(min(flows))} and {show_number(max(flows))} uL/day;"
        f" {show(bench.ordered, 'uL/d')} was set.",
    )
    values = draw_value_axis(canvas, value_ticks(max([*flows, ordered])), _TOP, bottom, "uL/day")
    hours = Scale(Fraction(0), span, LEFT, LEFT + PLOT)
    step = nice_step(span, _MOST_TICKS)
    marks = [step * index for index in range(int(span // step) + 1)]
    draw_ticks(canvas, [(hours(mark), show_number(mark)) for mark in marks], _TOP, bottom)
    canvas.text(LEFT + PLOT, bottom + 36, "hours from the start", "t m", "end")
    points: list[tuple[float, float]] = []
    for sample, flow in zip(bench.start_up, flows, strict=True):
        end = sample.end.in_unit("h")
        start = end - bench.sample.ratio(HOUR)
        points += [(hours(start), values(flow)), (hours(end), values(flow))]
    y = values(ordered)
    canvas.line(LEFT, y, LEFT + PLOT, y, "mark ahead")
    canvas.path(points, "line1")
    for place, (style, word) in enumerate((("line1", "delivered"), ("mark ahead", "set"))):
        x = LEFT + 150 * place
        canvas.line(x, bottom + 48, x + 26, bottom + 48, style)
        canvas.text(x + 32, bottom + 52, word)
    caption = "Each step is one sample; the pump waits one whole interval before its first stroke."
    if bench.strokes is None:
        caption = "Constant flow from the first instant."
    return Figure(canvas.name, canvas, caption, (start_up_table(bench),))
