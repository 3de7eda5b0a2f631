"""Documents for tests: one of everything, and hostile ones."""

from __future__ import annotations

from fractions import Fraction

from thecal.care.document import Document, Drawing, Field, Grid, Piece, Section, Text

EMPTY = Text.same("")


DRAWING = Drawing(
    start=(Text("Pump", "Pumpe"), Text("abdomen", "Bauch")),
    pieces=(
        Piece(Text("61 cm, 0.13 mL", "61 cm, 0,13 mL"), Fraction(3, 4)),
        Piece(Text("not known", "nicht bekannt"), Fraction(1, 4)),
    ),
    end=(Text("Tip", "Spitze"), Text("T10, middle", "T10, Mitte")),
    below=Text("Entry at L3.", "Eintritt bei L3."),
    alt=Text("Catheter to the tip at T10", "Katheter zur Spitze bei T10"),
)


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
                drawing=DRAWING,
                signatures=(Text("Prescriber", "Verordnende Person"), Text("Patient", "Patient")),
            ),
        ),
        (Text.same("pharmacology.md 1.3, unverified (recalled)"), Text.same(name)),
        **options,
    )
