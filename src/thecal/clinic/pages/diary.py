"""The patient's diary as the staff reads it: entries, boluses, and the hours that are worse."""

from __future__ import annotations

from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path

from thecal.care.own.diary import lines_of, rule_number
from thecal.care.own.words import RULES
from thecal.clinic import clock
from thecal.clinic.access.guard import ClinicRequest, patient_page
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.own.diary_log import Kept, diary_of, notes_of
from thecal.clinic.own.reports import DiaryBoluses, diary_boluses, diary_hours
from thecal.clinic.web.flow import table
from thecal.pharmacy import both_units
from thecal.units import Duration, show_number, show_percent, show_time

_NAMES = {"pain": "Pain", "spasm": "Spasms"}


@patient_page("read patients")
def diary(request: ClinicRequest, chart: Chart) -> HttpResponse:
    """Show the diary; nothing is judged that the patient did not say."""
    kept = diary_of(chart.entries)
    found = diary_boluses(chart, clock.now())
    back = RULES.get("diary", "reported-days", Duration).value
    return render(
        request,
        "clinic/diary.html",
        {
            "chart": chart,
            "tab": "diary",
            "entries": _entries(request, chart, kept),
            "hours": [_hours(kept, name) for name in _NAMES if diary_hours(kept, name)],
            "boluses": [] if found is None else _figures(found),
            "reasons": [] if found is None else [one.text for one in found.reasons],
            "days": show_number(back.in_unit("d")),
        },
    )


def _entries(request: ClinicRequest, chart: Chart, kept: tuple[Kept, ...]) -> dict[str, Any]:
    zone = ZoneInfo(request.clinic.timezone)
    shown = kept[::-1][: rule_number("shown")]
    notes = notes_of(chart.stream, shown)
    rows = []
    for one in shown:
        lines = [f"{label.en}: {words.en}" for label, words in lines_of(one.entry)]
        lines += [f"Note: {notes[one.seq]}"] if one.seq in notes else []
        when = show_time(one.entry.when.astimezone(zone))
        rows.append((when, f"{one.entry.by}, {one.actor}", "\n".join(lines), str(one.seq)))
    return table("The diary, the newest first", ("About", "Reported by", "Said", "Entry"), rows)


def _hours(kept: tuple[Kept, ...], name: str) -> dict[str, Any]:
    rows = [
        (
            f"{one.hour:02}:00",
            show_number(one.mean or Fraction(0), digits=2),
            str(one.days),
            _signed(one.difference),
        )
        for one in diary_hours(kept, name)
    ]
    caption = f"{_NAMES[name]} by the hour, from the diary"
    head = ("Hour", "Mean", "Days", "Told apart from the mean of the day by")
    return table(caption, head, rows)


def _signed(difference: Fraction) -> str:
    sign = "-" if difference < 0 else "+" if difference else ""
    return f"{sign}{show_number(abs(difference), digits=2)}"


def _figures(found: DiaryBoluses) -> list[tuple[str, str]]:
    record, report = found.record, found.report
    lines = [
        ("Days with an entry on boluses", str(record.days)),
        ("One bolus", f"{found.drug} {both_units(found.drug, record.dose)}"),
        ("Reported as got, a day", show_number(report.granted, digits=2)),
        ("Reported as refused, a day", show_number(report.denied, digits=2)),
        ("Share of the day's dose", show_percent(report.share, signed=False)),
    ]
    if report.relief is not None:
        relief = show_percent(report.relief, signed=False)
        lines.append(("Fall of pain after a bolus, by the middle entries", relief))
    return lines


urlpatterns = [path("", diary, name="diary")]
