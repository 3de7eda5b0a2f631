"""What the fields of a form that was sent are called on its page: an error calls them the same.

Fields of sheets have their labels with them. Those that a template writes out are read from the
templates themselves, by the address that their form is sent to, so that no second list grows old.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from html import unescape
from pathlib import Path

from django.http import HttpRequest

_TEMPLATES = Path(__file__).parents[1] / "templates" / "clinic"
_FORM = re.compile(r"<form\b[^>]*?(?:\{% url '(?P<url>[^']+)'[^>]*)?>(?P<inside>.*?)</form>", re.S)
_LABEL = re.compile(r'<label\b[^>]*\bfor="(?P<id>[^"]+)"[^>]*>(?P<words>.*?)</label>', re.S)
_GROUP = re.compile(r"<legend>(?P<words>.*?)</legend>(?P<inside>.*?)</fieldset>", re.S)
_FIELD = re.compile(r"<(?:input|select|textarea)\b(?P<given>[^>]*)>")
_GIVEN = re.compile(r'\b(id|name|type)="([^"]*)"')
_ASIDE = re.compile(r'<span class="hint">.*?</span>|\{%.*?%\}|\{\{.*?\}\}|<[^>]+>', re.S)


def remember(request: HttpRequest, labels: Iterable[tuple[str, str]]) -> None:
    """Keep the labels of the fields that a request was read by, each with its name."""
    known = request.__dict__.setdefault("field_labels", {})
    known.update(labels)


def label_of(request: HttpRequest, name: str) -> str:
    """Return what the page called a field; its name in words where nobody told."""
    told: Mapping[str, str] = request.__dict__.get("field_labels", {})
    match = request.resolver_match
    address = "" if match is None else match.url_name or ""
    written = _written()
    found = told.get(name) or written.get((address, name)) or written.get(("", name))
    return found or name.replace("_", " ").replace("-", " ")


@cache
def _written() -> Mapping[tuple[str, str], str]:
    """Return the labels of the templates by address and name, and by name; none that is not one."""
    found: dict[tuple[str, str], set[str]] = {}
    for path in sorted(_TEMPLATES.glob("*.html")):
        text = path.read_text(encoding="utf-8")
        for form in _FORM.finditer(text):
            if form["url"]:
                for name, label in _labels(form["inside"]):
                    found.setdefault((form["url"], name), set()).add(label)
        for name, label in _labels(text):
            found.setdefault(("", name), set()).add(label)
    return {key: next(iter(labels)) for key, labels in found.items() if len(labels) == 1}


def _labels(text: str) -> Iterator[tuple[str, str]]:
    """Yield name and label of each field of a piece of a template."""
    labels = {one["id"]: _plain(one["words"]) for one in _LABEL.finditer(text)}
    for group in _GROUP.finditer(text):
        for one in _FIELD.finditer(group["inside"]):
            given = dict(_GIVEN.findall(one["given"]))
            name, words = given.get("name", "{"), _plain(group["words"])
            if given.get("type") in ("radio", "checkbox") and words and "{" not in name:
                yield name, words
    for one in _FIELD.finditer(text):
        given = dict(_GIVEN.findall(one["given"]))
        label = labels.get(given.get("id", ""))
        if label and "{" not in given.get("name", "{"):
            yield given["name"], label


def _plain(words: str) -> str:
    return " ".join(unescape(_ASIDE.sub("", words)).split())
