"""The 24 hours of a program as a strip: drawn here, its edges moved by pointer."""

from __future__ import annotations

from fractions import Fraction
from html import escape

from thecal.program.clock import SECONDS_PER_DAY
from thecal.program.program import Step, WrittenProgram
from thecal.therapy.days import write_days, write_time_of_day
from thecal.units import VolumeRate, show

_WIDTH, _LEFT, _RIGHT, _ROW, _BAR, _HEAD = 960, 96, 28, 64, 44, 20
_PLOT = _WIDTH - _LEFT - _RIGHT


def draw_strip(
    written: WrittenProgram, name: str, highest: VolumeRate, *, movable: bool = False
) -> str:
    """Return the strip of a program as SVG; a row for each set of days.

    Parameters
    ----------
    name
        Says whose strip it is; unique on the page.
    highest
        The rate that fills the height; one for all strips that are to be compared.
    movable
        Whether the edges of the steps can be taken by a pointer.
    """
    rows = _rows(written)
    parts = [_hours(len(rows))]
    for index, (days, steps) in enumerate(rows):
        parts.append(_row(written, days, steps, highest, _HEAD + index * _ROW, movable=movable))
    height = _HEAD + len(rows) * _ROW + 24
    words = "; ".join(
        f"{write_days(step.days)} {write_time_of_day(int(step.start.base))} for"
        f" {show(step.duration, 'min')}: {show(_rate(written, step), 'mL/d')}"
        for step in written.program.steps
    )
    described = f"background {show(written.background_rate, 'mL/d')}" + (
        f"; {words}" if words else ""
    )
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height}" role="img" class="strip" id="strip-{escape(name)}"'
        f' aria-label="{escape(f"{name} over 24 hours: {described}")}" data-left="{_LEFT}"'
        f' data-plot="{_PLOT}" data-width="{_WIDTH}">{"".join(parts)}</svg>'
    )


def _rows(written: WrittenProgram) -> list[tuple[str, list[tuple[int, Step]]]]:
    rows: dict[str, list[tuple[int, Step]]] = {}
    for number, step in enumerate(written.program.steps):
        rows.setdefault(write_days(step.days), []).append((number, step))
    return list(rows.items()) or [("daily", [])]


def _row(
    written: WrittenProgram,
    days: str,
    steps: list[tuple[int, Step]],
    highest: VolumeRate,
    top: int,
    *,
    movable: bool,
) -> str:
    base = top + _BAR + 8
    parts = [f'<text x="4" y="{base - 14}">{escape(days)}</text>']
    parts.append(_bar("background", 0, SECONDS_PER_DAY, written.background_rate, highest, base, ""))
    for number, step in steps:
        start, end = step.start.base, step.start.base + step.duration.base
        rate = _rate(written, step)
        for first, last in _cut(start, end):
            parts.append(_bar("step", first, last, rate, highest, base, f' data-step="{number}"'))
        if movable and end <= SECONDS_PER_DAY:
            parts += [_edge(number, "start", start, base), _edge(number, "end", end, base)]
    parts.append(
        f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{base}" y2="{base}" class="axis"/>'
    )
    return "".join(parts)


def _cut(start: Fraction, end: Fraction) -> list[tuple[Fraction, Fraction]]:
    """Return a stretch cut at midnight; what is left goes on at the row's beginning."""
    day = Fraction(SECONDS_PER_DAY)
    return [(start, end)] if end <= day else [(start, day), (Fraction(0), min(end - day, day))]


def _bar(
    kind: str,
    start: Fraction | int,
    end: Fraction | int,
    rate: VolumeRate,
    highest: VolumeRate,
    base: int,
    more: str,
) -> str:
    tall = max(2.0, _BAR * float(rate.ratio(highest))) if rate else 0.0
    left, right = _x(start), _x(end)
    return (
        f'<rect class="{kind}" x="{left:.1f}" y="{base - tall:.1f}" width="{right - left:.1f}"'
        f' height="{tall:.1f}"{more}/>'
    )


def _edge(number: int, edge: str, at: Fraction, base: int) -> str:
    return (
        f'<rect class="edge" x="{_x(at) - 5:.1f}" y="{base - _BAR - 4}" width="10"'
        f' height="{_BAR + 8}" data-step="{number}" data-edge="{edge}"/>'
    )


def _hours(rows: int) -> str:
    bottom = _HEAD + rows * _ROW
    return "".join(
        f'<line class="hour" x1="{_x(hour * 3600):.1f}" x2="{_x(hour * 3600):.1f}" y1="{_HEAD - 8}"'
        f' y2="{bottom}"/><text class="tick" x="{_x(hour * 3600):.1f}" y="{bottom + 16}"'
        f' text-anchor="middle">{hour:02}:00</text>'
        for hour in range(0, 25, 3)
    )


def _x(second: Fraction | int) -> float:
    return _LEFT + _PLOT * float(second) / SECONDS_PER_DAY


def _rate(written: WrittenProgram, step: Step) -> VolumeRate:
    primary = written.program.primary
    assert primary is not None
    return step.dose / written.mixture[primary] / step.duration
