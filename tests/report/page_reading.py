"""Reading a report in tests: its tags, and the text that a person sees."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "br", "link", "img", "hr", "input"}
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
