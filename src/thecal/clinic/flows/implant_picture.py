"""The catheter of a visit from the pump to the tip: a picture, and the same as rows of a table."""

from __future__ import annotations

from thecal.care.implant_visit import ImplantVisit, catheter_drawing, segment_lengths
from thecal.care.implant_visit.hardware import segment_volumes, volume_per_length
from thecal.device import catheter_model
from thecal.report.documents.drawn import drawn
from thecal.units import Length, show

NOT_KNOWN = "not known"


def segment_rows(visit: ImplantVisit) -> list[tuple[str, ...]]:
    """Return a row for each segment: catheter, lengths, what a centimetre holds, volume."""
    filled = visit.filled
    rows: list[tuple[str, ...]] = []
    for row, length, volume in zip(
        filled.rows("segments"), segment_lengths(filled), segment_volumes(filled), strict=True
    ):
        each = volume_per_length(str(row["catheter"]))
        rows.append(
            (
                catheter_model(str(row["catheter"])).name,
                _length(row["supplied"]),
                _length(row.get("trimmed")),
                _length(length),
                NOT_KNOWN if each is None else show(each, "mL/cm"),
                NOT_KNOWN if volume is None else show(volume, "mL"),
            )
        )
    return rows


def catheter_picture(visit: ImplantVisit) -> str:
    """Return the drawing of the catheter as SVG; empty before a catheter is recorded."""
    drawing = catheter_drawing(visit.filled)
    return "" if drawing is None else drawn(drawing, "en")


def _length(length: object) -> str:
    return show(length, "cm") if isinstance(length, Length) else NOT_KNOWN
