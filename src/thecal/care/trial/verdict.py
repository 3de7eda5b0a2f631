"""The verdict on a trial: which dose worked by which rule, and what follows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

from thecal.care.advice import Cited, Reason, Weight
from thecal.care.trial.case import FUNCTIONS, SIDE_EFFECTS, Bolus, TrialCase
from thecal.care.trial.facts import cited
from thecal.care.trial.judge import Outcome, judge
from thecal.care.trial.ladder import BACLOFEN, next_bolus, rungs
from thecal.care.trial.observation import early_scores
from thecal.care.trial.rules import ANY, TrialRule, trial_rule, trial_rules
from thecal.care.trial.scales import ASHWORTH, scale_figure, smallest_change
from thecal.care.trial.series import Course, courses

PASSED, FAILED, DISCUSS = "passed", "failed", "to-discuss"
NEXT_BOLUS, NO_CANDIDATE = "next-bolus", "not-a-candidate"
PLANNED, INCOMPLETE = "planned", "incomplete"
_INTOLERABLE = SIDE_EFFECTS[-1]
_WORSE = FUNCTIONS[-1]


@final
@dataclass(frozen=True, slots=True)
class Response:
    """What followed one dose.

    Attributes
    ----------
    outcomes
        One for every rule that decides.
    stated
        What the examiner said.
    """

    course: Course
    outcomes: tuple[Outcome, ...]
    stated: bool | None

    @property
    def responded(self) -> bool | None:
        """Whether any rule is met; the examiner's word where nothing was scored."""
        judged = [one.passed for one in self.outcomes if one.passed is not None]
        return any(judged) if judged else self.stated


@final
@dataclass(frozen=True, slots=True)
class Verdict:
    """What the trial comes to; `effective` is the place of the first dose that worked."""

    word: str
    responses: tuple[Response, ...]
    effective: int | None

    @property
    def decisive(self) -> Response | None:
        """The response that carries the verdict: the first that worked, else the last."""
        if self.effective is not None:
            return self.responses[self.effective]
        return self.responses[-1] if self.responses else None


def deciding_rules(case: TrialCase) -> tuple[TrialRule, ...]:
    """Return the rules of the verdict: the chosen one, else the defaults of the therapy."""
    indication = case.indication or ANY
    if case.rule is not None:
        return (trial_rule(case.rule, indication),)
    return tuple(one for one in trial_rules(indication) if case.therapy in one.default_for)


def verdict(case: TrialCase) -> Verdict:
    """Return the verdict on a trial that is held."""
    rules = deciding_rules(case)
    stated = [one.responded for one in case.boluses] or [None] * len(case.starts)
    responses = tuple(
        Response(course, tuple(judge(rule, course) for rule in rules), said)
        for course, said in zip(courses(case), stated, strict=True)
    )
    effective = next((n for n, one in enumerate(responses) if one.responded), None)
    return Verdict(_word(case, responses, effective), responses, effective)


def effective_bolus(case: TrialCase, found: Verdict) -> Bolus | None:
    """Return the first bolus that worked; None where none did or the trial was an infusion."""
    if found.effective is None or not case.boluses:
        return None
    return case.boluses[found.effective]


def verdict_reasons(case: TrialCase, found: Verdict) -> Iterator[Reason]:
    """Yield why the verdict is what it is, and what makes it weaker than it looks."""
    for number, response in enumerate(found.responses, start=1):
        worked = found.effective is not None
        yield from _response_reasons(number, response, worked=worked)
    yield from _recalled(case)
    screening = case.drug == BACLOFEN and bool(case.boluses)
    yield from _scoring(found, screening=screening)
    if found.word == NO_CANDIDATE:
        figures = cited(BACLOFEN, "no-response")
        text = "no response up to the largest screening bolus: not a candidate for an implant"
        yield Reason("no-response", Weight.AGAINST, text, figures)
    if found.word == FAILED and found.effective is None and case.drug == BACLOFEN and case.boluses:
        text = "the boluses ended below the largest of the label: what that one does is not known"
        yield Reason("below-largest", Weight.CAUTION, text, cited(BACLOFEN, "small-bolus-for"))
    if found.effective is not None:
        yield from _doubts(case, found)
    yield from _besides_scores(case)


def _word(case: TrialCase, responses: tuple[Response, ...], effective: int | None) -> str:
    if not responses:
        return PLANNED
    if effective is not None:
        if case.side_effects == _INTOLERABLE or case.accepted is False:
            return FAILED
        return DISCUSS if case.goals_met is False or _function(case) == _WORSE else PASSED
    if responses[-1].responded is None:
        return INCOMPLETE
    if case.drug != BACLOFEN or case.infusion is not None:
        return FAILED
    # An early bolus without an answer may have worked: that is asked before anything else.
    if any(one.responded is None for one in responses):
        return INCOMPLETE
    if next_bolus(case) is not None:
        return NEXT_BOLUS
    return NO_CANDIDATE if case.boluses[-1].dose >= rungs()[-1].mass else FAILED


