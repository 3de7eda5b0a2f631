"""The trumpet: the worst mean errors over the length of the window, on a scale of times."""

from __future__ import annotations

from fractions import Fraction
from math import log

from thecal.pump.bench import Bench, BenchWindow
from thecal.pump.trumpet import WorstErrors
from thecal.report.axes import LEFT, PLOT, Scale, draw_ticks, draw_value_axis, nice_step
from thecal.report.bench_words import trumpet_table
from thecal.report.figure import Figure
from thecal.report.svg import WIDTH, Canvas
from thecal.report.words import duration
from thecal.units import show_percent

_TOP, _HEIGHT, _INSET, _MOST_TICKS = 34.0, 230.0, 24.0, 4


def draw_trumpet(bench: Bench) -> Figure:
    """Return the trumpet curve with the overall mean error and the model's stated band."""
    shortest, longest = bench.windows[0], bench.windows[-1]
    band = bench.order.model.accuracy
    bottom = _TOP + _HEIGHT
    canvas = Canvas(
        "figure-trumpet",
        bottom + 78,
        "Trumpet curve: worst mean error by length of window",
        f"Of the running pump, from {_range(shortest.running)} over {duration(shortest.length)}"
        f" to {_range(longest.running)} over {duration(longest.length)};"
        f" overall mean error {show_percent(bench.overall)}.",
    )
    scale = draw_value_axis(canvas, _ticks(bench), _TOP, bottom, "error of the mean flow, %")
    places = [_place(bench, window) for window in bench.windows]
    named = [(x, duration(window.length)) for x, window in zip(places, bench.windows, strict=True)]
    draw_ticks(canvas, named, _TOP, bottom)
    right = LEFT + PLOT
    if band is not None:
        for limit in (band.value, -band.value):
            y = scale(limit * 100)
            canvas.line(LEFT, y, right, y, "level")
        canvas.text(right, scale(band.value * 100) - 5, "stated band", "s halo", "end")
    y = scale(bench.overall * 100)
    canvas.line(LEFT, y, right, y, "mark ahead")
    for side, sign in (("least", 1), ("most", -1)):
        for kind, style in (("from_start", "line1 dashed"), ("running", "line1")):
            errors = [getattr(getattr(window, kind), side) for window in bench.windows]
            points = [(x, scale(error * 100)) for x, error in zip(places, errors, strict=True)]
            canvas.path(points, style)
            if kind == "running":
                _draw_points(canvas, bench, points, errors, below=sign > 0)
    _draw_key(canvas, bottom + 38, banded=band is not None)
    caption = (
        "Above: E_max, below: E_min, over all windows of the length, wherever they begin."
        " The scale of lengths is logarithmic; between the points nothing is computed."
    )
    return Figure(canvas.name, canvas, caption, (trumpet_table(bench),))


def _range(errors: WorstErrors) -> str:
    return f"{show_percent(errors.least)} to {show_percent(errors.most)}"


def _ticks(bench: Bench) -> list[Fraction]:
    """Return round values either side of zero that hold every error and the band."""
    errors = [
        error
        for window in bench.windows
        for one in (window.running, window.from_start)
        for error in (one.least, one.most)
    ]
    band = bench.order.model.accuracy
    reach = max(abs(error) for error in [*errors, bench.overall, Fraction(1, 100)])
    if band is not None:
        reach = max(reach, band.value)
    step = nice_step(reach * 100, _MOST_TICKS)
    count = int(-(-(reach * 100) // step))
    return [step * index for index in range(-count, count + 1)]


def _place(bench: Bench, window: BenchWindow) -> float:
    first, last = (float(one.length.base) for one in (bench.windows[0], bench.windows[-1]))
    span = Scale(Fraction(0), Fraction(1), LEFT + _INSET, LEFT + PLOT - _INSET)
    if first == last:
        return span(Fraction(1, 2))
    return span(Fraction(log(float(window.length.base) / first) / log(last / first)))


def _draw_points(
    canvas: Canvas,
    bench: Bench,
    points: list[tuple[float, float]],
    errors: list[Fraction],
    *,
    below: bool,
) -> None:
    """Draw the computed points; an error stands beside its point unless another line says it."""
    said = bench.overall
    for (x, y), error in zip(points, errors, strict=True):
        canvas.add("circle", cx=x, cy=y, r=3.5, class_="solid1")
        if error not in (said, bench.overall):
            canvas.text(x, y + (14 if below else -7), show_percent(error), "s halo", "middle")
        said = error


def _draw_key(canvas: Canvas, top: float, *, banded: bool) -> None:
    entries = [
        ("line1", "running pump"),
        ("line1 dashed", "with the windows before the first stroke"),
        ("mark ahead", "overall mean error A"),
    ]
    if banded:
        entries.append(("level", "stated band"))
    columns = (LEFT, LEFT + (WIDTH - LEFT) / 2)
    for index, (style, word) in enumerate(entries):
        x, y = columns[index % 2], top + 18 * (index // 2)
        canvas.line(x, y - 4, x + 26, y - 4, style)
        canvas.text(x + 32, y, word)
