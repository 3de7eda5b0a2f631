"""The catheter of a visit from the pump to the tip: a picture, and the same as rows of a table."""

from __future__ import annotations

from typing import Any

from thecal.care.forms.choice import choices
from thecal.care.implant_visit import ImplantVisit, segment_lengths
from thecal.care.implant_visit.hardware import segment_volumes, volume_per_length
from thecal.device import catheter_model
from thecal.units import Length, show

NOT_KNOWN = "not known"
_WIDTH, _HEIGHT, _PUMP, _LINE, _BAR, _GAP = 340, 120, 76, 52, 10, 6


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


def catheter_picture(visit: ImplantVisit) -> dict[str, Any] | None:
    """Return the places of pump, segments, entry and tip; None before a catheter is recorded."""
    rows, filled = segment_rows(visit), visit.filled
    if not rows:
        return None
    lengths = [0 if one is None else float(one.in_unit("cm")) for one in segment_lengths(filled)]
    known = all(lengths)
    share = [one / sum(lengths) if known else 1 / len(lengths) for one in lengths]
    left = _PUMP
    bars: list[dict[str, Any]] = []
    for row, part in zip(rows, share, strict=True):
        width = int(part * (_WIDTH - 2 * _PUMP))
        words = f"{row[3]}, {row[5]}"
        bars.append({"left": left, "width": width, "middle": left + width // 2, "words": words})
        left += width
    entry, tip = filled.get("entry_level", str), filled.get("tip_level", str)
    side = choices("tip-side").get(filled.get("tip_side", str) or "")
    place = choices("pocket-site").get(filled.get("pocket_site", str) or "")
    return {
        "width": _WIDTH,
        "height": _HEIGHT,
        "line": _LINE,
        "bar": _BAR,
        "bars": bars,
        "after": left + _GAP,
        "entry": entry,
        "tip": f"{tip}{'' if side is None else f', {side.en}'}",
        "pocket": "" if place is None else place.en,
        "alt": f"Catheter from the pump to the tip at {tip}, entering at {entry}:"
        f" {'; '.join(one['words'] for one in bars)}",
        "to_scale": known,
    }


def _length(length: object) -> str:
    return show(length, "cm") if isinstance(length, Length) else NOT_KNOWN
