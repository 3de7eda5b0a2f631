"""Whether a course of scores is a success by one rule."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.care.trial.rules import Compare, TrialRule
from thecal.care.trial.series import Change, Course, changes
from thecal.units import show_number, show_percent

_TOXICITY = "toxicity"


@final
@dataclass(frozen=True, slots=True)
class Outcome:
    """What one rule says of one course.

    Attributes
    ----------
    measure
        The scale that was judged; None where none of the rule's was scored before and after.
    best
        The moment of the largest fall.
    reached_at
        The moments at which the rule was met.
    scored
        How many moments were scored after the dose.
    by_toxicity
        Whether it was met only because the toxicity fell.
    """

    rule: TrialRule
    measure: str | None
    best: Change | None
    reached_at: tuple[Change, ...]
    scored: int
    by_toxicity: bool = False

    @property
    def passed(self) -> bool | None:
        """Whether the rule is met; None where it could not be judged."""
        return None if self.best is None else bool(self.reached_at)

    def told(self) -> str:
        """Return it for people, with both scores and the fall."""
        if self.best is None:
            return f"{self.rule.name.value}: not judged, no score before and after"
        best = self.best
        fall = show_number(best.points)
        if best.fraction is not None:
            fall += f", {show_percent(-best.fraction)}"
        verdict = "met" if self.passed else "not met"
        how = " (by toxicity)" if self.by_toxicity else ""
        return (
            f"{self.rule.name.value}: {verdict}{how}; {self.measure} {show_number(best.before)}"
            f" to {show_number(best.now)} (fall of {fall})"
        )


def judge(rule: TrialRule, course: Course) -> Outcome:
    """Return what a rule says of the scores after one dose."""
    for measure in rule.measures:
        found = tuple(one for one in changes(course, measure) if _fall(rule, one) is not None)
        if found:
            return _judged(rule, measure, found, changes(course, _TOXICITY))
    return Outcome(rule, None, None, (), 0)


def _judged(
    rule: TrialRule, measure: str, found: tuple[Change, ...], toxicity: tuple[Change, ...]
) -> Outcome:
    best = max(found, key=lambda one: one.points)
    reached = tuple(one for one in found if rule.reached(_fall(rule, one) or Fraction(0)))
    if reached or rule.toxicity is None:
        return Outcome(rule, measure, best, reached, len(found))
    limit = rule.toxicity.value
    gentler = {one.time for one in toxicity if one.fraction is not None and one.fraction >= limit}
    reached = tuple(one for one in found if one.points >= 0 and one.time in gentler)
    return Outcome(rule, measure, best, reached, len(found), by_toxicity=bool(reached))


def _fall(rule: TrialRule, change: Change) -> Fraction | None:
    return change.points if rule.compare is Compare.POINTS_AT_LEAST else change.fraction
