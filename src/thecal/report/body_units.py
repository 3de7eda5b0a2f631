"""Figures of the body in the words of the page: units, bands, times."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

import numpy as np

from thecal.body.course import Band, FloatArray
from thecal.program.clock import Instant
from thecal.units import show_number

DIGITS = 3
STEPS = (0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 24.0, 48.0, 96.0)
_WEEK = 168.0
_SECONDS = 3600


@final
@dataclass(frozen=True, slots=True)
class ConcentrationUnit:
    """A unit for people, and how many of it are in one microgram per mL."""

    word: str
    factor: float


def unit_for(highest: float) -> ConcentrationUnit:
    """Return mcg/mL where a figure reaches 1 mcg/mL, else ng/mL."""
    return ConcentrationUnit("mcg/mL", 1.0) if highest >= 1 else ConcentrationUnit("ng/mL", 1e3)


def scaled(band: Band, factor: float) -> Band:
    """Return a band in another unit."""
    return Band(band.value * factor, band.low * factor, band.high * factor)


def show_value(value: float, floor: float = 0.0) -> str:
    """Return a computed figure with three digits; what lies under `floor` is only said to."""
    if 0 < value < floor:
        return f"under {show_number(Fraction(floor), digits=DIGITS)}"
    return show_number(Fraction(value), digits=DIGITS)


def show_band(band: Band, index: int, *, banded: bool, floor: float = 0.0) -> str:
    """Return a value with its range, as in `1.2 (0.8 to 2)`; without one where none was asked."""
    value = show_value(float(band.value[index]), floor)
    if not banded:
        return value
    low, high = (show_value(float(end[index]), floor) for end in (band.low, band.high))
    return f"{value} ({low} to {high})"


def instant_at(start: Instant, hours: float) -> Instant:
    """Return an instant to the second, so that a rounding never shows the minute before."""
    return start + round(hours * _SECONDS)


def round_hours(first: float, last: float, most: int = 25) -> FloatArray:
    """Return the hours of a table: in even round steps from the first, and the last one."""
    span = last - first
    steps = (*STEPS, *(_WEEK * count for count in range(1, 1 + int(span / _WEEK))))
    step = next((step for step in steps if span / step <= most - 2), max(span, 1.0))
    marks = np.arange(first, last, step)
    return np.append(marks[last - marks > 1e-6], last)


def table_rows(times: FloatArray, most: int = 25) -> list[int]:
    """Return the places of the times of a grid that come first at or after round hours."""
    marks = round_hours(float(times[0]), float(times[-1]), most)
    found = np.searchsorted(times, marks - 1e-6)
    return sorted({int(place) for place in np.minimum(found, len(times) - 1)})


def table_columns(edges: FloatArray, most: int) -> list[int]:
    """Return the columns of a heat map that a table shows: those that end at round times."""
    return [place - 1 for place in table_rows(edges, most) if place]
