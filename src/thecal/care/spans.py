"""A duration as the calendar counts it."""

from __future__ import annotations

from datetime import timedelta

from thecal.units import Duration


def span(duration: Duration) -> timedelta:
    """Return a duration as a difference of calendar times, to the whole second below."""
    return timedelta(seconds=int(duration.base))
