"""A small writer of SVG: elements, numbers of fixed form, and the two shells of a figure.

Written by hand so that the same figures give the same bytes, follow the reader's light or dark
setting by CSS variables, and need nothing but this file (docs/decisions/0003-report-svg.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from html import escape
from importlib import resources
from typing import final

WIDTH = 680.0
_SIGNATURE = "<!-- figure of a thecal report -->"
NAMESPACE = "http://www.w3.org/2000/svg"
Number = float | int | Fraction
BAND = 8
"""The swatch of a range: light, with thin strokes."""


def number(value: Number) -> str:
    """Return a coordinate with at most two decimals and no trailing zero."""
    text = f"{float(value):.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def text_width(text: str, size: float = 12) -> float:
    """Return a generous guess of the width of a text in a proportional sans serif font."""
    return len(text) * size * 0.6


@final
class Canvas:
    """One drawing, 680 units wide.

    Parameters
    ----------
    name
        Unique in the page; every id inside begins with it.
    height
        In the same units as the width.
    title, description
        What a screen reader says.
    style
        A style sheet of the templates that its file needs beside `chart.css`.
    """

    def __init__(
        self, name: str, height: float, title: str, description: str, *, style: str = ""
    ) -> None:
        self.name = name
        self.style = style
        self.height = height
        self.title = title
        self.description = description
        self._parts: list[str] = []
        self._patterns: dict[int, str] = {}

    def add(self, tag: str, content: str = "", **attributes: Number | str) -> None:
        """Add an element; `class_` is `class`, an underscore in a name is a hyphen."""
        self._parts.append(_element(tag, content, attributes))

    def line(self, x1: Number, y1: Number, x2: Number, y2: Number, style: str) -> None:
        """Add a straight line of a class."""
        self.add("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=style)

    def rect(self, x: Number, y: Number, width: Number, height: Number, style: str) -> None:
        """Add a rectangle of a class; none where nothing of it would show."""
        if float(width) > 0 and float(height) > 0:
            self.add("rect", x=x, y=y, width=width, height=height, class_=style)

    def path(self, points: Iterable[tuple[Number, Number]], style: str) -> None:
        """Add a line through points."""
        steps = [f"{number(x)} {number(y)}" for x, y in points]
        if steps:
            self.add("path", d="M" + "L".join(steps), class_=style)

    def text(
        self, x: Number, y: Number, content: str, style: str = "t", anchor: str = "start"
    ) -> None:
        """Add a text of a class, at `start`, `middle` or `end`."""
        attributes: dict[str, Number | str] = {"x": x, "y": y, "class_": style}
        if anchor != "start":
            attributes["text_anchor"] = anchor
        self.add("text", content, **attributes)

    def filled(self, x: Number, y: Number, width: Number, height: Number, swatch: int) -> None:
        """Add a rectangle filled with a numbered pattern and outlined in its colour."""
        if float(width) <= 0 or float(height) <= 0:
            return
        self.add(
            "rect",
            x=x,
            y=y,
            width=width,
            height=height,
            fill=self._pattern(swatch),
            class_=f"o{swatch}",
        )

    def overlay(self, swatch: int, style: str) -> str:
        """Return the fill that lays the hatch of a swatch, and nothing else, over a colour."""
        key = f"{self.name}-v{swatch}"
        drawn = _element("path", "", {"d": _HATCHES[swatch], "class_": style})
        self._patterns[-swatch] = (
            f'<pattern id="{key}" width="8" height="8" patternUnits="userSpaceOnUse">'
            f"{drawn}</pattern>"
        )
        return f"url(#{key})"

    def _pattern(self, swatch: int) -> str:
        key = f"{self.name}-p{swatch}"
        if swatch not in self._patterns:
            drawn = _element("rect", "", {"width": 8, "height": 8, "class_": f"f{swatch}"})
            if _HATCHES[swatch]:
                style = "hatch8" if swatch == BAND else "hatch"
                drawn += _element("path", "", {"d": _HATCHES[swatch], "class_": style})
            self._patterns[swatch] = (
                f'<pattern id="{key}" width="8" height="8" patternUnits="userSpaceOnUse">'
                f"{drawn}</pattern>"
            )
        return f"url(#{key})"

    def _inside(self) -> str:
        head = (
            f'<title id="{self.name}-t">{escape(self.title)}</title>\n'
            f'<desc id="{self.name}-d">{escape(self.description)}</desc>\n'
        )
        patterns = "".join(self._patterns[key] for key in sorted(self._patterns))
        defs = f"<defs>{patterns}</defs>\n" if patterns else ""
        return head + defs + "\n".join(self._parts) + "\n"

    def _open(self, more: str = "") -> str:
        return (
            f'<svg xmlns="{NAMESPACE}" viewBox="0 0 {number(WIDTH)} {number(self.height)}"'
            f'{more} role="img" aria-labelledby="{self.name}-t {self.name}-d" class="chart">\n'
        )

    def inline(self) -> str:
        """Return the figure for a page, which brings the style."""
        return f"{self._open()}{self._inside()}</svg>"

    def standalone(self) -> str:
        """Return the figure as a file of its own, with its style."""
        size = f' width="{number(WIDTH)}" height="{number(self.height)}"'
        sheets = ("chart.css", self.style) if self.style else ("chart.css",)
        templates = resources.files("thecal.report").joinpath("templates")
        style = "".join(templates.joinpath(sheet).read_text("utf-8") for sheet in sheets)
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n{_SIGNATURE}\n{self._open(size)}'
            f"<style>\n{style}</style>\n"
            f'<rect width="100%" height="100%" class="paper"/>\n{self._inside()}</svg>\n'
        )


def on_paper(inline: str) -> str:
    """Return an inline figure with its style within it, in the colours of paper.

    What sets a page in print knows neither variables nor the reader's setting of dark or light.
    """
    templates = resources.files("thecal.report").joinpath("templates")
    sheets = "".join(templates.joinpath(one).read_text("utf-8") for one in _SHEETS)
    plain = _SETTING.sub("", sheets)
    colours = dict(_VARIABLE.findall(plain))
    style = _USE.sub(lambda used: colours[used[1]], _VARIABLE.sub("", plain))
    head, end, rest = inline.partition(">")
    return f"{head}{end}<style>{style}</style>{rest}"


def is_ours(head: bytes) -> bool:
    """Whether the beginning of a file says that it is a figure of a report."""
    return _SIGNATURE.encode() in head


_SHEETS = ("chart.css", "body.css")
_SETTING = re.compile(r"@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_VARIABLE = re.compile(r"(--\w+):\s*([^;}]+);")
_USE = re.compile(r"var\((--\w+)\)")
_HATCHES = {
    1: "",
    2: "M-2 2L2 -2M0 8L8 0M6 10L10 6",
    3: "M-2 6L2 10M0 0L8 8M6 -2L10 2",
    4: "M2 2h1.5v1.5h-1.5zM6 6h1.5v1.5h-1.5z",
    5: "M0 2H8M0 6H8",
    6: "M0 0L8 8M0 8L8 0",
    7: "M2 0V8M6 0V8",
    8: "M-2 2L2 -2M0 8L8 0M6 10L10 6",
}
"""Strokes over the plain colour, so that colour is never the only cue."""


def _element(tag: str, content: str, attributes: dict[str, Number | str]) -> str:
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}="
        f'"{escape(value) if isinstance(value, str) else number(value)}"'
        for key, value in attributes.items()
    )
    if content:
        return f"<{tag}{written}>{escape(content)}</{tag}>"
    return f"<{tag}{written}/>"
