"""The titration plan as a sheet: each step with room for the score before it, in both languages."""

from __future__ import annotations

from thecal.care.document import Document, Field, Grid, Section, Text
from thecal.care.dose_words import dose_text
from thecal.care.titration.calendar import Calendar
from thecal.care.titration.case import TitrationCase
from thecal.care.titration.monitoring import watch_text, watched
from thecal.care.titration.next_dose import NextDose
from thecal.units import show

_EMPTY = Text.same("")


def plan_document(case: TitrationCase, chosen: NextDose, planned: Calendar) -> Document:
    """Return the plan; a step is given only after its score is written beside it."""
    rows = tuple(
        (
            Text.same(row.time.isoformat(sep=" ", timespec="minutes")),
            Text.same(dose_text(case.drug, row.dose)),
            _EMPTY,
            _EMPTY,
        )
        for row in planned.rows
    )
    columns = (
        Text("not before", "nicht vor"),
        Text("dose", "Dosis"),
        Text("effect (score)", "Wirkung (Skala)"),
        Text("side effects, initials", "Nebenwirkungen, Kürzel"),
    )
    long = watched(case.drug, "rise")
    watch = Text("no figure", "keine Angabe") if long is None else Text.same(show(long, "h"))
    return Document(
        kind="titration-plan",
        title=Text("Titration plan", "Titrationsplan"),
        sections=(
            Section(
                Text("Steps", "Schritte"),
                paragraphs=(
                    Text(
                        "The largest steps and the earliest times; slower is always allowed. No"
                        " step without effect and side effects written beside it.",
                        "Größte Schritte und früheste Zeiten; langsamer ist immer erlaubt. Kein"
                        " Schritt, ohne dass Wirkung und Nebenwirkungen daneben stehen.",
                    ),
                ),
                fields=(
                    Field(Text("drug", "Wirkstoff"), Text.same(case.drug)),
                    Field(Text("scheme", "Schema"), Text.same(chosen.scheme.edition)),
                    Field(Text("watch after each step", "Überwachung je Schritt"), watch, True),
                    Field(Text("what", "was"), Text.same(watch_text(case.drug))),
                ),
                grid=Grid(columns, rows),
                signatures=(Text("prescriber", "verordnende Person"),),
            ),
        ),
        footnotes=(Text.same(chosen.scheme.step.whose()),),
    )
