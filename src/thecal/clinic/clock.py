"""The clinic's clocks, in one place, so that a test can set them."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now() -> datetime:
    """Return this moment in UTC."""
    return datetime.now(UTC)


def monotonic() -> int:
    """Return nanoseconds of a clock that never goes back."""
    return time.monotonic_ns()
