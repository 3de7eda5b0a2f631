"""Lines over time in a document as SVG: the same on page, screen and paper.

Lines are told apart by stroke and not by colour, and a dashed one stands over the plain ones, so
that it is seen where they run together.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from thecal.care.document import Course, Text

_WIDTH, _HEIGHT, _LEFT, _TOP, _PLOT, _TALL, _SIZE = 640, 238, 76, 20, 556, 192, 12
_ABOVE, _UNDER, _GAP, _DIGITS = 14, 230, 6, 2


def drawn_course(course: Course, say: Callable[[Text], str]) -> str:
    """Return lines over time as one SVG element.

    Parameters
    ----------
    course
        What to draw.
    say
        Returns a text in the language of the document, as it may stand in markup.
    """

    def x(share: Fraction) -> float:
        return round(_LEFT + float(share) * _PLOT, _DIGITS)

    def y(share: Fraction) -> float:
        return round(_TOP + float(1 - share) * _TALL, _DIGITS)

    def words(left: float, top: int, text: Text, anchor: str) -> str:
        return f'<text x="{left:g}" y="{top}" text-anchor="{anchor}">{say(text)}</text>'

    bottom, right = _TOP + _TALL, _LEFT + _PLOT
    parts = [
        f'<rect class="meant" x="{x(one.begin):g}" y="{y(one.most):g}"'
        f' width="{max(1.0, x(one.end) - x(one.begin)):g}"'
        f' height="{max(1.0, y(one.least) - y(one.most)):g}"'
        ' fill="currentColor" fill-opacity=".12" stroke="currentColor" stroke-opacity=".4"/>'
        for one in course.bands
    ]
    axis = '<path class="axis" fill="none" stroke="currentColor" stroke-opacity=".6"'
    mark = x(course.mark)
    parts.append(f'{axis} d="M{_LEFT} {_TOP}V{bottom}H{right}M{mark:g} {_TOP}V{bottom}"/>')
    for one in sorted(course.lines, key=lambda line: line.is_dashed):
        points = " ".join(f"{x(at):g},{y(share):g}" for at, share in one.points)
        style = (
            'class="told-course" stroke-width="1.6" stroke-dasharray="6 4"'
            if one.is_dashed
            else 'class="true-course" stroke-width="4.5" stroke-opacity=".45"'
        )
        parts.append(f'<polyline {style} fill="none" stroke="currentColor" points="{points}"/>')
    parts += [
        words(_LEFT - _GAP, _TOP + _GAP, course.top, "end"),
        words(_LEFT - _GAP, bottom, course.bottom, "end"),
        words(_LEFT, _UNDER, course.start, "start"),
        words(mark, _ABOVE, course.at_mark, "start" if 2 * course.mark < 1 else "end"),
        words(right, _UNDER, course.end, "end"),
    ]
    return (
        f'<svg class="drawn course" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
        f' width="{_WIDTH}" height="{_HEIGHT}" role="img" aria-label="{say(course.alt)}"'
        f' fill="currentColor" font-family="DejaVu Sans, sans-serif" font-size="{_SIZE}">'
        f"{''.join(parts)}</svg>"
    )
