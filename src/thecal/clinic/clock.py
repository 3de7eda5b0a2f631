"""The clinic's clocks, in one place, so that a test can set them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_ahead: ContextVar[timedelta] = ContextVar("ahead", default=timedelta())


def now() -> datetime:
    """Return this moment in UTC; within `ahead_by`, that of the training run."""
    return datetime.now(UTC) + ahead()


def real() -> datetime:
    """Return this moment in UTC also within a training run: for logins, sessions and accesses."""
    return now() - ahead()


def ahead() -> timedelta:
    """Return how far the clock of the run that is open here is ahead; nothing outside of one."""
    return _ahead.get()


@contextmanager
def ahead_by(much: timedelta) -> Iterator[None]:
    """Let the clock of a training run hold for what is done within, and for nobody else."""
    token = _ahead.set(much)
    try:
        yield
    finally:
        _ahead.reset(token)


def monotonic() -> int:
    """Return nanoseconds of a clock that never goes back."""
    return time.monotonic_ns()
