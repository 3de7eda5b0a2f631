"""How the doses of a clinic's patients rose in their first year, by age, beside a cohort."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from statistics import mean, median
from typing import final

from thecal.care.advice import Listing
from thecal.care.complications.rules import few
from thecal.care.escalation.cohorts import OLD, YOUNG, age_groups, rise_in_a_year, told_group
from thecal.care.escalation.trend import TABLE
from thecal.care.spans import span
from thecal.care.titration.history import DoseHistory
from thecal.pharmacy import drug
from thecal.units import Duration, show_percent

_OPIOID, _MONTHS, _QUARTERS = "opioid", 12, (3, 6, 9, 12)


@final
@dataclass(frozen=True, slots=True)
class DoseCourse:
    """The doses of one opioid in one patient.

    Attributes
    ----------
    age
        In whole years when the first dose ran.
    watched
        Until when it is known that the last dose ran.
    """

    drug: str
    age: int
    history: DoseHistory
    watched: timedelta


def rise_after(course: DoseCourse, months: int) -> Fraction | None:
    """Return the rise over the first months as a part of the first dose; None before their end."""
    time = span(TABLE.get("any", "year", Duration).value) * months / _MONTHS
    if drug(course.drug).drug_class != _OPIOID or course.watched < time:
        return None
    dose = course.history.at(course.history.started + time)
    return None if dose is None else dose.ratio(course.history.changes[0].dose) - 1


def first_year(course: DoseCourse) -> Fraction | None:
    """Return the rise over the first year as a part of the first dose; None before its end."""
    return rise_after(course, _MONTHS)


def month_by_month(courses: Sequence[DoseCourse]) -> Listing:
    """Return the mean rise of both groups of age at a quarter, half, three quarters and a year.

    Beside it the cohort's, on a straight line to its figure of 12 months.
    """
    rows: list[tuple[str, ...]] = []
    for group in (YOUNG, OLD):
        low, middle, high = rise_in_a_year(group)
        for months in _QUARTERS:
            own = [one for one in courses if age_groups(one.age) == (group,)]
            rises = [rise for one in own if (rise := rise_after(one, months)) is not None]
            part = Fraction(months, _MONTHS)
            rows.append(
                (
                    told_group(group),
                    str(months),
                    *_figures(rises)[:2],
                    f"{show_percent(middle * part)}"
                    f" ({show_percent(low * part)} to {show_percent(high * part)})",
                )
            )
    columns = (
        "age at the start",
        "months",
        "courses so long",
        "mean rise",
        "cohort, straight line",
    )
    return Listing("Rise of the opioid's daily dose month by month", columns, tuple(rows))


def by_age(courses: Iterable[DoseCourse]) -> Listing:
    """Return the rises of both groups of age beside those of the cohort."""
    found: dict[str, list[Fraction]] = {YOUNG: [], OLD: []}
    short = dict.fromkeys(found, 0)
    for course in courses:
        (group,) = age_groups(course.age)
        rise = first_year(course)
        if rise is None:
            short[group] += drug(course.drug).drug_class == _OPIOID
        else:
            found[group].append(rise)
    rows = tuple(
        (told_group(group), *_figures(found[group]), str(short[group]), _cohort(group))
        for group in (YOUNG, OLD)
    )
    columns = (
        "age at the start",
        "courses of a year",
        "mean rise",
        "median",
        "least to most",
        "shorter, not counted",
        "cohort: mean, and mean less and plus its deviation",
    )
    return Listing("Rise of the opioid's daily dose in its first year", columns, rows)


def _figures(rises: Sequence[Fraction]) -> tuple[str, str, str, str]:
    if not rises:
        return "0", "none", "none", "none"
    hint = " (few)" if len(rises) < few("events") else ""
    return (
        f"{len(rises)}{hint}",
        show_percent(mean(rises)),
        show_percent(median(rises)),
        f"{show_percent(min(rises))} to {show_percent(max(rises))}",
    )


def _cohort(group: str) -> str:
    low, middle, high = rise_in_a_year(group)
    source = TABLE.get(_OPIOID, f"rise-12-months-{group}", Fraction).provenance()
    return f"{show_percent(middle)} ({show_percent(low)} to {show_percent(high)}); {source}"
