"""What the worst-case search adds up, in whole ticks of time and whole grains of mass."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import final


@final
class Course:
    """The mass that leaves the tip without presses: a piecewise constant rate over ticks."""

    def __init__(self, changes: Mapping[int, int], window: int) -> None:
        """Take the sum of all changes of rate at each tick, and the length of the windows."""
        self._window = window
        self._edges = sorted(changes) or [0]
        self._rates = list(accumulate(changes.get(edge, 0) for edge in self._edges))
        steps = zip(self._edges, self._edges[1:], self._rates, strict=False)
        self._totals = [0, *accumulate((end - start) * rate for start, end, rate in steps)]
        self._known: dict[int, int] = {}

    def _until(self, tick: int) -> int:
        index = bisect_right(self._edges, tick) - 1
        if index < 0:
            return 0
        return self._totals[index] + (tick - self._edges[index]) * self._rates[index]

    def given(self, start: int) -> int:
        """Return the mass in the window that begins at `start`."""
        known = self._known.get(start)
        if known is None:
            known = self._known[start] = self._until(start + self._window) - self._until(start)
        return known

    def corners(self, first: int, last: int) -> list[int]:
        """Return the window starts from `first` to `last` at which the given mass has a kink."""
        low, high = bisect_left(self._edges, first), bisect_right(self._edges, last)
        found = {first, last, *self._edges[low:high]}
        low = bisect_left(self._edges, first + self._window)
        high = bisect_right(self._edges, last + self._window)
        found.update(edge - self._window for edge in self._edges[low:high])
        return sorted(found)

    def fullest(self, first: int, last: int) -> int:
        """Return the largest mass in a window that begins from `first` to `last`."""
        return max(map(self.given, self.corners(first, last)))


@final
@dataclass(frozen=True, slots=True)
class Guard:
    """What decides a press in one stretch, and what a granted bolus gives."""

    density: int  # mass per tick while the bolus runs
    duration: int
    lockout: int
    count: int | None  # grants allowed in 24 h
    dose: int
    room: int | None  # sum of doses allowed in 24 h, the background already taken off

    @property
    def spacing(self) -> int:
        """The shortest time from one start to the next within the stretch."""
        return max(self.lockout, self.duration)

    def allowed(self, granted: int, dosed: int) -> int | None:
        """Return how many presses are granted after `granted` of `dosed` in 24 h, None: no end."""
        limits: list[int] = []
        if self.count is not None:
            limits.append(self.count - granted)
        if self.room is not None:
            left = self.room - dosed
            if left < 0:
                return 0
            if self.dose:
                limits.append(left // self.dose)
        return max(0, min(limits)) if limits else None

    def most(self, window: int) -> int:
        """Return the largest mass of boluses in a window that lies within the stretch.

        At most `allowed` boluses of at most the window's length each, and no more than what the
        spacing lets through when the window begins with a bolus; the smaller one is attained. A
        bolus 24 hours after another adds nothing: what it gives before the window ends, the other
        has given before it began.
        """
        whole, rest = divmod(window, self.spacing)
        running = whole * self.duration + min(rest, self.duration)
        allowed = self.allowed(0, 0)
        if allowed is not None:
            running = min(running, allowed * min(self.duration, window))
        return running * self.density


@final
@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch [start, end) in which presses can be granted."""

    start: int
    end: int
    guard: Guard
