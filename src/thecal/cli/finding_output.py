"""One finding as JSON, and the lines below its message for people: the same for every command."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.cli.jsonable import Json, quantity
from thecal.safety.finding import Amount, Finding


def finding_json(finding: Finding) -> Json:
    """Return one finding."""
    entry: dict[str, Json] = {
        "check": finding.check,
        "severity": finding.severity.value,
        "event": finding.event,
        "message": finding.message,
        "value": _amount(finding.value),
        "limit": _amount(finding.limit),
        "source": finding.source,
    }
    if finding.follow_up:
        entry["follow_up"] = finding.follow_up
    if finding.suggestion:
        entry["suggestion"] = finding.suggestion
    if finding.answer is not None:
        entry["override"] = {"reason": finding.answer.reason, "by": finding.answer.by}
    return entry


def finding_details(finding: Finding) -> Iterator[str]:
    """Yield where a finding comes from, what would pass, what follows, and who answered it."""
    yield f"source: {finding.source}"
    if finding.suggestion:
        yield f"would pass: {finding.suggestion}"
    if finding.follow_up:
        yield f"follow-up: {finding.follow_up}"
    if finding.answer is not None:
        yield f"answered: {finding.answer.reason} ({finding.answer.by})"


def _amount(value: Amount | str | None) -> Json:
    return quantity(value.quantity, value.unit) if isinstance(value, Amount) else value
