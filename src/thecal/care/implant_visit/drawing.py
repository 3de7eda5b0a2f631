"""The catheter of form F4 from the pump to the tip as a drawing, beside the table of its segments.

A length that nobody knows is drawn no length: the segments are then as long as each other, and the
drawing says that it is not to scale.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from thecal.care.document import Document, Drawing, Piece, Text
from thecal.care.forms import Filled, form
from thecal.care.forms.choice import choices
from thecal.care.implant_visit.hardware import segment_lengths, segment_volumes
from thecal.care.papers.words import joined, say
from thecal.units import show

_SEGMENTS = "segments"


def catheter_drawing(filled: Filled) -> Drawing | None:
    """Return pump, segments, entry and tip of a form F4; None before a catheter is recorded."""
    lengths, volumes = segment_lengths(filled), segment_volumes(filled)
    if not lengths:
        return None
    known = [one.in_unit("cm") for one in lengths if one is not None]
    if len(known) == len(lengths):
        shares = [one / sum(known) for one in known]
        scale = say("drawn-to-scale")
    else:
        shares = [Fraction(1, len(lengths))] * len(lengths)
        scale = say("drawn-not-to-scale")
    words = [
        joined(
            (
                say("not-known") if length is None else Text.same(show(length, "cm")),
                say("not-known") if volume is None else Text.same(show(volume, "mL")),
            )
        )
        for length, volume in zip(lengths, volumes, strict=True)
    ]
    place = choices("pocket-site").get(filled.get("pocket_site", str) or "")
    side = choices("tip-side").get(filled.get("tip_side", str) or "")
    tip, entry = _level(filled, "tip_level"), _level(filled, "entry_level")
    pieces = tuple(Piece(text, share) for text, share in zip(words, shares, strict=True))
    return Drawing(
        start=(say("drawn-pump"), *(() if place is None else (place,))),
        pieces=pieces,
        end=(say("drawn-tip"), tip if side is None else joined((tip, side))),
        below=joined((say("drawn-entry", level=entry), scale), " "),
        alt=say("drawn-catheter", tip=tip, entry=entry, segments=joined(words, "; ")),
    )


def with_drawing(document: Document, filled: Filled) -> Document:
    """Return form F4 as it is printed, the catheter drawn above the table of its segments."""
    drawing = catheter_drawing(filled)
    title = next(one.title for one in form(filled.form).sections if one.id == _SEGMENTS)
    return replace(
        document,
        sections=tuple(
            replace(one, drawing=drawing) if one.heading == title and one.grid else one
            for one in document.sections
        ),
    )


def _level(filled: Filled, name: str) -> Text:
    found = filled.get(name, str)
    return say("not-known") if found is None else Text.same(found)
