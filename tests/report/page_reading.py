"""Reading a report in tests: its tags, and the text that a person sees."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

VOID = {"meta", "br", "link", "img", "hr", "input"}
SVG = "{http://www.w3.org/2000/svg}"
NBSP = "\u00a0"
UNITS = r"(?:mg|mcg|ng|mL|kg|cm|h|min|s|days?|%|T|m)"
HIDDEN = {"style", "title", "desc"}


@dataclass
class Tag:
    """One element of the page: its attributes and the text inside it."""

    name: str
    attributes: dict[str, str | None]
    parents: tuple[str, ...]
    text: str = ""


@dataclass
class Reading:
    """The elements in order, and what is wrong with the nesting."""

    tags: list[Tag] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def all(self, name: str) -> list[Tag]:
        """Return the elements of a name."""
        return [tag for tag in self.tags if tag.name == name]

    @property
    def shown(self) -> str:
        """The text that is shown, one line for each element."""
        leaves = {
            "p",
            "th",
            "td",
            "li",
            "dt",
            "dd",
            "h1",
            "h2",
            "h3",
            "caption",
            "text",
            "figcaption",
        }
        return "\n".join(tag.text for tag in self.tags if tag.name in leaves)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.reading = Reading()
        self.stack: list[Tag] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if len(names) != len(set(names)):
            self.reading.faults.append(f"<{tag}> has an attribute twice")
        found = Tag(tag, dict(attrs), tuple(open_tag.name for open_tag in self.stack))
        self.reading.tags.append(found)
        if tag not in VOID:
            self.stack.append(found)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            if "svg" not in [open_tag.name for open_tag in self.stack]:
                self.reading.faults.append(f"<{tag}/> closes itself outside SVG")
            self.stack.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.stack or self.stack[-1].name != tag:
            self.reading.faults.append(
                f"</{tag}> closes {self.stack[-1].name if self.stack else '-'}"
            )
            return
        self.stack.pop()

    def handle_data(self, data: str) -> None:
        for tag in self.stack:
            tag.text += data


def read_page(html: str) -> Reading:
    """Parse a page strictly: every element is closed in its turn."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    if reader.stack:
        reader.reading.faults.append(f"open at the end: {[tag.name for tag in reader.stack]}")
    return reader.reading


def check_inside(path: Path) -> None:
    """Hold that no text and no box of a figure reaches over its edge."""
    root = ET.fromstring(path.read_bytes())  # noqa: S314
    width, height = (float(n) for n in (root.get("viewBox") or "").split()[2:])
    for element in root.iter():
        if element.tag == f"{SVG}text":
            x, y = float(element.get("x", "0")), float(element.get("y", "0"))
            length = len(element.text or "") * 5.5
            anchor = element.get("text-anchor", "start")
            left = x - {"start": 0.0, "middle": length / 2, "end": length}[anchor]
            assert left >= -4, (path.name, element.text)
            assert left + length <= width + 6, (path.name, element.text)
            assert 8 <= y <= height, (path.name, element.text)
        if element.tag == f"{SVG}rect" and element.get("x") is not None:
            assert float(element.get("x", "0")) >= 0
            right = float(element.get("x", "0")) + float(element.get("width", "0"))
            assert right <= width + 0.1, (path.name, element.attrib)
            bottom = float(element.get("y", "0")) + float(element.get("height", "0"))
            assert bottom <= height + 0.1


def check_numbers(shown: str) -> None:
    """Hold rules N1 to N5 of facts/standards.md 4.3 in all that is shown."""
    assert not re.search(rf"(?<![\d,])\.\d+[ {NBSP}]{UNITS}\b", shown)  # N1
    assert not re.search(rf"\d\.\d*0[ {NBSP}]{UNITS}\b", shown)  # N2
    assert not re.search(rf"(?<![\d,.])\d{{4,}}(?:\.\d+)?{NBSP}{UNITS}\b", shown)  # N3
    assert not re.search(r"\bug\b|[\u00b5\u03bc]|\bcc\b|\bQD\b|\bIU\b", shown)  # N4
    assert not re.search(r"\d(?:mg|mcg|mL|h|min)\b|\d (?:mg|mcg|mL)\b", shown)  # N5
