"""Where the sources on titration disagree: size of a step, time between steps, maxima, wording."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.care.advice import Cited, Disagreement, Reason, Weight
from thecal.care.titration.bounds import Bounds
from thecal.care.titration.case import BACLOFEN, OPIOID, ZICONOTIDE, TitrationCase
from thecal.care.titration.next_dose import NextDose
from thecal.care.titration.schemes import TABLE
from thecal.pharmacy import Limit, limits
from thecal.units import show_percent


def conflicts(
    case: TitrationCase, answers: tuple[NextDose, ...], chosen: NextDose, held: Bounds
) -> Iterator[Disagreement]:
    """Yield every disagreement that bears on the answer, the answer in use first."""
    others = [one.scheme.step for one in answers if one is not chosen]
    if others:
        steps = tuple(cited_limit(one) for one in (chosen.scheme.step, *others))
        yield Disagreement("How far may it rise at once?", steps)
    for question, used in (
        ("How long between two rises?", chosen.scheme.interval),
        ("How many rises a week?", chosen.scheme.per_week),
    ):
        if used is not None:
            yield from _ranks(case, question, used)
    found = held.disagreement()
    if found is not None:
        yield found
    if case.drug_class == OPIOID and case.sedation == "2":
        yield TABLE.disagreement("How is level 2 of the sedation scale worded?", "poss", "2")
    if case.drug == ZICONOTIDE and case.creatine_kinase is not None:
        question = "From which multiple of creatine kinase on is acted?"
        yield TABLE.disagreement(question, ZICONOTIDE, "creatine-kinase-multiple")


def high_dose_reason(case: TitrationCase, chosen: NextDose) -> Reason | None:
    """Return the caution that a large step may be too much at higher doses (baclofen)."""
    if case.drug != BACLOFEN:
        return None
    for one in limits(BACLOFEN, "step-up-high-dose", populations=()):
        if chosen.highest > chosen.current.scaled(1 + one.number):
            text = (
                f"more than {show_percent(one.number, signed=False)} at once may be too much at"
                " higher doses; the source names no dose"
            )
            return Reason("high-dose", Weight.CAUTION, text, (cited_limit(one),))
    return None


def cited_limit(limit: Limit) -> Cited:
    """Return a limit named by what it is and whose."""
    return Cited(f"{limit.parameter.replace('-', ' ')}, {limit.edition}", limit.fact)


def _ranks(case: TitrationCase, question: str, used: Limit) -> Iterator[Disagreement]:
    """Yield the other answers of the same edition and population, where there are any."""
    every = limits(case.drug, used.parameter, populations={used.population})
    same = [
        one
        for one in every
        if (one.edition, one.population) == (used.edition, used.population)
        and one.rank != used.rank
    ]
    if same:
        yield Disagreement(question, tuple(cited_limit(one) for one in (used, *same)))
