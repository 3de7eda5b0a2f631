"""The calendar of a taper: one row a change, or one row a day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from thecal.care.advice import Listing
from thecal.care.conversion.regimen import TRANSDERMAL, OpioidLine
from thecal.care.derivation import Value
from thecal.care.weaning.figures import figure
from thecal.care.weaning.taper import Step, shown_unit
from thecal.data import cached
from thecal.errors import CannotComputeError
from thecal.safety.finding import Amount
from thecal.units import Duration, MassRate, show, show_date, show_percent

MOST_CELLS = 20_000
"""Doses in a calendar by day; a list that needs more was typed wrongly."""


def week_calendar(steps: tuple[Step, ...]) -> Listing:
    """Return one row for every change: wanted, given, from what, and when to watch."""
    columns = (
        "from",
        "drug",
        "wanted",
        "given",
        "given a day",
        "pieces a day",
        "change",
        "COWS on",
    )
    rows = tuple(
        (
            show_date(step.day),
            step.line.name,
            amount(step.line, step.wanted),
            amount(step.line, step.given.dose),
            Amount(step.given.dose, "mg/d"),
            pieces(step),
            show_percent(-step.fall),
            watch(step.day),
        )
        for step in steps
    )
    return Listing("Calendar by change", columns, rows)


def day_calendar(lines: tuple[OpioidLine, ...], start: date, steps: tuple[Step, ...]) -> Listing:
    """Return one row for every day from the start to the day after the last change.

    Raises
    ------
    CannotComputeError
        If it would be longer than anybody reads.
    """
    last = max((step.day for step in steps), default=start)
    if ((last - start).days + 1) * len(lines) > MOST_CELLS:
        raise CannotComputeError(
            f"a calendar by day until {show_date(last)} is longer than anybody reads",
            remedy='write calendar = "weeks", or plan fewer drugs at a time',
        )
    # By identity: two lines of a list may be equal, and each has its own steps.
    current = {id(line): line.daily for line in lines}
    rows: list[tuple[Value, ...]] = []
    day = start
    while day <= last:
        for step in steps:
            if step.day == day:
                current[id(step.line)] = step.given.dose
        doses = tuple(amount(line, current[id(line)]) for line in lines)
        rows.append((show_date(day), *doses))
        day += timedelta(days=1)
    return Listing("Calendar by day", ("day", *(line.name for line in lines)), tuple(rows))


def amount(line: OpioidLine, dose: MassRate) -> Amount:
    """Return a dose in the unit of its line."""
    return Amount(dose, shown_unit(line))


def pieces(step: Step) -> str:
    """Return what is taken, as in `2 x 20 mg + 1 x 5 mg`; the split over the day is prescribed."""
    if not step.line.strengths:
        return "no strengths given"
    told = [f"{count} x {_piece(step.line, rate)}" for rate, count in step.given.pieces]
    return " + ".join(told) or "nothing"


def _piece(line: OpioidLine, rate: MassRate) -> str:
    if line.route == TRANSDERMAL:
        return show(rate, shown_unit(line))
    return show(rate.per_day(), line.dose.mass_unit)


def watch(day: date) -> str:
    """Return the days on which withdrawal would show after a change."""
    return " and ".join(show_date(one) for one in _watch_days(day))


def _watch_days(day: date) -> Iterator[date]:
    return (day + timedelta(days=days) for days in _days_after())


@cached
def _days_after() -> range:
    first, last = (figure("watch", part, Duration).value for part in ("from", "until"))
    # A dose missed in the evening shows from the next day on.
    return range(max(1, round(first.in_unit("d"))), int(last.in_unit("d")) + 1)
