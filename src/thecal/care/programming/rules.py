"""The figures of programming, from `programming_rules.csv`."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from thecal.care.figures import Figures
from thecal.care.spans import span
from thecal.units import Duration

_RULES = Figures("programming_rules", key="rule")


def within(rule: str, parameter: str) -> timedelta:
    """Return a time of the table; raises `DataError` where it is missing."""
    return span(_RULES.get(rule, parameter, Duration).value)


def figures_of_total() -> int:
    """Return to how many figures a day's total that a second person reckons has to agree."""
    return int(_RULES.get("K8", "figures-of-total", Fraction).value)
