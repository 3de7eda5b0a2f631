"""All findings on a visit: its own checks, and what the review said of its draft."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from thecal.care.visit.arrival_checks import (
    check_anticoagulants,
    check_identity,
    check_medicines,
    check_nerve_signs,
    check_notices,
    check_readings,
)
from thecal.care.visit.change import may_answer, only_empties, only_lowers
from thecal.care.visit.knowledge import Knowledge
from thecal.care.visit.leaving_checks import check_balance, check_next_visit, check_watch
from thecal.care.visit.needle_checks import (
    check_empty,
    check_filling,
    check_kit_of_visit,
    check_needle,
    check_repeats,
    check_septum,
)
from thecal.care.visit.program_checks import check_read_back, check_ticks, check_volume
from thecal.care.visit.residual import check_difference
from thecal.care.visit.second_person import check_second_person
from thecal.care.visit.solution_checks import check_reason, check_solution
from thecal.care.visit.visit import Visit
from thecal.safety.catalogue import with_standing
from thecal.safety.finding import Answer, Finding, Severity

Check = Callable[[Visit, Knowledge], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    check_identity,
    check_nerve_signs,
    check_medicines,
    check_anticoagulants,
    check_readings,
    check_notices,
    check_solution,
    check_reason,
    check_second_person,
    check_kit_of_visit,
    check_needle,
    check_empty,
    check_difference,
    check_repeats,
    check_septum,
    check_filling,
    check_volume,
    check_ticks,
    check_read_back,
    check_balance,
    check_watch,
    check_next_visit,
)

_NEVER_BLOCK_A_LOWER_DOSE = frozenset({"K7", "K8", "K20", "K28"})
"""What could stand between a person and a lower dose; the needle and the drug are not among it."""


def visit_findings(visit: Visit, knowledge: Knowledge) -> tuple[Finding, ...]:
    """Return every finding on a visit as far as it is recorded, in the order of the checks.

    A soft finding that a second person answered carries the answer. Emptying, stopping and lowering
    are never blocked: what speaks against them warns and leaves a follow-up.
    """
    found: dict[tuple[str, str], Finding] = {}
    for check in CHECKS:
        for one in check(visit, knowledge):
            found.setdefault((one.check, one.message), _placed(one, visit, knowledge))
    for one in knowledge.reviewed:
        found.setdefault((one.check, one.message), _placed(one, visit, knowledge))
    return tuple(found.values())


def _placed(finding: Finding, visit: Visit, knowledge: Knowledge) -> Finding:
    sourced = replace(finding, source=with_standing(finding.check, finding.source))
    free = only_empties(visit, knowledge) or (
        sourced.check in _NEVER_BLOCK_A_LOWER_DOSE and only_lowers(visit, knowledge)
    )
    if free and sourced.severity in (Severity.HARD, Severity.SOFT):
        later = sourced.follow_up or f"{sourced.check} stood against it: review this later"
        return replace(sourced, severity=Severity.WARN, follow_up=later)
    if sourced.severity is Severity.SOFT and sourced.answer is None:
        return replace(sourced, answer=_answer(visit, knowledge, sourced))
    return sourced


def _answer(visit: Visit, knowledge: Knowledge, finding: Finding) -> Answer | None:
    for one in visit.answers:
        fits = one.check == finding.check and one.message == finding.message
        if fits and may_answer(one.by, visit, knowledge):
            return Answer(one.reason, one.by)
    return None
