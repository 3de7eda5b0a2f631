"""Selection as a whole: every rule over one case, and the verdict that follows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import final

from thecal.care.advice import Cited, Disagreement, Weight
from thecal.care.selection.ages import is_child, judge_age, judge_brain_injury
from thecal.care.selection.case import SelectionCase
from thecal.care.selection.checklist import (
    Entry,
    checklist,
    cleared,
    item_disagreements,
    not_checked,
)
from thecal.care.selection.drug_label import judge_label
from thecal.care.selection.items import PATHWAYS
from thecal.care.selection.judgement import Judgement, judged
from thecal.care.selection.known import refuse_unknown
from thecal.care.selection.labs import judge_labs, lab_disagreements, labs_not_given
from thecal.care.selection.pump_size import pump_size
from thecal.care.selection.rules import cited, disagreement, figure
from thecal.care.selection.step import judge_step
from thecal.care.selection.system_choice import (
    judge_life_expectancy,
    life_expectancy_disagreement,
    system_for,
)
from thecal.care.selection.therapies import judge_therapies
from thecal.care.selection.wording import sentence
from thecal.safety.finding import Finding

ELIGIBLE, NOT_YET, NOT_ELIGIBLE = "eligible", "not-yet", "not-eligible"
PATHWAY = "pathway"
_NON_CANCER, _CANCER, _SPASTICITY = PATHWAYS
_ORDER = (Weight.AGAINST, Weight.MISSING, Weight.CAUTION, Weight.FOR, Weight.NOTE)


@final
@dataclass(frozen=True, slots=True)
class Assessment:
    """What selection says of a case.

    Attributes
    ----------
    verdict
        `eligible`, `not-yet` or `not-eligible`.
    judgements
        What decides first, then what needs care, what speaks for it, and notes.
    entries
        The checklist, item by item.
    system
        What the life expectancy points to; None where it is not known.
    """

    case: SelectionCase
    verdict: str
    judgements: tuple[Judgement, ...]
    entries: tuple[Entry, ...]
    system: str | None
    findings: tuple[Finding, ...]
    disagreements: tuple[Disagreement, ...]
    not_checked: tuple[str, ...]

    def of(self, weight: Weight) -> tuple[Judgement, ...]:
        """Return the judgements of one weight."""
        return tuple(one for one in self.judgements if one.weight is weight)


def assess(case: SelectionCase) -> Assessment:
    """Return what the rules of selection say of a case.

    Raises
    ------
    UnknownIdError
        If the case names something that no table knows.
    """
    refuse_unknown(case)
    entries = checklist(case)
    found = tuple(_judgements(case, entries))
    found = (*found, *_unused_reasons(case, found))
    verdict = verdict_on(found)
    ordered = tuple(sorted(found, key=lambda one: _ORDER.index(one.weight)))
    questions = tuple(one.finding for one in ordered if one.finding is not None)
    return Assessment(
        case=case,
        verdict=verdict,
        judgements=ordered,
        entries=entries,
        system=None if case.life_expectancy is None else system_for(case.life_expectancy),
        findings=(*questions, *judge_step(case, verdict, entries)),
        disagreements=tuple(_disagreements(case, entries)),
        not_checked=tuple(_not_checked(case, entries)),
    )


def verdict_on(judgements: tuple[Judgement, ...]) -> str:
    """Return the verdict: anything against refuses, anything missing waits, else eligible."""
    weights = {one.weight for one in judgements}
    if Weight.AGAINST in weights:
        return NOT_ELIGIBLE
    return NOT_YET if Weight.MISSING in weights else ELIGIBLE


def _judgements(case: SelectionCase, entries: tuple[Entry, ...]) -> Iterator[Judgement]:
    clear = cleared(entries)
    if clear is not None:
        yield clear
    yield from (entry.judgement for entry in entries if entry.judgement is not None)
    yield from judge_age(case)
    yield from judge_therapies(case)
    yield from judge_labs(case)
    yield from judge_label(case)
    for one in (
        judge_brain_injury(case),
        judge_life_expectancy(case),
        pump_size(case),
        _pathway(case),
    ):
        if one is not None:
            yield one
    yield _goals(case)
    yield _requirement()
    if case.pathway == _NON_CANCER:
        yield from _non_cancer()


def _goals(case: SelectionCase) -> Judgement:
    if case.goals:
        said = sentence("goals.some", goals="; ".join(case.goals))
        return judged("goals", figure("goals", "some", str), said)
    return judged("goals", figure("goals", "none", str), sentence("goals.none"))


def _pathway(case: SelectionCase) -> Judgement | None:
    """Return the question why somebody without cancer takes the pathway that asks less."""
    indication = case.indication
    if indication is None:
        name = sentence("referral.diagnosis")
        return Judgement("indication", Weight.MISSING, sentence("missing", name=name))
    if case.pathway != _CANCER or indication.setting == _CANCER:
        return None
    effect = figure(PATHWAY, "setting", str)
    said = sentence("pathway.setting")
    return judged(PATHWAY, effect, said, answer=case.overrides.get(PATHWAY))


def _requirement() -> Judgement:
    fact = figure("psychology", "requirement", str)
    cite = (Cited("psychological assessment", fact),)
    return Judgement("psychology", Weight.NOTE, sentence("psychology.requirement"), cite)


def _non_cancer() -> Iterator[Judgement]:
    figures = cited("evaluation", "optimise-health", "inpatient-catheter-trial")
    yield Judgement("evaluation", Weight.NOTE, sentence("evaluation.non-cancer"), figures)
    funded = cited("funding", "nhs-england")
    yield Judgement("funding", Weight.NOTE, sentence("funding.note"), funded)


def _unused_reasons(case: SelectionCase, found: tuple[Judgement, ...]) -> Iterator[Judgement]:
    """Yield the reasons that answer no open question, as one for a body too small for a pump."""
    used = {one.rule for one in found if one.finding is not None}
    for rule, answer in case.overrides.items():
        if rule not in used:
            name = sentence(f"name.{rule}")
            said = sentence("unused-reason", name=name, reason=answer.reason)
            yield Judgement(rule, Weight.NOTE, said)


def _disagreements(case: SelectionCase, entries: tuple[Entry, ...]) -> Iterator[Disagreement]:
    yield from item_disagreements(entries, case.pathway)
    if case.life_expectancy is not None:
        yield life_expectancy_disagreement()
    yield from lab_disagreements(case)
    if is_child(case.age) and case.pathway == _SPASTICITY:
        for parameter, what in (("infection", "an infection"), ("leak", "a leak")):
            question = f"How many children with a baclofen pump have {what}?"
            yield disagreement(question, "child-complications", parameter, used=False)


def _not_checked(case: SelectionCase, entries: tuple[Entry, ...]) -> Iterator[str]:
    yield from not_checked(entries, case.pathway)
    yield from labs_not_given(case)
    if not case.drugs:
        yield sentence("name.drugs").en + ": the contraindications of single drugs"
    if case.life_expectancy is None and case.pathway != _CANCER:
        yield sentence("name.life-expectancy").en
