"""The program that is in a pump as a strip of 24 hours and a table, beside the one before it."""

from __future__ import annotations

from thecal.report.changes import ProgramChange
from thecal.report.figure import Figure, Table
from thecal.report.figure_week import draw_week
from thecal.report.programs import bolus_rows, mode_words, rate_rows, steps_words
from thecal.report.words import daily_dose, when
from thecal.therapy.events import Therapy
from thecal.units import Mass, show_percent

_NONE = "none"


def program_strip(therapy: Therapy, change: ProgramChange) -> tuple[Figure | None, Table]:
    """Return strip and table of a program; no strip where the pump could not store it."""
    title = when(therapy, therapy.instant(change.event.time))
    old, new = change.old, change.new
    figure = None if new is None else draw_week(change.index, title, new)
    rows = [
        ("mode", mode_words(old), mode_words(new), ""),
        *_dose_rows(change),
        *rate_rows(old, new),
        ("steps", steps_words(old), steps_words(new), ""),
        *bolus_rows(old, new),
    ]
    head = ("Setting", "The program before", f"Program of {title}", "Change")
    return figure, Table("The program, beside the one before it", head, tuple(rows))


def _dose_rows(change: ProgramChange) -> list[tuple[str, ...]]:
    old = {} if change.old is None else change.old.daily_doses()
    new = {} if change.new is None else change.new.daily_doses()
    reached = {} if change.new is None else change.new.achievable_daily_doses()
    was = {} if change.old is None else change.old.achievable_daily_doses()
    rows: list[tuple[str, ...]] = []
    for name in sorted({*old, *new}):
        percent = ""
        if old.get(name) and name in new:
            percent = show_percent(new[name].ratio(old[name]) - 1)
        rows.append((f"{name}, programmed", _dose(name, old), _dose(name, new), percent))
        rows.append((f"{name}, achievable", _dose(name, was), _dose(name, reached), ""))
    return rows


def _dose(name: str, doses: dict[str, Mass]) -> str:
    return daily_dose(name, doses[name]) if name in doses else _NONE
