"""The weaning plan as a document for ward, patient and general practitioner."""

from __future__ import annotations

from thecal.care.cessation.case import TABLE, CessationCase
from thecal.care.cessation.plan import PUMP, WeanPlan
from thecal.care.document import Document, Field, Grid, Section, Text
from thecal.care.dose_words import dose_text
from thecal.pharmacy.restart import restart_rule


def wean_document(case: CessationCase, plan: WeanPlan) -> Document:
    """Return the plan; rows that the pump cannot give are marked."""
    deciding, dose = case.deciding
    rule = restart_rule(deciding)
    rows = tuple(
        (
            Text.same(row.day.isoformat()),
            *(Text.same(dose_text(name, one.scaled(row.part))) for name, one in case.doses),
            Text("pump cannot give it", "Pumpe kann es nicht abgeben")
            if row.problem
            else Text.same(""),
        )
        for row in plan.rows
    )
    columns = (
        Text("from", "ab"),
        *(Text.same(name) for name, _ in case.doses),
        Text("remark", "Bemerkung"),
    )
    ways_out = Text(
        "The pump can go no lower than the row before the last: dilute, or stop under cover.",
        "Tiefer als in der vorletzten Zeile geht die Pumpe nicht: verdünnen,"
        " oder von dort unter Schutz beenden.",
    )
    return Document(
        kind="cessation-plan",
        title=Text("Plan to end the pump therapy", "Plan zum Beenden der Pumpentherapie"),
        sections=(
            Section(
                Text("Doses", "Dosen"),
                paragraphs=(ways_out,) if plan.ended_by == PUMP else (),
                fields=(
                    Field(
                        Text("drug that sets the pace", "maßgebender Wirkstoff"),
                        Text.same(deciding),
                    ),
                    Field(
                        Text("dose at the beginning", "Anfangsdosis"),
                        Text.same(dose_text(deciding, dose)),
                    ),
                ),
                grid=Grid(columns, rows),
            ),
            Section(
                Text("Beware", "Achtung"),
                fields=(
                    Field(
                        Text("stopped at once", "bei plötzlichem Ende"),
                        Text.same(rule.abrupt_stop.value),
                        emphasis=True,
                    ),
                    Field(Text("after", "nach"), Text.same(rule.onset.value)),
                ),
                signatures=(Text("prescriber", "verordnende Person"),),
            ),
        ),
        footnotes=(Text.same(TABLE.every(case.deciding_class, "how")[0].provenance()),),
        for_patient=True,
    )
