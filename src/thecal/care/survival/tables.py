"""A curve as tables: year by year, and day by day."""

from __future__ import annotations

from fractions import Fraction

from thecal.care.advice import Listing
from thecal.care.complications.rules import few, year_days, years
from thecal.care.outcomes.wilson import confidence_shown
from thecal.care.survival.curve import Curve, Step
from thecal.units import show_number, show_percent

_NONE = "none: no failure yet"


def yearly(curve: Curve) -> Listing:
    """Return the curve at full years, as far as somebody was followed."""
    rows: list[tuple[str, ...]] = []
    year = 0
    while year_days(year) <= curve.longest or year == 0:
        day = year_days(year)
        left = curve.at_risk(day)
        hint = " (few)" if left < few("at-risk") else ""
        rows.append((f"{year}", f"{left}{hint}", *_figures(curve.at(day))))
        year += 1
    columns = ("years", "at risk", *_columns())
    return Listing("Year by year", columns, tuple(rows))


def daily(curve: Curve) -> Listing:
    """Return every step of the curve."""
    rows = tuple(
        (
            str(step.day),
            show_number(years(step.day)),
            str(step.at_risk),
            str(step.failed),
            str(step.competing),
            str(step.censored),
            *_figures(step),
        )
        for step in curve.steps
    )
    columns = ("day", "years", "at risk", "failed", "removed or died", "censored", *_columns())
    return Listing("Step by step", columns, rows)


def _columns() -> tuple[str, ...]:
    return (
        "without failure (Kaplan-Meier)",
        f"{confidence_shown()} interval (log-log)",
        "one minus it",
        "failed (cumulative incidence)",
        "removed or died first",
    )


def _figures(step: Step | None) -> tuple[str, ...]:
    if step is None:
        return (_percent(Fraction(1)), _NONE, *(_percent(Fraction(0)),) * 3)
    low, high = step.low, step.high
    band = _NONE if low is None or high is None else f"{_percent(low)} to {_percent(high)}"
    if band == _NONE and step.survival == 0:
        band = "none: nobody is left"
    return (
        _percent(step.survival),
        band,
        _percent(1 - step.survival),
        _percent(step.incidence),
        _percent(step.competed),
    )


def _percent(value: Fraction) -> str:
    return show_percent(value, signed=False)
