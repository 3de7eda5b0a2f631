"""The pump clock: exact seconds at a fixed UTC offset, and its conversion to calendar time.

An implanted pump keeps a fixed offset; it follows no daylight saving. Every instant inside thecal
is therefore a number of seconds since 1970-01-01 00:00 on that clock: schedules take it modulo a
day or a week, lockouts take differences.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

Instant = Fraction
"""Seconds since 1970-01-01 00:00 on the pump clock, exact."""

SECONDS_PER_DAY = 86400
SECONDS_PER_WEEK = 7 * SECONDS_PER_DAY
_EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday; Monday is 0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant_of(moment: datetime, offset: timedelta) -> Instant:
    """Return the pump-clock instant of a calendar time.

    Parameters
    ----------
    moment
        With an offset of its own, or without one: then it is read on the pump clock.
    offset
        The pump clock's fixed offset from UTC.
    """
    if moment.tzinfo is None:
        elapsed = moment.replace(tzinfo=UTC) - _EPOCH
    else:
        elapsed = moment.astimezone(UTC) - _EPOCH + offset
    return Fraction(
        (elapsed.days * SECONDS_PER_DAY + elapsed.seconds) * 10**6 + elapsed.microseconds, 10**6
    )


LATEST: Instant = Fraction(253_370_764_800)
"""The beginning of the year 9999: calendar times end there, and nothing later is named."""


def moment_of(instant: Instant, offset: timedelta) -> datetime:
    """Return the calendar time of an instant with the pump's offset, to the nearest microsecond."""
    microseconds = round(instant * 10**6)
    local = _EPOCH.replace(tzinfo=timezone(offset))
    return local + timedelta(microseconds=microseconds)


def second_of_week(instant: Instant) -> Fraction:
    """Return the seconds since the last Monday 00:00 on the pump clock."""
    return (instant + _EPOCH_WEEKDAY * SECONDS_PER_DAY) % SECONDS_PER_WEEK


def start_of_week(instant: Instant) -> Instant:
    """Return the instant of the last Monday 00:00 on the pump clock."""
    return instant - second_of_week(instant)
