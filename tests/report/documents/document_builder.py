"""Documents for tests: one of everything, and hostile ones."""

from __future__ import annotations

from thecal.care.document import Document, Field, Grid, Section, Text

EMPTY = Text.same("")


def everything(name: str = "Demo Patient", **options: bool) -> Document:
    """Return a document with one of everything that a document can hold."""
    return Document(
        "demo-sheet",
        Text("Demo sheet", "Musterblatt"),
        (
            Section(
                Text("Demo sheet", "Musterblatt"),
                (Text("Read this first.", "Bitte zuerst lesen."),),
                (
                    Field(Text("Name", "Name"), Text.same(name)),
                    Field(
                        Text("Use before", "Verwendbar bis"), Text.same("2026-11-27 09:00"), True
                    ),
                    Field(Text("Allergies", "Allergien"), EMPTY),
                ),
            ),
            Section(
                Text("Doses", "Dosen"),
                grid=Grid(
                    (Text("From", "Ab"), Text("Dose", "Dosis"), Text("Score", "Wert")),
                    ((Text.same("2026-12-01"), Text.same(f"{name}, 2\u00a0mg/day"), EMPTY),),
                ),
                signatures=(Text("Prescriber", "Verordnende Person"), Text("Patient", "Patient")),
            ),
        ),
        (Text.same("pharmacology.md 1.3, unverified (recalled)"), Text.same(name)),
        **options,
    )
