"""What stands against closing a case: K17, no blind restart, and K18, the event that comes back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from thecal.care.troubleshoot_answer import Step
from thecal.care.troubleshoot_case import RESIDUAL
from thecal.care.troubleshoot_table import rule
from thecal.care.visit.needle_checks import repeated_events
from thecal.data import fact_of, rows
from thecal.pharmacy.lookup import listed
from thecal.safety.finding import Finding, Severity

UNEXPLAINED = "unexplained"


def verdict_findings(
    findings: Mapping[str, str], action: str, unexplained: Iterable[date], now: datetime
) -> tuple[Finding, ...]:
    """Return what stands against a verdict.

    Parameters
    ----------
    findings
        Finding to outcome.
    action
        What is to follow, as in `same-dose`, `lower-dose`, `revision`; stopping and lowering meet
        no objection.
    unexplained
        Days of the events that nobody explained, this one with them.
    """
    return (*_blind(findings, action), *repeated_events(unexplained, now))


def to_order() -> tuple[str, ...]:
    """Return the findings that somebody else has to make: examinations that are ordered."""
    return listed(rule("verdict", "ordered"))


def _blind(findings: Mapping[str, str], action: str) -> Iterator[Finding]:
    """Refuse to go on as before where drug was held back and nothing shows why (K17)."""
    study = rule("verdict", "study").of_kind(str)
    restarts = rule("verdict", "restarts").of_kind(str)
    if findings.get(RESIDUAL) != "above" or action not in listed(restarts):
        return
    if any(one in findings for one in listed(study)):
        return
    step = next(_held_back())
    yield Finding(
        check="K17",
        severity=Severity.HARD,
        message=(
            f"{step.what.value}; none of {study.value.replace('; ', ', ')} is on record: study"
            " pump and catheter first, or restart low"
        ),
        source=step.what.provenance(),
    )


def _held_back() -> Iterator[Step]:
    for row in rows("troubleshoot_steps"):
        if row["when"] == "held-back":
            yield Step("held-back", fact_of(row).of_kind(str))
