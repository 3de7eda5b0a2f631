"""Step 9, K2 and K17: what the aspirate says, and what may be done about a difference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import final

from thecal.care.figures import Figures
from thecal.care.visit.change import goes_on, may_answer
from thecal.care.visit.knowledge import Knowledge
from thecal.care.visit.visit import Visit
from thecal.data import cached
from thecal.pharmacy.lookup import by_key, listed
from thecal.safety.finding import Answer, Finding, Severity
from thecal.safety.residual import not_delivered, told_band
from thecal.safety.residual_bands import ResidualAssessment, assess_residual, residual_volume
from thecal.safety.rules import factor
from thecal.units import Volume

_TABLE = Figures("visit_discrepancies")
_ACTION = "action "


@final
@dataclass(frozen=True, slots=True)
class Category:
    """What a difference may be taken for.

    Attributes
    ----------
    directions
        Whether it explains `more` or `less` than expected, or both.
    actions
        Ids of what may be done, the one to offer first.
    """

    id: str
    title: str
    directions: tuple[str, ...]
    actions: tuple[str, ...]


@final
@dataclass(frozen=True, slots=True)
class DiscrepancyAdvice:
    """What a difference is and what to do.

    Attributes
    ----------
    assessed
        Delivered ratio, band, direction, reasons and causes.
    categories
        Those that explain its direction; empty where the band is green.
    due
        Whether step 9 has to be decided.
    """

    assessed: ResidualAssessment
    categories: tuple[Category, ...]
    due: bool


@cached
def categories() -> tuple[Category, ...]:
    """Return every category in the order of the table."""
    return tuple(
        Category(
            name,
            _TABLE.text(name, "title"),
            listed(_TABLE.get(name, "direction", str)),
            listed(_TABLE.get(name, "actions", str)),
        )
        for name in by_key("visit_discrepancies", "subject")
        if not name.startswith(_ACTION)
    )


def action_title(action: str) -> str:
    """Return an action in words; raises `DataError` where the table has none."""
    return _TABLE.text(_ACTION + action, "title")


def discrepancy(visit: Visit, knowledge: Knowledge) -> DiscrepancyAdvice | None:
    """Return what the aspirate says; None where nothing was drawn or nothing is expected yet."""
    if visit.aspirate is None or knowledge.pump.filled is None or knowledge.pump.expected is None:
        return None
    assessed = assess_residual(
        knowledge.pump.filled,
        knowledge.pump.expected,
        visit.aspirate.volume,
        earlier=knowledge.pump.earlier,
    )
    due = assessed.band != "green"
    fitting = tuple(one for one in categories() if assessed.direction in one.directions)
    return DiscrepancyAdvice(assessed, fitting if due else (), due)


def found_empty(visit: Visit) -> bool:
    """Whether the syringe drew practically nothing."""
    nothing = residual_volume("found-empty-up-to").value
    return visit.aspirate is not None and visit.aspirate.volume <= nothing


def check_difference(visit: Visit, knowledge: Knowledge) -> Iterator[Finding]:
    """Judge the aspirate; a fitting decision of step 9 answers red (K2), nothing answers K17."""
    advice = discrepancy(visit, knowledge)
    if advice is None:
        return
    assert visit.aspirate is not None
    assert knowledge.pump.expected is not None
    assert knowledge.pump.filled is not None
    drawn = visit.aspirate.volume
    for finding in told_band(advice.assessed, knowledge.pump.expected, drawn, "the syringe drew"):
        yield replace(finding, answer=_answer(visit, knowledge, advice, finding))
    yield from _misfitting(visit, advice)
    same: Fraction = factor("K12", "same-dose")
    due = max(Volume.zero(), knowledge.pump.filled - knowledge.pump.expected)
    yield from not_delivered(
        filled=knowledge.pump.filled,
        due=due,
        expected=knowledge.pump.expected,
        drawn=drawn,
        ratio=advice.assessed.delivered_ratio,
        goes_on=goes_on(visit, knowledge, same),
    )


def _answer(
    visit: Visit, knowledge: Knowledge, advice: DiscrepancyAdvice, finding: Finding
) -> Answer | None:
    """Return the decision of step 9 where it answers a red difference."""
    decided = visit.discrepancy
    if decided is None or finding.severity is not Severity.SOFT:
        return None
    if not may_answer(decided.decided_by, visit, knowledge):
        return None
    category = _fitting(advice, decided.category)
    if category is None or decided.action not in category.actions:
        return None
    if _TABLE.text(_ACTION + decided.action, "answers-red") != "yes":
        return None
    reason = f"{category.title}: {action_title(decided.action)}"
    return Answer(reason, decided.decided_by)


def _misfitting(visit: Visit, advice: DiscrepancyAdvice) -> Iterator[Finding]:
    decided = visit.discrepancy
    if decided is None or not advice.due:
        return
    category = _fitting(advice, decided.category)
    if category is None:
        what = f"{decided.category} does not explain {advice.assessed.direction} than expected"
    elif decided.action not in category.actions:
        what = f"{decided.action} is no action for: {category.title}"
    elif advice.assessed.band == "red" and _answers_nothing(decided.action):
        what = f"{action_title(decided.action)}: not enough where the difference is red"
    else:
        return
    yield Finding(
        check="K2",
        severity=Severity.WARN,
        message=f"{what}; choose again, a red difference is looked into before the pump is filled",
        source="workflow.md 2.R",
    )


def _answers_nothing(action: str) -> bool:
    return _TABLE.text(_ACTION + action, "answers-red") != "yes"


def _fitting(advice: DiscrepancyAdvice, category: str) -> Category | None:
    return next((one for one in advice.categories if one.id == category), None)
