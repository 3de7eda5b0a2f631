"""Outcomes of a clinic's patients over time: visit by visit, with n and interval."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from statistics import median

from thecal.care.advice import Listing
from thecal.care.complications.rules import RULES
from thecal.care.figures import Figures
from thecal.care.outcomes.case import Visit
from thecal.care.outcomes.schedule import BASELINE, visit_names
from thecal.care.outcomes.wilson import confidence_shown, wilson
from thecal.units import show_number, show_percent

_NOBODY = "nobody was asked"
_SATISFACTION = "satisfaction"


def over_time(patients: Iterable[Sequence[Visit]]) -> Listing:
    """Return for each visit what those asked then said; relief is against each one's baseline.

    Other people are asked at each visit: a change from one row to the next is not one of patients.
    """
    asked: dict[str, list[tuple[Visit, Visit | None]]] = {}
    for visits in patients:
        before = next((one for one in visits if one.visit == BASELINE), None)
        for one in visits:
            asked.setdefault(one.visit, []).append((one, before))
    named = [one for one in visit_names() if one in asked]
    yearly = sorted(
        (one for one in asked if one not in named), key=lambda one: int(one.rpartition("-")[2])
    )
    rows = tuple(
        (
            name.replace("-", " "),
            str(len(asked[name])),
            _pain(asked[name]),
            _relief(asked[name]) if name != BASELINE else "it is the baseline",
            satisfied_share([one for one, _ in asked[name]]),
        )
        for name in (*named, *yearly)
    )
    columns = ("visit", "people", "pain, median", f"relief of {_wanted()} or more", "satisfied")
    return Listing(f"Visit by visit, intervals of {confidence_shown()}", columns, rows)


def satisfied(visit: Visit) -> bool | None:
    """Return whether somebody was satisfied at a visit; None where nobody asked."""
    score = visit.scores.get(_SATISFACTION)
    if score is None or score.band is None:
        return None
    return score.band in score.instrument.words("satisfied")


def satisfied_share(visits: Iterable[Visit]) -> str:
    """Return the share of those satisfied among those asked, for people."""
    return _share([one for visit in visits if (one := satisfied(visit)) is not None])


def _scale() -> str:
    return RULES.text("relief", "scale")


def _value(visit: Visit) -> Fraction | None:
    score = visit.scores.get(_scale())
    return None if score is None else score.value


def _pain(asked: Sequence[tuple[Visit, Visit | None]]) -> str:
    values = [value for one, _ in asked if (value := _value(one)) is not None]
    if not values:
        return _NOBODY
    return f"{show_number(Fraction(median(values)))} of 10 (n = {len(values)})"


def _substantial() -> Fraction:
    return Figures("outcome_rules", key="rule").get("responder", "substantial", Fraction).value


def _wanted() -> str:
    return show_percent(_substantial() / 100, signed=False)


def _relief(asked: Sequence[tuple[Visit, Visit | None]]) -> str:
    answers = []
    for one, before in asked:
        now, first = _value(one), None if before is None else _value(before)
        if now is not None and first:
            answers.append((first - now) / first * 100 >= _substantial())
    return _share(answers)


def _share(answers: Sequence[bool]) -> str:
    if not answers:
        return _NOBODY
    found = wilson(sum(answers), len(answers))
    value, low, high = (
        show_percent(one, signed=False) for one in (found.value, found.low, found.high)
    )
    return f"{value} ({found.count} of {found.of}; {low} to {high})"
