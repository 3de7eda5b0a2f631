"""The limits of telemetry, from the table: time-outs, back-off, what an attempt costs."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.data import cached, fact_of, rows
from thecal.errors import DataError
from thecal.units import Duration


@final
@dataclass(frozen=True, slots=True)
class TelemetryLimits:
    """Times are seconds of the radio's own clock, costs the microseconds of `telemetry.csv`."""

    handshake_timeout: float
    idle_timeout: float
    session_limit: float
    touch_lasts: float
    emergency_session_limit: float
    free_failures: int
    first_pause: float
    longest_pause: float
    cost_hello: int
    cost_handshake: int
    cost_frame: int
    most_failures_kept: int
    log_entries_kept: int
    watch_deadline: float

    def pause_after(self, failures: int) -> float:
        """Return how long the pump stays deaf after so many failed attempts in a row."""
        if failures < self.free_failures:
            return 0.0
        # The exponent is bounded: past it the longest pause holds, whatever the count.
        doublings = min(failures - self.free_failures, 40)
        return min(self.first_pause * float(2**doublings), self.longest_pause)


@cached
def telemetry_limits() -> TelemetryLimits:
    """Return the limits in force; raises `DataError` if a row is missing or of another kind."""
    table = {
        row["parameter"]: fact_of(row).value for row in rows("telemetry") if row["rank"] == "1"
    }

    def seconds(name: str) -> float:
        value = table.get(name)
        if not isinstance(value, Duration):
            raise DataError(f"telemetry.csv has no time for {name}", remedy="restore the row")
        return float(value.base)

    def whole(name: str) -> int:
        value = table.get(name)
        if not isinstance(value, Fraction) or value.denominator != 1:
            raise DataError(f"telemetry.csv has no count for {name}", remedy="restore the row")
        return value.numerator

    return TelemetryLimits(
        handshake_timeout=seconds("handshake-timeout"),
        idle_timeout=seconds("idle-timeout"),
        session_limit=seconds("session-limit"),
        touch_lasts=seconds("touch-lasts"),
        emergency_session_limit=seconds("emergency-session-limit"),
        free_failures=whole("free-failures"),
        first_pause=seconds("first-pause"),
        longest_pause=seconds("longest-pause"),
        cost_hello=whole("cost-hello"),
        cost_handshake=whole("cost-handshake"),
        cost_frame=whole("cost-frame"),
        most_failures_kept=whole("most-failures-kept"),
        log_entries_kept=whole("log-entries-kept"),
        watch_deadline=seconds("watch-deadline"),
    )
