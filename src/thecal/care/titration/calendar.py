"""A titration calendar: every rise with its earliest time, until target, maximum or row limit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import final

from thecal.care.titration.bounds import Bounds
from thecal.care.titration.history import DoseHistory, after
from thecal.care.titration.schemes import TABLE, Scheme
from thecal.units import MassRate


@final
@dataclass(frozen=True, slots=True)
class Row:
    """One dose of a calendar.

    Attributes
    ----------
    computed
        By the step alone; above `dose` where target or maximum come first.
    """

    time: datetime
    dose: MassRate
    computed: MassRate


@final
@dataclass(frozen=True, slots=True)
class Calendar:
    """The rows, the present dose first, and why they end.

    Attributes
    ----------
    ended_by
        `target`, `maximum`, `steps` or `rows`.
    """

    rows: tuple[Row, ...]
    ended_by: str

    @property
    def rises(self) -> int:
        """How often the dose rises."""
        return len(self.rows) - 1


def calendar(
    scheme: Scheme,
    bounds: Bounds,
    history: DoseHistory,
    now: datetime,
    *,
    target: MassRate | None = None,
    steps: int | None = None,
) -> Calendar:
    """Return the fastest calendar that the scheme allows from now on.

    Each step is the largest; whoever raises slower is within it. The first row is the present
    dose, and a target at or below it makes the only one.
    """
    rows = [Row(now, history.current, history.current)]
    most = steps if steps is not None else int(TABLE.get("any", "calendar-rows", Fraction).value)
    ended = "rows" if steps is None else "steps"
    while len(rows) <= most:
        current = rows[-1].dose
        if target is not None and current >= target:
            return Calendar(tuple(rows), "target")
        computed = scheme.highest(current)
        dose = bounds.held(computed)
        if target is not None:
            dose = min(dose, target)
        if dose <= current:
            return Calendar(tuple(rows), "maximum")
        time = max(now, scheme.earliest(history))
        if len(rows) > 1:
            time = max(time, after(rows[-1].time, scheme.spacing()))
        history = history.with_change(time, dose)
        rows.append(Row(time, dose, computed))
    if target is not None and rows[-1].dose >= target:
        ended = "target"
    return Calendar(tuple(rows), ended)
