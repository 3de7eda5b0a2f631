"""Verdicts of checks: findings with a severity, never a bare yes or no."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import final

from thecal.units import Quantity


@final
class Severity(StrEnum):
    """How far a finding goes: `hard` refuses, `soft` needs a reason and a person."""

    HARD = "hard"
    SOFT = "soft"
    WARN = "warn"
    INFO = "info"


@final
class Verdict(StrEnum):
    """What all findings together say of a file or an order."""

    ACCEPTED = "accepted"
    OVERRIDE_NEEDED = "override-needed"
    REFUSED = "refused"


@final
@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity with the unit in which it is to be shown."""

    quantity: Quantity
    unit: str


@final
@dataclass(frozen=True, slots=True)
class Answer:
    """Who answered a soft finding, and why."""

    reason: str
    by: str


@final
@dataclass(frozen=True, slots=True)
class Finding:
    """What one check says.

    Attributes
    ----------
    check
        Id of the rule (`thecal catalogue checks`).
    event
        Index of the event it is about; None for the whole file.
    value, limit
        What was found and what it was held against; a text where it is no quantity.
    source
        Whose limit it is, and whether the figure is verified.
    follow_up
        What has to be done later and must not be lost; empty where nothing.
    suggestion
        The nearest order that would pass and that this pump can deliver, or that there is none.
    answer
        The override that answers a soft finding.
    """

    check: str
    severity: Severity
    message: str
    source: str
    event: int | None = None
    value: Amount | str | None = None
    limit: Amount | str | None = None
    follow_up: str = ""
    suggestion: str = ""
    answer: Answer | None = None

    @property
    def blocks(self) -> bool:
        """Whether the finding still stands in the way."""
        if self.severity is Severity.SOFT:
            return self.answer is None
        return self.severity is Severity.HARD


def verdict_of(findings: tuple[Finding, ...]) -> Verdict:
    """Return the verdict: any hard finding refuses, any unanswered soft one needs an override."""
    if any(finding.severity is Severity.HARD for finding in findings):
        return Verdict.REFUSED
    if any(finding.blocks for finding in findings):
        return Verdict.OVERRIDE_NEEDED
    return Verdict.ACCEPTED
