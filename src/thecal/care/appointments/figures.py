"""The figures of the calendar, from `appointments.csv`."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from thecal.care.figures import Figures
from thecal.care.spans import span
from thecal.units import Duration

TABLE = Figures("appointments")


def number(subject: str, parameter: str) -> Fraction:
    """Return a plain number; raises `DataError` if it is missing."""
    return TABLE.get(subject, parameter, Fraction).value


def days(subject: str, parameter: str) -> int:
    """Return a duration in whole days; raises `DataError` if it is missing."""
    return length(subject, parameter).days


def length(subject: str, parameter: str) -> timedelta:
    """Return a duration; raises `DataError` if it is missing."""
    return span(TABLE.get(subject, parameter, Duration).value)
