"""Steps 5 and 6: K6 the four-way match, K31 the last day, and the reason of a change."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.care.visit.change import changes_doses, changes_mode, changes_solution, only_lowers
from thecal.care.visit.knowledge import Knowledge
from thecal.care.visit.visit import Visit
from thecal.pharmacy import Mixture
from thecal.safety.content import told_content
from thecal.safety.finding import Finding, Severity
from thecal.safety.identity import shown_mixture, told_and_filled
from thecal.safety.stability import past_beyond_use

_MATCH = "workflow.md 4c K6"
NO_REASON = "mode or doses change without a reason: write one"


def check_solution(visit: Visit, knowledge: Knowledge) -> Iterator[Finding]:
    """Match order, label, what the pump is told and what it last got; tell what a fill holds."""
    verified = visit.verify
    if visit.interrogate is not None and knowledge.pump.last_fill is not None:
        yield from _told_otherwise(
            "the pump was told",
            visit.interrogate.mixture,
            "the last fill was",
            knowledge.pump.last_fill,
        )
    if verified is None:
        return
    yield from told_and_filled(verified.label, verified.order, verified.label)
    if not verified.patient_on_label:
        yield _refused("the label does not name this patient: do not inject")
    if not verified.intact:
        yield _refused("seal or package is broken: do not inject, ask the pharmacy")
    yield from past_beyond_use(verified.beyond_use, visit.started.date())
    yield from told_content(verified.label, verified.volume)
    yield from _change_is_planned(visit, knowledge)
    if visit.program is not None and visit.program.mixture is not None:
        yield from _told_otherwise(
            "the pump is told", visit.program.mixture, "the label says", verified.label
        )


def _told_otherwise(who: str, told: Mixture, whom: str, other: Mixture) -> Iterator[Finding]:
    if told != other:
        yield Finding(
            check="K6",
            severity=Severity.HARD,
            message=(
                f"{who} {shown_mixture(told)}, {whom} {shown_mixture(other)}: every dose is"
                " reckoned from the wrong figure; find out which is right"
            ),
            source=_MATCH,
            value=shown_mixture(told),
            limit=shown_mixture(other),
        )


def _refused(message: str) -> Finding:
    return Finding(check="K6", severity=Severity.HARD, message=message, source="workflow.md 2.R")


def _change_is_planned(visit: Visit, knowledge: Knowledge) -> Iterator[Finding]:
    if knowledge.pump.last_fill is None or not changes_solution(visit, knowledge):
        return
    assert visit.verify is not None
    bridged = knowledge.pump.model.programmable
    decided = visit.decide
    if decided is not None and decided.reason and not (bridged and decided.bridge is None):
        return
    asked = (
        "why, and what becomes of the old solution in the line (a bridge, or none needed)"
        if bridged
        else "why; this pump can give no bridge, and the old solution in the line runs out first"
    )
    yield Finding(
        check="K6",
        severity=Severity.HARD,
        message=(
            f"the solution changes from {shown_mixture(knowledge.pump.last_fill)} to"
            f" {shown_mixture(visit.verify.label)}: say in the dose decision {asked}"
        ),
        source=_MATCH,
        value=shown_mixture(visit.verify.label),
        limit=shown_mixture(knowledge.pump.last_fill),
    )


def changes_without_reason(visit: Visit, knowledge: Knowledge) -> bool:
    """Whether mode or doses change, and nobody said why."""
    if visit.decide is None or visit.decide.reason or knowledge.pump.mode is None:
        return False
    return changes_mode(visit, knowledge) or changes_doses(visit, knowledge)


def check_reason(visit: Visit, knowledge: Knowledge) -> Iterator[Finding]:
    """Ask why mode or doses change; of a lower dose only as a warning."""
    if changes_without_reason(visit, knowledge):
        yield Finding(
            check="K7",
            severity=Severity.WARN if only_lowers(visit, knowledge) else Severity.SOFT,
            message=NO_REASON,
            source="workflow.md 2.R step 6",
        )
