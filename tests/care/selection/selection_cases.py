"""Complete cases of the three pathways, to be changed in one place by each test."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from thecal.care.advice import Weight
from thecal.care.selection import Assessment, PriorTherapy, SelectionCase, assess
from thecal.care.selection.items import PATHWAYS, items
from thecal.units import Duration

TODAY = date(2026, 11, 20)
INDICATION = {
    "non-cancer": "failed-back-surgery-syndrome",
    "cancer": "cancer-pain",
    "spasticity": "multiple-sclerosis",
}
DRUG = {"non-cancer": "morphine", "cancer": "morphine", "spasticity": "baclofen"}
ORAL = {"non-cancer": "oral-opioid", "cancer": "oral-opioid", "spasticity": "oral-baclofen"}


def clear_answers(pathway: str) -> dict[str, str]:
    """Every item answered so that nothing stands against the therapy."""
    found = {}
    for one in items():
        clearing = [a for a in one.answers if one.effect(a, pathway).value == "clears"]
        if clearing:
            found[one.id] = clearing[0]
    return found


def complete(pathway: str, **changes: object) -> SelectionCase:
    """An adult who is eligible in this pathway."""
    case = SelectionCase(
        pathway=pathway,
        indication_id=INDICATION[pathway],
        birth_date=date(1976, 1, 1),
        assessed_on=TODAY,
        answers=clear_answers(pathway),
        drugs=(DRUG[pathway],),
        life_expectancy=Duration.of(400, "d"),
        goals=("walk to the shop",),
        therapies=(PriorTherapy(ORAL[pathway], "failed"),),
    )
    return replace(case, **changes)


def with_answers(pathway: str, **answers: str | None) -> SelectionCase:
    """The complete case with other answers; None leaves an item out."""
    given = clear_answers(pathway)
    for key, answer in answers.items():
        given.pop(key.replace("_", "-"), None)
        if answer is not None:
            given[key.replace("_", "-")] = answer
    return complete(pathway, answers=given)


def rules(assessment: Assessment, weight: Weight) -> set[str]:
    """The rules that have this weight."""
    return {one.rule for one in assessment.of(weight)}


def weight_of(case: SelectionCase, rule: str) -> set[Weight]:
    """The weights that one rule has in a case."""
    return {one.weight for one in assess(case).judgements if one.rule == rule}


__all__ = [
    "PATHWAYS",
    "TODAY",
    "clear_answers",
    "complete",
    "rules",
    "weight_of",
    "with_answers",
]
