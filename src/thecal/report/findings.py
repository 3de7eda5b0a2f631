"""The section of the findings: grouped by how far each of them goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.report.words import amount, event_of
from thecal.safety.finding import Finding, Severity, Verdict
from thecal.therapy.events import Therapy
from thecal.therapy.review import TherapyReview

_GROUPS = {
    Severity.HARD: ("Refused (hard)", "Nothing may be run before these are mended."),
    Severity.SOFT: ("Needs an answer (soft)", "A person has to give a reason."),
    Severity.WARN: ("Warnings", "To be known and, where it says so, followed up."),
    Severity.INFO: ("Notes", "What was not checked, and what is worth knowing."),
}
_VERDICTS = {
    Verdict.ACCEPTED: "accepted",
    Verdict.OVERRIDE_NEEDED: "an override is needed",
    Verdict.REFUSED: "refused",
}


@final
@dataclass(frozen=True, slots=True)
class FindingPart:
    """One finding of the page: its place, what it says, and named lines below it."""

    check: str
    place: str
    message: str
    lines: tuple[tuple[str, str], ...]


@final
@dataclass(frozen=True, slots=True)
class FindingGroup:
    """The findings of one severity."""

    severity: str
    title: str
    meaning: str
    findings: tuple[FindingPart, ...]


def finding_groups(therapy: Therapy, answer: TherapyReview) -> list[FindingGroup]:
    """Return the groups that have findings, the gravest first."""
    groups = []
    for severity, (title, meaning) in _GROUPS.items():
        found = tuple(
            _part(therapy, finding) for finding in answer.findings if finding.severity is severity
        )
        if found:
            groups.append(FindingGroup(severity.value, title, meaning, found))
    return groups


def _part(therapy: Therapy, finding: Finding) -> FindingPart:
    place = "whole file"
    if finding.event is not None:
        event = therapy.events[finding.event]
        place = f"{event.type}, {event_of(therapy, finding.event)}"
    lines = [
        ("found", amount(finding.value)),
        ("held against", amount(finding.limit)),
        ("source", finding.source),
        ("would pass", finding.suggestion),
        ("follow-up", finding.follow_up),
    ]
    if finding.answer is not None:
        by = f" (by {finding.answer.by})" if finding.answer.by else ""
        lines.append(("answered", f"{finding.answer.reason}{by}"))
    elif finding.severity is Severity.SOFT:
        lines.append(("answered", "not answered"))
    return FindingPart(
        finding.check, place, finding.message, tuple((name, text) for name, text in lines if text)
    )


def standing(answer: TherapyReview, *, as_recorded: bool) -> str:
    """Return in one sentence under which verdict the run was made."""
    verdict = _VERDICTS[answer.verdict]
    if as_recorded:
        return (
            "Run as recorded: a record of what did happen, whatever the findings."
            f" The verdict of the review: {verdict}."
        )
    answered = sum(finding.answer is not None for finding in answer.findings)
    more = f" {answered} of its findings were answered by a person." if answered else ""
    return f"Reviewed before it was run. The verdict of the review: {verdict}.{more}"