def _function(case: TrialCase) -> str | None:
    said = [one.function for one in case.scores if one.function is not None]
    return said[-1] if said else None


def _response_reasons(number: int, response: Response, *, worked: bool) -> Iterator[Reason]:
    for one in response.outcomes:
        weight = Weight.MISSING if one.passed is None else Weight.FOR
        if one.passed is False:
            weight = Weight.NOTE if worked else Weight.AGAINST
        figures = tuple(Cited(one.rule.name.value, fact) for fact in one.rule.thresholds[:1])
        if one.by_toxicity and one.rule.toxicity is not None:
            figures = (*figures, Cited("fall in toxicity", one.rule.toxicity))
        yield Reason(one.rule.id, weight, f"dose {number}: {one.told()}", figures)
    judged = [one for one in response.outcomes if one.passed is not None]
    if response.stated is None:
        return
    said = "a response" if response.stated else "no response"
    if not judged:
        text = f"dose {number}: {said} was stated and not scored"
        yield Reason("stated", Weight.CAUTION, text)
    elif response.stated is not response.responded:
        text = f"dose {number}: {said} was stated, the scores say otherwise; they count here"
        yield Reason("stated", Weight.CAUTION, text)


def _recalled(case: TrialCase) -> Iterator[Reason]:
    for rule in deciding_rules(case):
        if rule.threshold.recalled:
            text = f"{rule.id} is only recalled: it decides nothing alone, the team does"
            yield Reason("recalled-rule", Weight.CAUTION, text, (Cited(rule.id, rule.threshold),))


def _scoring(found: Verdict, *, screening: bool) -> Iterator[Reason]:
    response = found.decisive
    if response is None:
        return
    few = early_scores(response.course) if screening else None
    if few is not None:
        yield few
    yield from _muscle_groups(response)
    for one in response.outcomes:
        if one.reached_at and not one.by_toxicity and one.best and one.measure:
            matters = smallest_change(one.measure)
            if matters is not None and one.best.points < matters.value:
                text = f"the fall of {one.measure} is below the smallest change that matters"
                cite = (Cited(f"smallest change of {one.measure}", matters),)
                yield Reason("small-change", Weight.CAUTION, text, cite)


def _muscle_groups(response: Response) -> Iterator[Reason]:
    """Yield that a mean rests on few groups, or on fewer than were scored before the dose."""
    before = response.course.baseline
    if before is None or not before.ashworth:
        return
    scored = {one.time: one.ashworth for one in response.course.after}
    best = [one.best for one in response.outcomes if one.measure == ASHWORTH and one.best]
    compared = [sum(group in scored[one.time] for group in before.ashworth) for one in best]
    groups = min([len(before.ashworth), *compared])
    least = scale_figure(ASHWORTH, "least-muscle-groups")
    cited_least = (Cited("muscle groups", least),)
    if groups < least.value:
        text = f"{groups} muscle groups scored, {least.value} are advised for a mean"
        yield Reason("muscle-groups", Weight.CAUTION, text, cited_least)
    if groups < len(before.ashworth):
        text = f"only {groups} of {len(before.ashworth)} muscle groups were scored again"
        yield Reason("muscle-groups", Weight.CAUTION, text, cited_least)


def _doubts(case: TrialCase, found: Verdict) -> Iterator[Reason]:
    response = found.decisive
    if case.method == "single-bolus":
        text = "one bolus alone: the response may be the peak of a placebo effect"
        yield Reason("placebo-peak", Weight.CAUTION, text, cited("method-single-bolus", "caution"))
    met = [one for one in response.outcomes if one.passed] if response is not None else []
    if met and all(len(one.reached_at) == 1 for one in met):
        text = (
            f"the rule was met at one of {met[0].scored} scored moments only: a peak, or too few"
            " scores"
        )
        yield Reason("one-moment", Weight.CAUTION, text, cited("effect", "may-last"))


def _besides_scores(case: TrialCase) -> Iterator[Reason]:
    figures = cited("verdict", "needs")
    if case.side_effects == _INTOLERABLE:
        yield Reason("side-effects", Weight.AGAINST, "side effects not tolerable", figures)
    if case.accepted is False:
        yield Reason("acceptance", Weight.AGAINST, "the patient does not want it", figures)
    if case.goals_met is False:
        yield Reason("goals", Weight.AGAINST, "the goals were not met", figures)
    if _function(case) == _WORSE:
        yield Reason("function", Weight.AGAINST, "function is worse than before", figures)


def left_out(case: TrialCase) -> tuple[str, ...]:
    """Return what the verdict needs besides the scores and nobody has said."""
    asked = {
        "side effects (side_effects)": case.side_effects,
        "goals met (goals_met)": case.goals_met,
        "function (function in a score)": _function(case),
        "acceptance by the patient (accepted_by_patient)": case.accepted,
    }
    return tuple(name for name, answer in asked.items() if answer is None)
