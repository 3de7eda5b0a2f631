"""The figures of a visit's checks, from `visit_rules.csv`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from thecal.care.figures import Figures
from thecal.care.spans import span
from thecal.safety.finding import Finding, Severity
from thecal.units import Duration

RULES = Figures("visit_rules", key="rule")
_ANY = "any"


def holds(check: str) -> str:
    """Return the first step that an open finding of a check keeps shut."""
    return RULES.text(check if RULES.has(check, "holds") else _ANY, "holds")


def stands_open(finding: Finding, here: Collection[str]) -> bool:
    """Return whether a finding that does not block stands open at some steps, or is folded.

    Where no row names a check, what warns or asks stands open everywhere. On a page of no step all
    of it does.
    """
    if not here or not RULES.has(finding.check, "stands-open"):
        return finding.severity != Severity.INFO
    rows = RULES.every(finding.check, "stands-open")
    return any(one.of_kind(str).value in here for one in rows)


def follow_up_kind(check: str) -> str:
    """Return what has to be done after a finding of a check."""
    return RULES.text(_subject(check), "follow-up")


def follow_up_within(check: str) -> timedelta:
    """Return within what time."""
    return span(RULES.get(_subject(check), "follow-up-within", Duration).value)


def clocks_apart() -> timedelta:
    """Return how far ahead of the clinic's clock a time may lie that tells what was done."""
    return span(RULES.get("clock", "apart", Duration).value)


def _subject(check: str) -> str:
    return check if RULES.has(check, "follow-up") else _ANY
