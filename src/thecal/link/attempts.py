"""What failed attempts may cost: after a few in a row the pump stays deaf for a while.

A deaf pump hears nothing and spends nothing. The pauses double up to a longest one, so the number
of attempts that are heard in a day is bounded, whatever is sent (standards.md 6.5, Siddiqi). A
touch at the pump ends the pause: who stands beside the patient is never kept out by a far attacker.
"""

from __future__ import annotations

from typing import final

from thecal.link.limits import TelemetryLimits
from thecal.units import Duration


@final
class Attempts:
    """The state of the pump's ear. Times are seconds of a clock that never goes back.

    Parameters
    ----------
    failures
        Failed attempts in a row, as stored: a restart of the radio does not forgive them.
    """

    def __init__(self, limits: TelemetryLimits, failures: int, now: float) -> None:
        self._limits = limits
        self.failures = failures
        self.deaf_until = now + limits.pause_after(failures)

    def hears(self, now: float) -> bool:
        """Whether an attempt is heard now."""
        return now >= self.deaf_until

    def failed(self, now: float) -> None:
        """Count a failed attempt that was heard."""
        self.failures += 1
        self.deaf_until = now + self._limits.pause_after(self.failures)

    def succeeded(self) -> None:
        """Forgive what failed before: somebody proved who he is."""
        self.failures = 0

    def touched(self, now: float) -> None:
        """End the pause; the count stays, so the next failure opens a longer one."""
        self.deaf_until = now


def most_heard(limits: TelemetryLimits, seconds: float) -> int:
    """Return the most failed attempts heard in so many seconds in which no session opens."""
    heard, elapsed = 1, 0.0
    while True:
        elapsed += limits.pause_after(heard)
        if elapsed > seconds:
            return heard
        if limits.pause_after(heard) >= limits.longest_pause:
            return heard + 1 + int((seconds - elapsed) / limits.longest_pause)
        heard += 1


def most_spent_on_failures(limits: TelemetryLimits, time: Duration) -> int:
    """Return the most that failed attempts can cost in `time`, even with a stolen secret."""
    return most_heard(limits, float(time.base)) * (limits.cost_hello + limits.cost_handshake)
