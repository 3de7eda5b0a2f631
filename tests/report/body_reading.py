"""Reading the figures of the body in tests: what a person would read off the drawing."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from page_reading import SVG

from thecal.body.course import FloatArray
from thecal.report.axes import LEFT, PLOT

_CELL = re.compile(r"M([\d.]+) ([\d.]+)h([\d.]+)v([\d.]+)h-[\d.]+z")


@dataclass
class Drawing:
    """A figure: its texts, its description, and its marks."""

    root: ET.Element

    @classmethod
    def of(cls, path: Path) -> Drawing:
        """Read a file; raises where it is no XML."""
        return cls(ET.fromstring(path.read_bytes()))  # noqa: S314

    @property
    def words(self) -> str:
        """All that is drawn as text, in its order."""
        return " ".join(one.text or "" for one in self.root.iter(f"{SVG}text"))

    @property
    def description(self) -> str:
        """What a screen reader says."""
        return self.root.findtext(f"{SVG}desc") or ""

    def classes(self) -> set[str]:
        """Return every style in use."""
        return {name for one in self.root.iter() for name in (one.get("class") or "").split()}

    def paths(self, style: str) -> list[str]:
        """Return the shapes of a style."""
        found = self.root.iter(f"{SVG}path")
        return [one.get("d", "") for one in found if style in (one.get("class") or "").split()]

    def class_at(self, x: float, y: float, prefix: str = "k") -> list[int]:
        """Return the classes of the cells that hold a place."""
        found = []
        for one in self.root.iter(f"{SVG}path"):
            styles = (one.get("class") or "").split()
            if "map" not in styles or not styles[1].startswith(prefix):
                continue
            for left, top, width, height in _CELL.findall(one.get("d", "")):
                inside_x = float(left) <= x < float(left) + float(width)
                if inside_x and float(top) <= y < float(top) + float(height):
                    found.append(int(styles[1][1:]))
        return found

    def frames(self) -> list[tuple[float, float]]:
        """Return top and bottom of each heat map."""
        rects = [r for r in self.root.iter(f"{SVG}rect") if r.get("class") == "empty"]
        spans = [(float(r.get("y", "0")), float(r.get("height", "0"))) for r in rects]
        return [(y, y + height) for y, height in spans if height > 50]

    def courses(self, style: str) -> list[tuple[FloatArray, FloatArray]]:
        """Return each line of a style: its places from 0 to 1, and its values off the axis."""
        axes = self.axes()
        found = []
        for shape in self.paths(style):
            points = np.array([[float(n) for n in p.split()] for p in shape[1:].split("L")])
            middle = float(np.mean(points[:, 1]))
            ticks = min(axes, key=lambda t: abs(t[0][1] + t[-1][1] - 2 * middle))
            (low, bottom), (high, top) = ticks[0], ticks[-1]
            values = low + (points[:, 1] - bottom) / (top - bottom) * (high - low)
            found.append(((points[:, 0] - LEFT) / PLOT, values))
        return found

    def axes(self) -> list[list[tuple[float, float]]]:
        """Return the ticks of each value axis, from its lowest value upwards, with their places."""
        axes: list[list[tuple[float, float]]] = []
        for one in self.root.iter(f"{SVG}text"):
            if one.get("text-anchor") != "end" or one.get("x") != "60":
                continue
            y = float(one.get("y", "0")) - 4
            if not axes or y > axes[-1][-1][1]:
                axes.append([])
            axes[-1].append((float((one.text or "").replace(",", "")), y))
        return axes


def cells_of(html: str, caption: str) -> list[list[str]]:
    """Return the rows of the table whose caption begins so, the head first."""
    table = html.split(f"<caption>{caption}")[1].split("</table>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", table, re.S)
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in rows]
