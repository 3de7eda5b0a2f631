"""How the patient's presses were answered, per calendar day or longer span."""

from __future__ import annotations

from fractions import Fraction

from thecal.report.axes import draw_legend, draw_time_axis, draw_value_axis, value_ticks
from thecal.report.figure import Figure, Table
from thecal.report.figure_doses import bar_place, span_name, span_scale
from thecal.report.svg import Canvas
from thecal.report.trace import Trace
from thecal.therapy.simulation import Simulation

_GRANTED, _DENIED = 2, 6
_TOP, _HEIGHT = 34.0, 110.0


def draw_boluses(result: Simulation, trace: Trace) -> Figure | None:
    """Return the figure of presses granted and denied; None where nobody pressed."""
    presses, buckets = result.presses, trace.buckets
    if not presses.requested:
        return None
    bottom = _TOP + _HEIGHT
    canvas = Canvas(
        "figure-boluses",
        bottom + 58,
        f"Presses of the patient per {buckets.word}, granted and denied",
        f"{presses.requested} presses: {presses.granted} granted, {presses.denied} denied.",
    )
    highest = max(day.granted + day.denied for day in trace.presses.values())
    ticks = [tick for tick in value_ticks(Fraction(highest), 4) if tick.denominator == 1]
    values = draw_value_axis(canvas, ticks, _TOP, bottom, f"presses per {buckets.word}")
    draw_time_axis(canvas, result.therapy, span_scale(buckets), bottom, bottom)
    for index, day in sorted(trace.presses.items()):
        left, width = bar_place(buckets, index)
        granted, both = values(Fraction(day.granted)), values(Fraction(day.granted + day.denied))
        canvas.filled(left, granted, width, bottom - granted, _GRANTED)
        canvas.filled(left, both, width, granted - both, _DENIED)
    draw_legend(canvas, bottom + 32, [(_GRANTED, "granted"), (_DENIED, "denied")])
    caption = "The pump itself decides every press, also in a record of what happened."
    return Figure(canvas.name, canvas, caption, (_table(result, trace),))


def _table(result: Simulation, trace: Trace) -> Table:
    rows = tuple(
        (
            span_name(result.therapy, trace.buckets, index),
            str(day.granted + day.denied),
            str(day.granted),
            str(day.denied),
            "; ".join(f"{reason.value} ({count})" for reason, count in sorted(day.reasons.items())),
        )
        for index, day in sorted(trace.presses.items())
    )
    log = result.presses
    return Table(
        f"Presses per {trace.buckets.word}",
        (trace.buckets.word, "asked for", "granted", "denied", "why denied"),
        rows,
        (("all", str(log.requested), str(log.granted), str(log.denied), ""),),
    )
