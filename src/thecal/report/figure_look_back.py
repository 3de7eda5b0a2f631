"""What left the tip hour by hour before a symptom, with what happened meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from thecal.care.look_back import LookBack
from thecal.pharmacy import both_units, drug
from thecal.program.clock import Instant
from thecal.report.axes import LEFT, Scale, draw_time_axis, draw_value_axis, value_ticks
from thecal.report.figure import Figure, Table
from thecal.report.svg import WIDTH, Canvas, text_width
from thecal.report.words import when
from thecal.therapy.events import Therapy
from thecal.units import show_unit

_RIGHT = 14.0
_APART = 40.0
"""Letters nearer than this are written as one label."""
_HEAD, _PANEL, _GAP, _MARKS, _FOOT = 34.0, 110.0, 44.0, 46.0, 34.0


def draw_look_back(
    therapy: Therapy, found: LookBack, marks: Sequence[tuple[Instant, str]]
) -> Figure:
    """Return the picture of the window.

    Parameters
    ----------
    marks
        What happened, each with the letter by which the page's table names it.
    """
    drugs = list(found.totals)
    panels = len(drugs) * (_PANEL + _GAP)
    height = _HEAD + panels + _MARKS + _FOOT
    title = f"What left the tip before {when(therapy, found.at)}"
    canvas = Canvas("figure-look-back", height, title, _describe(found))
    time = Scale(Fraction(found.start), Fraction(found.at), LEFT, WIDTH - _RIGHT)
    for place, name in enumerate(drugs):
        _panel(canvas, found, name, time, _HEAD + place * (_PANEL + _GAP), place + 1)
    top = _HEAD + panels
    bottom = top + _MARKS
    draw_time_axis(canvas, therapy, time, _HEAD, bottom)
    for at, _ in marks:
        canvas.line(time(Fraction(at)), _HEAD, time(Fraction(at)), top + 8, "axis")
    for x, letters in _labels([(time(Fraction(at)), letter) for at, letter in marks]):
        canvas.text(x, top + 20, letters, "t b", "middle")
    for press in found.presses:
        sign = "+" if press.denial is None else "×"
        canvas.text(time(Fraction(press.at)), top + 38, sign, "t b", "middle")
    caption = (
        "By the replay of the record: a model, not a measurement. Letters: see what happened,"
        " below. + a bolus that was granted, × one that was denied."
    )
    return Figure(canvas.name, canvas, caption, (_table(therapy, found),))


def _labels(marks: list[tuple[float, str]]) -> list[tuple[float, str]]:
    """Return the letters, those together that would touch each other: `A to C`."""
    groups: list[list[tuple[float, str]]] = []
    for x, letter in marks:
        if groups and x - groups[-1][-1][0] < _APART:
            groups[-1].append((x, letter))
        else:
            groups.append([(x, letter)])
    labels = []
    for group in groups:
        first, last = group[0], group[-1]
        words = first[1] if len(group) == 1 else f"{first[1]} to {last[1]}"
        half = text_width(words) / 2
        labels.append((min(max((first[0] + last[0]) / 2, half), WIDTH - half), words))
    return labels


def _panel(
    canvas: Canvas, found: LookBack, name: str, time: Scale, top: float, swatch: int
) -> None:
    unit = drug(name).mass_unit
    amounts = [one.masses[name].in_unit(unit) for one in found.hours]
    bottom = top + _PANEL
    ticks = value_ticks(max(amounts, default=Fraction(0)), 4)
    scale = draw_value_axis(canvas, ticks, top, bottom, f"{name}, {show_unit(unit)} in each hour")
    for one, amount in zip(found.hours, amounts, strict=True):
        left, right = time(Fraction(one.start)), time(Fraction(one.end))
        canvas.filled(left, scale(amount), max(right - left - 1, 1), bottom - scale(amount), swatch)


def _describe(found: LookBack) -> str:
    totals = "; ".join(f"{name} {both_units(name, found.total(name))}" for name in found.totals)
    return f"In all: {totals or 'no drug'}; {found.granted} boluses granted, {found.denied} denied."


def _table(therapy: Therapy, found: LookBack) -> Table:
    head = ("Hour that ends", *found.totals)
    rows = tuple(
        (when(therapy, one.end), *(both_units(name, one.masses[name]) for name in found.totals))
        for one in found.hours
    )
    return Table("What left the tip in each hour", head, rows)
