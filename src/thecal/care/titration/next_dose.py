"""The next dose: what each scheme computes, what the maxima leave of it, from when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import final

from thecal.care.titration.bounds import Bounds
from thecal.care.titration.history import DoseHistory
from thecal.care.titration.schemes import Scheme, Wait
from thecal.units import MassRate


@final
@dataclass(frozen=True, slots=True)
class NextDose:
    """What one scheme allows next.

    Attributes
    ----------
    computed
        Highest dose by the step alone.
    lowest, highest
        The range that is proposed; equal to the current dose where there is no room.
    wait
        From when, and whose figure says so.
    """

    scheme: Scheme
    current: MassRate
    computed: MassRate
    lowest: MassRate
    highest: MassRate
    wait: Wait

    @property
    def earliest(self) -> datetime:
        """From when."""
        return self.wait.moment

    @property
    def cut(self) -> bool:
        """Whether a maximum lies below what the step computes."""
        return self.highest < self.computed

    @property
    def room(self) -> bool:
        """Whether any rise is left."""
        return self.highest > self.current


def next_dose(scheme: Scheme, bounds: Bounds, history: DoseHistory) -> NextDose:
    """Return what a scheme allows after a history."""
    current = history.current
    computed = scheme.highest(current)
    highest = max(current, bounds.held(computed))
    return NextDose(
        scheme=scheme,
        current=current,
        computed=computed,
        lowest=min(highest, max(current, scheme.lowest(current))),
        highest=highest,
        wait=scheme.waits(history)[0],
    )


def most_careful(found: tuple[NextDose, ...]) -> NextDose:
    """Return the answer whose dose rises least with time."""
    return min(found, key=lambda one: (one.computed - one.current).base / one.scheme.spacing().base)
