"""The topic `outcomes` of `thecal advise`: scores, course, visits due, four figures."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.care.advice import Advice, Cited, Disagreement, Listing, Reason, Weight
from thecal.care.derivation import Value
from thecal.care.outcomes.case import OutcomeCase
from thecal.care.outcomes.domains import graver, outcome_set, set_cited, side_effects
from thecal.care.outcomes.four_figures import (
    figures_listing,
    four_figures,
    opioid_change,
    published,
)
from thecal.care.outcomes.reader import read_outcomes
from thecal.care.outcomes.schedule import DueVisit, open_visits, schedule
from thecal.care.outcomes.smith import smith_success
from thecal.care.outcomes.trajectory import course, course_listing
from thecal.therapy.table import Table
from thecal.units import show_number, show_percent

TOPIC = "outcomes"
_CANCER = "cancer"


def advise(case: Table) -> Advice:
    """Return what the outcomes of a table `[outcomes]` say.

    Raises
    ------
    BadFileError
        If the table or a file beside it cannot be read.
    """
    return judge(read_outcomes(case))


def judge(case: OutcomeCase) -> Advice:
    """Return course, visits due, side effects and the figures of the clinic."""
    found = course(case)
    visits = () if case.start is None else schedule(case.start, case.on)
    done = {one.visit: one.day for one in case.visits}
    late = open_visits(visits, done, case.on)
    reasons = [*found.reasons, *_score_reasons(case), *_smith(case), *_side_effect_reasons(case)]
    reasons += [
        Reason("schedule", Weight.MISSING, f"{one.visit} was due by {one.due}", (one.figure,))
        for one in late
    ]
    reasons.append(Reason("set", Weight.NOTE, "what to ask for", set_cited(case.pathway)))
    listings = [course_listing(case)] if case.visits else []
    listings += [_visit_listing(case, visits)] if visits else []
    results: dict[str, Value] = {
        "pathway": case.pathway,
        "overdue": tuple(one.visit for one in late),
        "next_visit": next(
            (f"{v.visit} {v.due}" for v in visits if v.visit not in done and v.due >= case.on), None
        ),
    }
    disagreements = _disagreements(case)
    if case.cohort is not None:
        four = four_figures(case.cohort)
        listings.append(figures_listing(four))
        disagreements += published(four)
        reasons += [
            Reason("published", Weight.NOTE, f"published: {one.name.value}", one.published)
            for one in four
        ]
        results |= {one.id.replace("-", "_"): one.shown() for one in four}
        less = opioid_change(case.cohort)
        if less is not None:
            results["systemic_opioid_reduction"] = (
                f"{show_percent(less[0], signed=False)} of all doses together (n = {less[1]})"
            )
    return Advice(
        topic=TOPIC,
        verdict=found.verdict,
        summary=_summary(case, found.verdict, late),
        reasons=tuple(reasons),
        results=results,
        listings=tuple(listings),
        disagreements=disagreements,
        not_checked=_not_checked(case),
    )


def _summary(case: OutcomeCase, verdict: str, late: tuple[DueVisit, ...]) -> str:
    last = case.latest
    seen = "no visit after the baseline" if last is None else f"{last.visit}, {last.day}"
    return f"{verdict.replace('-', ' ')} ({seen}); visits overdue: {len(late)}"


def _score_reasons(case: OutcomeCase) -> Iterator[Reason]:
    """Yield the scores of the last visit that has any, with what they rest on."""
    scored = [one for one in case.visits if one.scores]
    for score in scored[-1].scores.values() if scored else ():
        text = f"{scored[-1].visit}: {score.instrument.name} {score.shown}"
        yield Reason(f"score-{score.instrument.id}", Weight.NOTE, text, score.figures)
        for remark in score.remarks:
            weight = Weight.MISSING if score.value is None else Weight.CAUTION
            text = f"{score.instrument.name}: {remark}"
            yield Reason(f"score-{score.instrument.id}", weight, text, score.figures)


def _smith(case: OutcomeCase) -> Iterator[Reason]:
    before, now = case.baseline, case.latest
    if case.pathway != _CANCER or before is None or now is None:
        return
    for name in ("vas", "nrs"):
        pain = [one.scores[name].value if name in one.scores else None for one in (before, now)]
        toxicity = [
            one.scores["toxicity"].value if "toxicity" in one.scores else None
            for one in (before, now)
        ]
        if pain[0] is None or pain[1] is None or pain[0] == 0:
            continue
        result = smith_success(pain[0], pain[1], *toxicity)
        shown = f"pain {show_number(result.pain_percent, digits=3)} %"
        if result.toxicity_percent is not None:
            shown += f", toxicity {show_number(result.toxicity_percent, digits=3)} %"
        word = "success" if result.success else "no success"
        weight = Weight.FOR if result.success else Weight.AGAINST
        yield Reason("smith", weight, f"{word} by the rule of Smith: {shown}", result.figures)
        return


def _side_effect_reasons(case: OutcomeCase) -> Iterator[Reason]:
    before, now = case.baseline, case.latest
    for effect, name in side_effects().items():
        earlier = None if before is None else before.side_effects.get(effect)
        grade = None if now is None else now.side_effects.get(effect)
        figures = (Cited(effect, name),)
        if grade is None:
            yield Reason("side-effect", Weight.MISSING, f"not asked: {name.value}", figures)
        elif earlier is None:
            text = f"{name.value}: {grade}, baseline not asked"
            yield Reason("side-effect", Weight.NOTE, text, figures)
        else:
            step = graver(earlier, grade)
            weight = Weight.CAUTION if step > 0 else Weight.FOR if step < 0 else Weight.NOTE
            text = f"{name.value}: {earlier} before, {grade} now"
            yield Reason("side-effect", weight, text, figures)


def _visit_listing(case: OutcomeCase, visits: tuple[DueVisit, ...]) -> Listing:
    held = {one.visit: one.day for one in case.visits}
    instruments = ", ".join(
        dict.fromkeys(name for names in outcome_set(case.pathway).values() for name in names)
    )
    rows = []
    for one in visits:
        day = held.get(one.visit)
        standing = f"held {day}" if day else "overdue" if one.overdue(case.on) else "to come"
        rows.append((one.visit, one.opens.isoformat(), one.due.isoformat(), standing, instruments))
    return Listing("Visits", ("visit", "from", "to", "standing", "ask for"), tuple(rows))


def _disagreements(case: OutcomeCase) -> tuple[Disagreement, ...]:
    used = {name: one.instrument for visit in case.visits for name, one in visit.scores.items()}
    return tuple(
        Disagreement(f"Which change of {about.name} matters?", answers)
        for about in used.values()
        if len(answers := about.all_cited("change")) > 1
    )


def _not_checked(case: OutcomeCase) -> tuple[str, ...]:
    found = [] if case.start is not None else ["when visits are due: start is not given"]
    last = case.latest or case.baseline
    scored = {} if last is None else last.scores
    for domain, names in outcome_set(case.pathway).items():
        if not names:
            found.append(f"{domain}: recorded, not scored here")
        found += [f"{domain}: {name} was not scored" for name in names if name not in scored]
    if case.cohort is None:
        found.append("the four figures of the clinic: no cohort is given")
    return tuple(found)
