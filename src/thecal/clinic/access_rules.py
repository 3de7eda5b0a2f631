"""How long a session lasts, when an account is locked: the clinic's figures, from their table."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from thecal.care.figures import Figures
from thecal.care.spans import span
from thecal.units import Duration

_RULES = Figures("access_rules", key="rule")


def access_time(rule: str, parameter: str) -> timedelta:
    """Return a time of `access_rules.csv`; raises `DataError` where it is missing."""
    return span(_RULES.get(rule, parameter, Duration).value)


def access_count(rule: str, parameter: str) -> int:
    """Return a count of `access_rules.csv`; raises `DataError` where it is missing."""
    return int(_RULES.get(rule, parameter, Fraction).value)
