"""A drawing of a document as SVG: pieces in one line, or lines over time, on page and paper.

Its colours are those of the text around it; a page's own sheet may give it others.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from thecal.care.document import Course, Drawing, Language, Picture, Text
from thecal.report.documents.drawn_course import drawn_course
from thecal.report.documents.localised import localised
from thecal.report.documents.typeface import printable
from thecal.report.words import clean

_WIDTH, _HEIGHT, _END, _SIZE = 380, 94, 90, 12
_ABOVE, _SECOND, _LINE, _BAR, _UNDER, _BELOW, _GAP = 14, 34, 25, 10, 60, 86, 6
_SHADES = (("near", ".7"), ("far", ".2"))
"""Each piece is lighter or darker than the one before it, and its words stand on the other side."""


def drawn(drawing: Drawing | Course | Picture, language: Language) -> str:
    """Return a drawing as one SVG element; the same drawing gives the same text."""

    def say(text: Text) -> str:
        return escape(printable(str(clean(localised(text, language)))))

    if isinstance(drawing, Picture):
        return drawing.svg
    return drawn_course(drawing, say) if isinstance(drawing, Course) else _in_line(drawing, say)


def _in_line(drawing: Drawing, say: Callable[[Text], str]) -> str:
    """Return pieces in one line between two ends."""

    def words(x: float, y: int, text: Text, anchor: str = "start") -> str:
        return f'<text x="{x:g}" y="{y}" text-anchor="{anchor}">{say(text)}</text>'

    parts = [words(0, y, one) for y, one in zip((_ABOVE, _SECOND), drawing.start, strict=False)]
    left = float(_END)
    last = len(drawing.pieces) - 1
    for place, one in enumerate(drawing.pieces):
        width = float(one.share) * (_WIDTH - 2 * _END)
        style, shade = _SHADES[place % 2]
        parts.append(
            f'<rect class="{style}" x="{left:.1f}" y="{_LINE}" width="{width:.1f}" height="{_BAR}"'
            f' fill="currentColor" fill-opacity="{shade}" stroke="currentColor"/>'
        )
        at_end = place == last and place > 0
        side = _UNDER if place % 2 else _ABOVE
        x = round(left + width if at_end else left, 1)
        parts.append(words(x, side, one.words, "end" if at_end else "start"))
        left += width
    ends = zip((_ABOVE, _SECOND), drawing.end, strict=False)
    parts += [words(_WIDTH - _END + _GAP, y, one) for y, one in ends]
    parts.append(words(0, _BELOW, drawing.below))
    return (
        f'<svg class="drawn" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
        f' width="{_WIDTH}" height="{_HEIGHT}" role="img" aria-label="{say(drawing.alt)}"'
        f' fill="currentColor" font-family="DejaVu Sans, sans-serif" font-size="{_SIZE}">'
        f"{''.join(parts)}</svg>"
    )
