"""The plan to stop: each dose with its day, and what the pump cannot give."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import final

from thecal.care.cessation.case import TABLE, CessationCase, wean_fraction
from thecal.care.titration.deliverable import Line, line_of
from thecal.units import Duration, MassRate

UNTIL, PUMP, ROWS, ZERO, AT_ONCE = "until", "pump", "rows", "zero", "at-once"


@final
@dataclass(frozen=True, slots=True)
class WeanRow:
    """One dose of the plan.

    Attributes
    ----------
    part
        What is left, as a part of the dose at the beginning.
    problem
        Why the pump cannot give it; empty where it can or nothing is known.
    """

    day: date
    part: Fraction
    dose: MassRate
    problem: str = ""


@final
@dataclass(frozen=True, slots=True)
class WeanPlan:
    """The rows and why they end.

    Attributes
    ----------
    ended_by
        `until` (the dose asked for), `pump` (it can go no lower), `rows`, `zero` (the last row is
        off), `at-once` (the class needs no plan).
    fraction
        Part of the dose that goes at each step; None in a plan of even steps or none.
    """

    rows: tuple[WeanRow, ...]
    ended_by: str
    fraction: Fraction | None = None


def wean_plan(case: CessationCase) -> WeanPlan:
    """Return the plan of the class that sets the pace."""
    drug_class = case.deciding_class
    line = line_of(case.pump, case.concentration)
    if TABLE.text(drug_class, "abrupt-stop-allowed") == "yes":
        return WeanPlan((_row(case, line, 0, Fraction(0)),), AT_ONCE)
    if TABLE.has(drug_class, "taper-days"):
        return _even(case, line)
    return _by_part(case, line)


def _even(case: CessationCase, line: Line | None) -> WeanPlan:
    """Return even steps a day to zero within the days of the class."""
    answers = [
        one.of_kind(Duration).value for one in TABLE.every(case.deciding_class, "taper-days")
    ]
    chosen = min(answers) if case.speed == "fastest" else max(answers)
    days = int(chosen.in_unit("d"))
    rows = tuple(_row(case, line, day, Fraction(days - day, days)) for day in range(days + 1))
    return WeanPlan(rows, ZERO)


def _by_part(case: CessationCase, line: Line | None) -> WeanPlan:
    """Return steps that each take a part of the dose before; such a plan never reaches zero."""
    fraction = wean_fraction(case.deciding_class, case.speed)
    interval = TABLE.get(case.deciding_class, "wean-interval", Duration).value
    every = int(interval.in_unit("d"))
    endless = case.until is None and line is None
    shown = "rows-without-end" if endless else "calendar-rows"
    most = case.rows or int(TABLE.get("any", shown, Fraction).value)
    rows: list[WeanRow] = []
    part = Fraction(1)
    while len(rows) < most:
        row = _row(case, line, len(rows) * every, part)
        rows.append(row)
        if row.problem:
            return WeanPlan(tuple(rows), PUMP, fraction)
        if case.until is not None and row.dose <= case.until:
            return WeanPlan(tuple(rows), UNTIL, fraction)
        part *= 1 - fraction
    return WeanPlan(tuple(rows), ROWS, fraction)


def _row(case: CessationCase, line: Line | None, day: int, part: Fraction) -> WeanRow:
    dose = case.deciding[1].scaled(part)
    problem = "" if line is None or not dose else line.deliver(dose).problem
    return WeanRow(case.starts + timedelta(days=day), part, dose, problem)
