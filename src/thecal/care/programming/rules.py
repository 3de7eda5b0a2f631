"""The times of programming, from `programming_rules.csv`."""

from __future__ import annotations

from datetime import timedelta

from thecal.care.figures import Figures
from thecal.care.spans import span
from thecal.units import Duration

_RULES = Figures("programming_rules", key="rule")


def within(rule: str, parameter: str) -> timedelta:
    """Return a time of the table; raises `DataError` where it is missing."""
    return span(_RULES.get(rule, parameter, Duration).value)
