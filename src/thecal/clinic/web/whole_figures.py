"""A figure and its unit stay on one line on every page, wherever its text came from (rule N5).

Texts of tables, of the log and of people come with an ordinary space. Here, and not in each
template, so that no page can forget it; what stands in fields is left as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from thecal.report.words import BEFORE_UNIT
from thecal.units import NO_BREAK_SPACE

Handler = Callable[[HttpRequest], HttpResponse]
# The next angle bracket opens a tag: the space is between tags, not in an attribute of one.
_IN_TEXT = re.compile(BEFORE_UNIT.pattern + r"(?=[^<>]*<)")
_TYPED = re.compile(r"(<(textarea|script)\b.*?</\2>)", re.DOTALL)
_PARTS = 3
"""How `split` cuts: text, what is left alone, the name of its tag, and again."""


def whole_figures(handle: Handler) -> Handler:
    """Join each figure of a page with its unit by a no-break space."""

    def around(request: HttpRequest) -> HttpResponse:
        response = handle(request)
        if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
            response.content = joined(response.content.decode()).encode()
        return response

    return around


def joined(page: str) -> str:
    """Return HTML with a no-break space between figure and unit, fields and scripts untouched."""
    pieces = _TYPED.split(page)
    return "".join(
        _IN_TEXT.sub(NO_BREAK_SPACE, piece) if at % _PARTS == 0 else piece
        for at, piece in enumerate(pieces)
        if at % _PARTS != _PARTS - 1
    )
