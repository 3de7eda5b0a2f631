"""Where a finding is mended: the steps to correct, the reason that is missing, or the way out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.care.figures import Figures
from thecal.care.visit.knowledge import Knowledge
from thecal.care.visit.leaving_checks import is_unseen_waste
from thecal.care.visit.progress import Progress
from thecal.care.visit.solution_checks import NO_REASON, changes_without_reason
from thecal.care.visit.steps import Step, step
from thecal.care.visit.visit import Visit
from thecal.safety.finding import Finding

_TABLE = Figures("visit_ways", key="rule")
_ANY, _UNSEEN = "any", "K23-unseen"


@final
@dataclass(frozen=True, slots=True)
class Way:
    """A step at which a finding is mended, and what is done there."""

    step: Step
    words: str


@final
@dataclass(frozen=True, slots=True)
class Ways:
    """Every way on from a finding.

    Attributes
    ----------
    steps
        Those that may be recorded or corrected as the visit stands.
    troubleshooting
        What is looked for on the pages of troubleshooting; empty where nothing is.
    out
        What is done where none of it helps; empty where there is no more to say.
    reason_of
        The step whose record lacks nothing but a reason; None where that would not mend it.
    """

    steps: tuple[Way, ...]
    troubleshooting: str
    out: str
    reason_of: Step | None


def ways(finding: Finding, visit: Visit, knowledge: Knowledge, stands: Progress) -> Ways:
    """Return the ways on from a finding of a visit, from `visit_ways.csv`."""
    if is_unseen_waste(finding):
        rule = _UNSEEN
    else:
        rule = finding.check if _TABLE.answers(finding.check) else _ANY
    return Ways(
        steps=tuple(
            Way(one, words)
            for one, words in _mended_at(rule, knowledge)
            if visit.record(one.key) is not None or not _is_shut(one, stands)
        ),
        troubleshooting=_text(rule, "troubleshooting"),
        out=_text(rule, "way-out"),
        reason_of=reason_missing(finding, visit, knowledge),
    )


def reason_missing(finding: Finding, visit: Visit, knowledge: Knowledge) -> Step | None:
    """Return the step whose reason a finding asks for; None where it asks for something else."""
    if finding.check == "K7" and finding.message == NO_REASON:
        return step("decide") if changes_without_reason(visit, knowledge) else None
    return None


def _mended_at(rule: str, knowledge: Knowledge) -> tuple[tuple[Step, str], ...]:
    """Return the steps and what is done there, but for what this pump has no program for."""
    if not _TABLE.has(rule, "at"):
        return ()
    keys, words = _words(rule, "at"), _words(rule, "mend")
    found = tuple((step(key), told) for key, told in zip(keys, words, strict=True))
    if knowledge.pump.model.programmable:
        return found
    needs_program = _words(rule, "needs-program") if _TABLE.has(rule, "needs-program") else ()
    return tuple(
        (one, told)
        for one, told in found
        if not one.needs_programmer and one.key not in needs_program
    )


def _words(rule: str, parameter: str) -> tuple[str, ...]:
    return tuple(one.of_kind(str).value for one in _TABLE.every(rule, parameter))


def _is_shut(one: Step, stands: Progress) -> bool:
    return any(shut.step == one for shut in stands.shut)


def _text(rule: str, parameter: str) -> str:
    return _TABLE.text(rule, parameter) if _TABLE.has(rule, parameter) else ""
