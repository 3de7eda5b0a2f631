"""The weaning plan for the person who takes the tablets: dates, doses, when to call."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from thecal.care.document import Document, Field, Grid, Section, Text
from thecal.care.weaning.calendar import pieces
from thecal.care.weaning.case import WeaningCase
from thecal.care.weaning.figures import cited, figure
from thecal.care.weaning.steps import steps_of
from thecal.care.weaning.taper import Step, last_day, shown_unit
from thecal.pharmacy.lookup import listed
from thecal.units import show, show_date, show_number


def weaning_plan(case: WeaningCase) -> Document:
    """Return the plan of a case in English and German; raises `CannotComputeError` as `taper`."""
    steps = steps_of(case)
    end = last_day(steps)
    finish = Text("no end is planned", "kein Ende geplant") if end is None else spelled(end)
    section = Section(
        Text("Your doses", "Ihre Dosen"),
        (
            Text(
                "Take no more than is written here. Do not stop on your own; call if you feel"
                " withdrawal.",
                "Nehmen Sie nicht mehr, als hier steht. Hören Sie nicht von selbst auf; rufen Sie"
                " bei Entzugszeichen an.",
            ),
        ),
        (Field(Text("Nothing is left from", "Nichts mehr ab"), finish, emphasis=True),),
        Grid(
            (
                Text("From", "Ab"),
                Text("Drug", "Mittel"),
                Text("A day", "Am Tag"),
                Text("Pieces a day", "Stück am Tag"),
            ),
            tuple(_row(step) for step in steps),
        ),
    )
    return Document(
        "weaning-plan",
        Text("Plan to lower your opioids", "Plan zum Ausschleichen Ihrer Opioide"),
        (section, _pause_section()),
        tuple(Text.same(one.fact.provenance()) for one in cited("cows", "pause-from")),
        for_patient=True,
    )


def spelled(day: date) -> Text:
    """Return a date with the month spelled out in both languages."""
    months = listed(figure("calendar", "months-de", str))
    return Text(show_date(day), f"{day.day}. {months[day.month - 1]} {day.year}")


def _row(step: Step) -> tuple[Text, ...]:
    label = show(step.given.dose, shown_unit(step.line))
    day = show(step.given.dose, "mg/d")
    micro = show(step.given.dose, "ug/d")
    dose = f"{day} ({micro})" if label == day else f"{label} = {day} ({micro})"
    return spelled(step.day), Text.same(step.line.name), Text.same(dose), Text.same(pieces(step))


def _pause_section() -> Section:
    score = show_number(figure("cows", "pause-from", Fraction).value)
    return Section(
        Text("When we pause", "Wann wir pausieren"),
        (
            Text(
                f"With a withdrawal score (COWS) of {score} or more the dose is held, and the next"
                " step waits.",
                f"Ab {score} Punkten auf der Entzugsskala (COWS) bleibt die Dosis, und der nächste"
                " Schritt wartet.",
            ),
        ),
        signatures=(Text("Prescriber", "Verordnende Person"),),
    )
