"""A form of a page as a browser without scripts sends it: what stands in its fields."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

NOT_SENT = {"csrfmiddlewaretoken"}


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, list[str]]] = {}
        self._fields: dict[str, list[str]] | None = None
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "form":
            self._fields = self.forms.setdefault(given.get("action") or "", {})
        elif self._fields is None:
            return
        elif tag == "input" and (
            given.get("type") not in ("checkbox", "radio") or "checked" in given
        ):
            self._fields.setdefault(name, []).append(value)
        elif tag == "select":
            self._select = name
        elif tag == "textarea":
            self._area = name
            self._fields.setdefault(name, []).append("")
        elif tag == "option" and "selected" in given:
            self._fields.setdefault(self._select, []).append(value)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._fields = None
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area and self._fields is not None:
            self._fields[self._area][-1] += data


def form_of(page: Any, action: str) -> dict[str, list[str]]:
    """Return the fields of the form with this address that hold something, by name."""
    read = _Forms()
    read.feed(page.content.decode())
    fields = read.forms[action]
    return {
        name: [one for one in values if one]
        for name, values in fields.items()
        if name and name not in NOT_SENT and any(values)
    }
