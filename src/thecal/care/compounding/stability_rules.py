"""The second clock, in the pump: from the fill to the next refill, by stability (K31).

The beyond-use date neither shortens nor extends it (facts pharmacology.md 6.3, M15).
"""

from __future__ import annotations

from thecal.care.advice import Cited, Disagreement
from thecal.care.compounding.case import CompoundingCase
from thecal.care.compounding.judged import (
    Judged,
    fine,
    found,
    missing,
    noted,
    together,
)
from thecal.care.compounding.moments import between, later
from thecal.care.figures import cited_stability
from thecal.pharmacy import (
    Preparation,
    Stability,
    decline_of,
    decline_point,
    drug_facts,
    stability_in_pump,
)
from thecal.safety.finding import Amount, Severity
from thecal.safety.rules import hard_unless_recalled
from thecal.units import Concentration, show, show_percent

_PUMP = "stability-in-pump"


def judge_in_pump(case: CompoundingCase, made: Preparation) -> Judged:
    """Judge the second clock: from the fill to the next refill."""
    parts = [_course(case, made)]
    if case.pump is None:
        parts.append(missing(_PUMP, "whether this is a first fill is not given: new pumps differ"))
    rows = _rows(case, made)
    if not rows:
        if not parts[0].reasons:
            names = ", ".join(sorted(made.parts))
            text = f"no stability in a pump is on record for exactly {names}"
            parts.append(found(_PUMP, "K31", Severity.SOFT, text))
        return together(parts)
    shortest = rows[0]
    answers = tuple(cited_stability(one) for one in rows)
    if len({one.fact.value for one in rows}) > 1:
        question = "How long does the solution keep in the pump?"
        parts.append(Judged(disagreements=(Disagreement(question, answers),)))
    fill, refill = case.times.fill, case.times.next_refill
    limit = shortest.fact.value
    results: dict[str, Amount | str | None] = {"stability_in_pump": Amount(limit, "d")}
    if fill is not None:
        results["latest_refill"] = later(fill, limit).isoformat()
    parts.append(Judged(results=results))
    if fill is None or refill is None:
        parts.append(missing(_PUMP, "fill and next refill are not both given"))
        return together(parts)
    if refill <= fill:
        return together(parts)
    kept = between(fill, refill)
    text = f"the next refill is {show(kept, 'd')} after the fill; it keeps {show(limit, 'd')}"
    if kept <= limit:
        parts.append(fine(_PUMP, text, answers[:1]))
    else:
        parts.append(
            found(
                _PUMP,
                "K31",
                hard_unless_recalled(shortest.fact),
                f"{text} ({shortest.condition}, {shortest.endpoint})",
                answers[:1],
                value=Amount(kept, "d"),
                limit=Amount(limit, "d"),
            )
        )
    return together(parts)


def _rows(case: CompoundingCase, made: Preparation) -> tuple[Stability, ...]:
    pump = case.pump
    # Where nobody named the pump it may be a new one: the shorter answer counts.
    fills = (True, False) if pump is None else (pump.first_fill,)
    every = {
        one: one.fact.value
        for first in fills
        for one in stability_in_pump(
            made.parts,
            first_fill=first,
            diluted=made.diluted,
            pump=pump.model.id if pump else None,
        )
    }
    rows = sorted(every, key=lambda one: every[one])
    return tuple(one for one in rows if decline_point(one) is None)


def _course(case: CompoundingCase, made: Preparation) -> Judged:
    """Judge a mixture whose loss was followed: between the points by straight lines."""
    course = decline_of(made.concentrations)
    if course is None:
        return Judged()
    cited = tuple(
        Cited(
            f"{show_percent(left, signed=False)} left, tested at {course.partner}"
            f" {show(course.tested, 'mg/mL')}",
            fact,
        )
        for fact, left in course.points
    )
    first, last = course.points[0][0], course.points[-1][0]
    parts = [
        Judged(
            results={
                "decline": {
                    f"to_{round(left * 100)}_percent": Amount(fact.value, "d")
                    for fact, left in course.points
                }
            }
        ),
        _as_tested(made),
    ]
    fill, refill = case.times.fill, case.times.next_refill
    if fill is None or refill is None:
        return together((*parts, noted(_PUMP, "a decline is on record", cited)))
    kept = between(fill, refill)
    left_then = course.remaining(kept)
    if kept <= first.value:
        text = f"until the next refill at least {show_percent(course.points[0][1], signed=False)}"
        return together((*parts, fine(_PUMP, f"{text} of ziconotide is left", cited)))
    text = (
        f"the next refill is {show(kept, 'd')} after the fill; ziconotide is below"
        f" {show_percent(course.points[0][1], signed=False)} from day"
        f" {show(first.value, 'd').split()[0]}"
    )
    if left_then is None:
        severity, limit = Severity.SOFT, last.value
        text += f", and nothing is on record after {show(last.value, 'd')}"
    else:
        severity, limit = Severity.WARN, first.value
        text += f": {show_percent(left_then, signed=False)} is left then"
    judged = found(
        _PUMP, "K31", severity, text, cited, value=Amount(kept, "d"), limit=Amount(limit, "d")
    )
    return together((*parts, judged))


def _as_tested(made: Preparation) -> Judged:
    facts = drug_facts("ziconotide", "mixture-tested-concentration")
    part = made.parts.get("ziconotide")
    if part is None or not facts:
        return Judged()
    fact = facts[0].of_kind(Concentration)
    if part.concentration == fact.value:
        return Judged()
    return noted(
        _PUMP,
        f"the mixtures were tested with ziconotide {show(fact.value, 'ug/mL')}; this one has"
        f" {show(part.concentration, 'ug/mL')}",
        (Cited("ziconotide in the tested mixtures", fact),),
    )
