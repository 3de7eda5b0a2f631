"""The dose that left the catheter tip, per calendar day or longer span, stacked by purpose."""

from __future__ import annotations

from fractions import Fraction

from thecal.pharmacy import both_units, drug
from thecal.program.delivery import Purpose
from thecal.report.axes import (
    LEFT,
    PLOT,
    Scale,
    draw_legend,
    draw_time_axis,
    draw_value_axis,
    legend_height,
    value_ticks,
)
from thecal.report.buckets import Buckets
from thecal.report.figure import Figure, Table
from thecal.report.svg import Canvas
from thecal.report.trace import Trace
from thecal.report.words import PURPOSES, day_of, mass_unit, when
from thecal.therapy.events import Therapy
from thecal.therapy.simulation import Simulation
from thecal.units import Mass, show, show_number

SWATCHES = {purpose: index for index, purpose in enumerate(Purpose, start=1)}
_TOP, _HEIGHT = 34.0, 190.0


def draw_doses(result: Simulation, trace: Trace, drug_id: str) -> Figure:
    """Return the figure of one drug's delivered dose."""
    buckets = trace.buckets
    doses = trace.doses.doses(drug_id)
    unit = drug(drug_id).mass_unit
    used = [p for p in Purpose if any(p in by_purpose for by_purpose in doses.values())]
    legend = [(SWATCHES[purpose], PURPOSES[purpose]) for purpose in used]
    bottom = _TOP + _HEIGHT
    total = result.balance[drug_id].delivered
    title = f"Delivered dose of {drug_id} per {buckets.word}, by purpose"
    canvas = Canvas(
        f"figure-dose-{drug_id}",
        bottom + 34 + legend_height(legend),
        title,
        f"From {when(result.therapy, trace.start)} to {when(result.therapy, result.end)},"
        f" {both_units(drug_id, total)} of {drug_id} left the catheter tip:"
        f" {_shares(result, drug_id)}.",
    )
    highest = max((_sum(by).in_unit(unit) for by in doses.values()), default=Fraction(0))
    canvas_unit = f"{mass_unit(drug_id)} per {buckets.word}"
    values = draw_value_axis(canvas, value_ticks(highest), _TOP, bottom, canvas_unit)
    time = span_scale(buckets)
    draw_time_axis(canvas, result.therapy, time, bottom, bottom)
    for index, by_purpose in doses.items():
        left, width = bar_place(buckets, index)
        y = bottom
        for purpose in used:
            if purpose in by_purpose:
                height = bottom - values(by_purpose[purpose].in_unit(unit))
                y -= height
                canvas.filled(left, y, width, height, SWATCHES[purpose])
    draw_legend(canvas, bottom + 32, legend)
    return Figure(canvas.name, canvas, _caption(buckets), (_table(result, trace, drug_id, used),))


def span_scale(buckets: Buckets) -> Scale:
    """Return the time scale under bars of these spans."""
    return Scale(buckets.start(0), buckets.start(buckets.count), LEFT, LEFT + PLOT)


def bar_place(buckets: Buckets, index: int) -> tuple[float, float]:
    """Return left edge and width of the bar of one span."""
    step = PLOT / buckets.count
    gap = min(3.0, step * 0.2) if step > 4 else 0.0
    width = min(step - gap, 60.0)
    return LEFT + step * index + (step - width) / 2, width


def span_name(therapy: Therapy, buckets: Buckets, index: int) -> str:
    """Return the day of a span, or the day on which a longer one begins."""
    name = day_of(therapy, buckets.start(index))
    return name if buckets.days == 1 else f"from {name}"


def _sum(masses: dict[Purpose, Mass]) -> Mass:
    return Mass(sum((mass.base for mass in masses.values()), Fraction(0)))


def _shares(result: Simulation, drug_id: str) -> str:
    shares = [
        f"{PURPOSES[purpose]} {both_units(drug_id, mass)}"
        for purpose, mass in result.delivered_by_purpose[drug_id].items()
        if mass
    ]
    return ", ".join(shares) or "nothing"


def _caption(buckets: Buckets) -> str:
    days = (
        "Calendar days on the pump clock"
        if buckets.days == 1
        else (
            f"Spans of {buckets.word} from Monday 00:00 on the pump clock"
            if buckets.days > 7
            else "Weeks from Monday 00:00 on the pump clock"
        )
    )
    return f"{days}. What left the tip; the first and the last bar may cover only a part."


def _table(result: Simulation, trace: Trace, drug_id: str, used: list[Purpose]) -> Table:
    unit = drug(drug_id).mass_unit
    shown = mass_unit(drug_id)
    rows = []
    none = Mass.zero()
    for index, masses in trace.doses.doses(drug_id).items():
        cells = [show_number(masses.get(purpose, none).in_unit(unit)) for purpose in used]
        total = show_number(_sum(masses).in_unit(unit))
        rows.append((span_name(result.therapy, trace.buckets, index), *cells, total))
    by_purpose = result.delivered_by_purpose[drug_id]
    foot = (
        "all",
        *(show(by_purpose[purpose], unit) for purpose in used),
        both_units(drug_id, result.balance[drug_id].delivered),
    )
    return Table(
        f"Delivered {drug_id} per {trace.buckets.word}, in {shown}",
        (
            trace.buckets.word,
            *(f"{PURPOSES[purpose]}, {shown}" for purpose in used),
            f"all, {shown}",
        ),
        tuple(rows),
        (foot,),
        numbers=True,
    )
