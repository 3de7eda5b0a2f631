"""How the doses of a pump rose, from the record's own replay: what a visit and an order look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, final

from thecal.care.escalation.case import read_escalation
from thecal.care.escalation.signals import escalates
from thecal.care.escalation.trend import ROLLING, Trend, trend
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.patient.courses import courses
from thecal.clinic.plans.doses import doses_over_time, pump_clock
from thecal.therapy.table import Table
from thecal.units import show, show_date, show_percent, show_unit

_TOO_SHORT = "too short a history to reckon a year"


@final
@dataclass(frozen=True, slots=True)
class Rise:
    """How one drug's dose a day moved.

    Attributes
    ----------
    doses
        Each dose a day with the day from which it ran, the oldest first.
    escalates
        Whether it rose by more than the signal of its drug; None where the history is too short.
    told
        In one line.
    """

    drug: str
    doses: Sequence[tuple[str, str]]
    escalates: bool | None
    told: str


def rises(chart: Chart, drugs: Sequence[str], at: datetime) -> tuple[Rise, ...]:
    """Return how the doses of some drugs moved until a moment, which has an offset."""
    log, now = courses(chart.folded).dose_changes, pump_clock(chart, at)
    found = []
    for one in drugs:
        doses = [each for each in doses_over_time(log, one) if each["time"] < now]
        if doses:
            found.append(_rise(one, doses, now))
    return tuple(found)


def escalating(found: Sequence[Rise]) -> bool | None:
    """Return whether any dose was escalating; None where none was and one is not known."""
    if any(one.escalates for one in found):
        return True
    return None if not found or any(one.escalates is None for one in found) else False


def _rise(drug: str, history: list[dict[str, Any]], now: datetime) -> Rise:
    case = read_escalation(Table({"drug": drug, "now": now, "history": history}, "doses over time"))
    moved = trend(case.history, case.now)
    doses = [(show_date(one["time"]), str(one["dose"])) for one in history]
    if moved.yearly is None:
        how, known = _TOO_SHORT, None
    else:
        how, known = _how(moved, moved.yearly), escalates(case, moved)
    first, last = doses[0], doses[-1]
    return Rise(
        drug, doses, known, f"{drug}: {_dose(first)} since {first[0]}, {_now(last, first)}{how}"
    )


def _how(moved: Trend, yearly: Fraction) -> str:
    """Say the change against the dose a year ago; of a shorter record only what it holds."""
    if moved.basis == ROLLING:
        return f"{show_percent(yearly)} in the last year"
    return (
        f"{show_percent(moved.whole)} in {show(moved.observed, 'd', digits=3)} of record, less than"
        f" a year; held against the signal of a year as {show_percent(yearly)}, as if it went on so"
    )


def _now(last: tuple[str, str], first: tuple[str, str]) -> str:
    return "" if last == first else f"{_dose(last)} since {last[0]}, "


def _dose(one: tuple[str, str]) -> str:
    """Return a dose with its unit as people read it."""
    number, _, unit = one[1].partition(" ")
    return f"{number} {show_unit(unit)}"
