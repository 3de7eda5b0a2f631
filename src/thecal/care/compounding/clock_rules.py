"""Two clocks: from mixing to filling (beyond use), and from filling to the next refill (stability).

Neither extends the other (facts pharmacology.md 6.3). A date of an obsolete table is recognised and
never used.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction

from thecal.care.advice import Cited, Disagreement
from thecal.care.compounding.case import CompoundingCase
from thecal.care.compounding.judged import (
    Judged,
    fine,
    found,
    missing,
    noted,
    severity_of,
    together,
)
from thecal.pharmacy import (
    BeyondUse,
    Making,
    Preparation,
    Stability,
    any_fact,
    decline_of,
    decline_point,
    drug_facts,
    longest_beyond_use,
    obsolete_beyond_use,
    stability_in_pump,
    stability_rows,
)
from thecal.safety.finding import Amount, Severity
from thecal.units import Concentration, Duration, show, show_percent, show_time

_SHELF, _PUMP = "beyond-use", "stability-in-pump"


def between(start: datetime, end: datetime) -> Duration:
    """Return the time from one local moment to another; below zero where they are reversed."""
    return Duration.of(Fraction(round((end - start).total_seconds())), "s")


def judge_shelf(case: CompoundingCase, made: Preparation) -> Judged:
    """Judge the first clock: from mixing to filling."""
    times = case.times
    parts = [noted("two-clocks", *_apart())]
    if times.beyond_use is None:
        parts.append(
            found(
                _SHELF,
                "K31",
                Severity.HARD,
                "the order has no beyond-use date: it is not made, and not filled, without one",
            )
        )
    if case.making is None or times.mixed is None:
        parts.append(
            missing(_SHELF, "how and when it is made is not given: the date is not checked")
        )
    else:
        parts.append(_against_table(case.making, times.beyond_use, times.mixed))
        parts.append(_in_syringe(case, made, times.mixed))
    parts.append(_filled(case))
    return together(parts)


def _apart() -> tuple[str, tuple[Cited, ...]]:
    apart = any_fact("time-in-pump").of_kind(str)
    return (
        "the beyond-use date ends with the fill; the time in the pump has its own clock",
        (Cited("time in the pump", apart),),
    )


def _against_table(making: Making, stated: datetime | None, mixed: datetime) -> Judged:
    row = longest_beyond_use(making)
    if row is None:
        return found(
            _SHELF,
            "K31",
            Severity.SOFT,
            f"the table has no time for category {making.category}, {making.method},"
            f" {'tested' if making.tested else 'not tested'}, {making.storage}",
        )
    latest = _later(mixed, row.fact.value)
    cited = (Cited(_row_shown(row), row.fact),)
    results = Judged(results={"latest_beyond_use": latest.isoformat()})
    if stated is None:
        return together((results, noted(_SHELF, f"at the latest {show_time(latest)}", cited)))
    if stated <= mixed:
        return together((results, _refused("the beyond-use date is not after the mixing")))
    if stated <= latest:
        text = f"the beyond-use date is within {show(row.fact.value, row.fact.unit)} of mixing"
        return together((results, fine(_SHELF, text, cited)))
    return together(
        (
            results,
            found(
                _SHELF,
                "K31",
                severity_of(row.fact),
                f"the beyond-use date, {show_time(stated)}, is later than the table allows,"
                f" {show_time(latest)}",
                cited,
                value=stated.isoformat(),
                limit=latest.isoformat(),
            ),
            _obsolete(making.storage, between(mixed, stated)),
        )
    )


def _obsolete(storage: str, kept: Duration) -> Judged:
    used = [one for one in obsolete_beyond_use(storage) if one.fact.value == kept]
    return together(
        found(
            "obsolete",
            "K31",
            Severity.WARN,
            f"{show(one.fact.value, one.fact.unit)} is what {one.edition} said: obsolete, not used",
            (Cited(_row_shown(one), one.fact),),
        )
        for one in used
    )


def _in_syringe(case: CompoundingCase, made: Preparation, mixed: datetime) -> Judged:
    end = case.times.fill or case.times.beyond_use
    rows = stability_rows(made.parts, "syringe")
    if end is None or not rows:
        return Judged()
    kept = between(mixed, end)
    shortest = min(rows, key=lambda one: one.fact.value)
    if kept <= shortest.fact.value:
        return Judged()
    return found(
        "syringe",
        "K31",
        Severity.SOFT,
        f"{show(kept, 'd')} before the fill is longer than this mixture was followed in a syringe,"
        f" {show(shortest.fact.value, 'd')} at {shortest.condition}",
        (Cited("in a syringe", shortest.fact),),
        value=Amount(kept, "d"),
        limit=Amount(shortest.fact.value, "d"),
    )


def _filled(case: CompoundingCase) -> Judged:
    times = case.times
    if times.fill is None:
        return missing("fill", "the moment of the fill is not given")
    if times.mixed is not None and times.fill < times.mixed:
        return _refused("the fill is before the mixing")
    if times.beyond_use is not None and times.fill > times.beyond_use:
        return found(
            _SHELF,
            "K31",
            Severity.HARD,
            f"the fill, {show_time(times.fill)}, is after the beyond-use date,"
            f" {show_time(times.beyond_use)}",
            value=times.fill.isoformat(),
            limit=times.beyond_use.isoformat(),
        )
    return Judged()


def _refused(text: str) -> Judged:
    return found(_SHELF, "K31", Severity.HARD, text)


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
    answers = tuple(_cited(one) for one in rows)
    if len({one.fact.value for one in rows}) > 1:
        question = "How long does the solution keep in the pump?"
        parts.append(Judged(disagreements=(Disagreement(question, answers),)))
    fill, refill = case.times.fill, case.times.next_refill
    limit = shortest.fact.value
    results: dict[str, Amount | str | None] = {"stability_in_pump": Amount(limit, "d")}
    if fill is not None:
        results["latest_refill"] = _later(fill, limit).isoformat()
    parts.append(Judged(results=results))
    if fill is None or refill is None:
        parts.append(missing(_PUMP, "fill and next refill are not both given"))
        return together(parts)
    if refill <= fill:
        parts.append(found(_PUMP, "K31", Severity.HARD, "the next refill is not after the fill"))
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
                severity_of(shortest.fact),
                f"{text} ({shortest.condition}, {shortest.endpoint})",
                answers[:1],
                value=Amount(kept, "d"),
                limit=Amount(limit, "d"),
            )
        )
    return together(parts)


def _rows(case: CompoundingCase, made: Preparation) -> tuple[Stability, ...]:
    pump = case.pump
    every = stability_in_pump(
        made.parts,
        first_fill=bool(pump and pump.first_fill),
        diluted=made.diluted,
        pump=pump.model.id if pump else None,
    )
    return tuple(one for one in every if decline_point(one) is None)


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
        end = f"{text}, and nothing is on record after {show(last.value, 'd')}"
        return together(
            (
                *parts,
                found(
                    _PUMP,
                    "K31",
                    Severity.SOFT,
                    end,
                    cited,
                    value=Amount(kept, "d"),
                    limit=Amount(last.value, "d"),
                ),
            )
        )
    end = f"{text}: {show_percent(left_then, signed=False)} is left then"
    return together(
        (
            *parts,
            found(
                _PUMP,
                "K31",
                Severity.WARN,
                end,
                cited,
                value=Amount(kept, "d"),
                limit=Amount(first.value, "d"),
            ),
        )
    )


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


def _cited(one: Stability) -> Cited:
    return Cited(f"{'+'.join(sorted(one.drugs))}, {one.condition}, {one.endpoint}", one.fact)


def _row_shown(row: BeyondUse) -> str:
    return (
        f"{row.edition}: category {row.category}, {row.method}, start {row.start},"
        f" tested {row.tested}, {row.storage}"
    )


def _later(start: datetime, time: Duration) -> datetime:
    return start + timedelta(seconds=int(time.in_unit("s")))
