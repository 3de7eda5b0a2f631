"""The first clock, on the shelf: from mixing to filling, by the beyond-use date (K31).

A date of an obsolete table is recognised and never used (facts pharmacology.md 6.3).
"""

from __future__ import annotations

from datetime import datetime

from thecal.care.advice import Cited
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
from thecal.pharmacy import (
    BeyondUse,
    Making,
    Preparation,
    any_fact,
    longest_beyond_use,
    obsolete_beyond_use,
    stability_rows,
)
from thecal.safety.finding import Amount, Severity
from thecal.safety.rules import hard_unless_recalled
from thecal.units import Duration, show, show_time

_SHELF = "beyond-use"


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
    latest = later(mixed, row.fact.value)
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
                hard_unless_recalled(row.fact),
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


def _row_shown(row: BeyondUse) -> str:
    return (
        f"{row.edition}: category {row.category}, {row.method}, start {row.start},"
        f" tested {row.tested}, {row.storage}"
    )
