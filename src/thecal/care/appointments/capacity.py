"""How many refills a month a clinic's patients need, and how many it can hold (workflow.md 5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.appointments.figures import TABLE
from thecal.care.appointments.opening import Opening, slots_a_week
from thecal.units import Duration

_WEEK = 7


@final
@dataclass(frozen=True, slots=True)
class Capacity:
    """Refills needed and held in an average month."""

    needed: Fraction
    held: Fraction
    source: str

    @property
    def suffices(self) -> bool:
        """Whether a month without closed days holds what is needed."""
        return self.needed <= self.held


def capacity(intervals: Iterable[int], opening: Opening) -> Capacity:
    """Return refills a month = sum of 30.4 / interval, beside the slots of a month.

    Parameters
    ----------
    intervals
        Days from fill to refill of each patient who comes to the clinic, each above 0.
    """
    month = TABLE.get("capacity", "month", Duration)
    days = month.value.in_unit("d")
    needed = sum((days / one for one in intervals), Fraction(0))
    held = slots_a_week(opening) * days / _WEEK
    return Capacity(needed, held, month.provenance())
