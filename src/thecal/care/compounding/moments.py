"""Local moments of an order, and exact time between them."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction

from thecal.units import Duration


def between(start: datetime, end: datetime) -> Duration:
    """Return the time from one local moment to another; below zero where they are reversed."""
    return Duration.of(Fraction(round((end - start).total_seconds())), "s")


def later(start: datetime, time: Duration) -> datetime:
    """Return the local moment a time after another, cut to whole seconds."""
    return start + timedelta(seconds=int(time.in_unit("s")))
