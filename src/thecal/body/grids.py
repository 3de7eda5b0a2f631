"""On which times a course is computed, and at which of them it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from thecal.body.course import FloatArray
from thecal.body.population import HOURS_PER_DAY

LAST_HOURS = 48.0
_MINUTE = 1.0 / 60.0
_FINE = 5 * _MINUTE
_GRIDS = ((60 * 24.0, 5 * _MINUTE), (400 * 24.0, 15 * _MINUTE), (float("inf"), 1.0))
"""Up to how many hours of therapy which step: some 35,000 steps at most."""
_MOST_SHOWN = 400
_SHOWN_STEPS = (*(5.0 * n / 60 for n in (1, 2, 3, 6)), *(1.0, 2.0, 3.0, 4.0, 6.0, 12.0))


@final
@dataclass(frozen=True, slots=True, eq=False)
class CourseTimes:
    """The grids of one course, hours.

    Attributes
    ----------
    coarse
        Shape (steps + 1,): even, from 0 to the end or less than a step before it.
    fine
        Shape (fine steps + 1,): even, in the last two days; empty where `coarse` is as fine.
    shown
        Every how many steps of `coarse` the whole window has a time.
    """

    coarse: FloatArray
    fine: FloatArray
    shown: int

    @property
    def every(self) -> FloatArray:
        """All points of both grids."""
        return np.union1d(self.coarse, self.fine)

    @property
    def cut(self) -> int:
        """Index in `coarse` at which `fine` begins."""
        return int(np.searchsorted(self.coarse, self.fine[0]))

    def windows(self) -> list[tuple[str, FloatArray]]:
        """Return the name and times of each window."""
        whole = self.coarse[:: self.shown]
        windows = [("whole", whole)]
        if len(self.fine):
            windows.append(("last", self.fine))
        elif self.shown > 1:
            keep = self.coarse >= self.coarse[-1] - LAST_HOURS
            windows.append(("last", self.coarse[keep]))
        return windows


def course_times(hours: float) -> CourseTimes:
    """Return the grids of a therapy of that many hours."""
    step = next(step for most, step in _GRIDS if hours <= most)
    step = min(step, hours)
    coarse = np.multiply(step, np.arange(int(hours / step * (1 + 1e-12)) + 1), dtype=np.float64)
    a_day = max(1, round(HOURS_PER_DAY / step))
    days = -(-len(coarse) // (_MOST_SHOWN * a_day))
    per_shown = [1, *(round(one / step) for one in _SHOWN_STEPS if one > step), days * a_day]
    shown = next(one for one in per_shown if len(coarse) <= _MOST_SHOWN * one)
    fine = np.empty(0)
    if step > _FINE:
        cut = coarse[max(0, int(np.searchsorted(coarse, coarse[-1] - LAST_HOURS)))]
        fine = cut + _FINE * np.arange(round((coarse[-1] - cut) / _FINE) + 1)
    return CourseTimes(coarse, fine, shown)
