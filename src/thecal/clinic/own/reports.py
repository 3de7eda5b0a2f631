"""What the diary adds to the charts and to the report on boluses, for the staff.

Everything here is as the patient or a carer reported it, and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from statistics import median
from typing import final

from thecal.care.advice import Reason
from thecal.care.design.case import SECONDS_PER_HOUR, Score
from thecal.care.design.demand import HourDemand, demand_of
from thecal.care.escalation.boluses import BolusReport, bolus_reasons, bolus_report
from thecal.care.escalation.case import BolusRecord
from thecal.care.own.diary import DiaryEntry
from thecal.care.own.words import RULES
from thecal.care.spans import span
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.own.diary_log import Kept, diary_of, within
from thecal.program.clock import SECONDS_PER_DAY
from thecal.report.courses import Plot, Series
from thecal.report.figure import Table
from thecal.therapy.simulation import Simulation
from thecal.units import Duration, Mass, MassRate, show_time

_SCORES = {"pain": "pain", "spasm": "spasms"}


@final
@dataclass(frozen=True, slots=True)
class DiaryBoluses:
    """The report on boluses by the diary of some days."""

    drug: str
    record: BolusRecord
    report: BolusReport
    reasons: tuple[Reason, ...]


def diary_plots(chart: Chart) -> tuple[Plot, ...]:
    """Return the courses of the scores in the diary, each marked as the patient's own."""
    kept = diary_of(chart.entries)
    return tuple(
        _plot(name, words, found)
        for name, words in _SCORES.items()
        if (found := [one for one in kept if name in one.entry.numbers])
    )


def diary_boluses(chart: Chart, now: datetime) -> DiaryBoluses | None:
    """Return what the boluses of the diary come to; None where nothing can be reckoned."""
    back = span(RULES.get("diary", "reported-days", Duration).value)
    kept = within(diary_of(chart.entries), now, back)
    told = [one.entry for one in kept if {"boluses", "refused"} & set(one.entry.numbers)]
    simulation = chart.simulation(now)
    order = None if simulation is None else _bolus(simulation)
    if not told or order is None:
        return None
    drug, dose, day = order
    granted = sum(one.numbers.get("boluses", 0) for one in told)
    pairs = [(one.numbers["before"], one.numbers["after"]) for one in told if _has_pair(one)]
    record = BolusRecord(
        days=len({one.when.date() for one in told}),
        requested=granted + sum(one.numbers.get("refused", 0) for one in told),
        granted=granted,
        dose=dose,
        pain_before=_usual([before for before, _ in pairs]),
        pain_after=_usual([after for _, after in pairs]),
    )
    report = bolus_report(record, day)
    return DiaryBoluses(drug, record, report, tuple(bolus_reasons(drug, report)))


def diary_hours(kept: Sequence[Kept], name: str) -> tuple[HourDemand, ...]:
    """Return the hours of the day that have scores, each with its mean."""
    scores = [
        Score(
            one.entry.when.date(),
            one.entry.when.hour * SECONDS_PER_HOUR + one.entry.when.minute * 60,
            Fraction(one.entry.numbers[name]),
        )
        for one in kept
        if name in one.entry.numbers
    ]
    if not scores:
        return ()
    return tuple(one for one in demand_of(scores).hours if one.mean is not None)


def _plot(name: str, words: str, kept: Sequence[Kept]) -> Plot:
    rows = tuple(
        (show_time(one.entry.when), str(one.entry.numbers[name]), one.entry.by) for one in kept
    )
    values = tuple(float(one.entry.numbers[name]) for one in kept)
    return Plot(
        id=f"diary-{name}",
        title=f"Diary: {words}, 0 to 10",
        claim="from the diary, as the patient or a carer reported it; not measured by the clinic",
        unit="points",
        times=tuple(one.entry.when.timestamp() for one in kept),
        series=(Series(f"{words}, from the diary", values),),
        table=Table(f"Scores of {words} from the diary", ("When", "Score", "Reported by"), rows),
    )


def _bolus(simulation: Simulation) -> tuple[str, Mass, MassRate] | None:
    written = simulation.program
    order = None if written is None else written.program.patient_bolus
    if written is None or order is None or written.program.primary is None:
        return None
    drug = written.program.primary
    day = written.daily_doses().get(drug)
    return (drug, order.dose, MassRate(day.base / SECONDS_PER_DAY)) if day else None


def _has_pair(entry: DiaryEntry) -> bool:
    return "before" in entry.numbers and "after" in entry.numbers


def _usual(values: Sequence[int]) -> int | None:
    return round(median(values)) if values else None
