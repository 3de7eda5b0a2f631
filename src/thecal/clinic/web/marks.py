"""The small marks of every page lead to the page that says what they mean.

Here, and not in each template, so that no page can forget it: ids of checks and standings of
figures come with messages and sources from everywhere. A link, because what only a pointer can
open is no explanation; within a label, a button or another link the words stand beside the mark.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from html import escape

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from thecal.care.document import Text
from thecal.safety.catalogue import check_catalogue

Handler = Callable[[HttpRequest], HttpResponse]
SOURCES = "sources"
"""Where the page of the marks tells of files and standings."""
STANDINGS = {
    "read": "unverified: read, not compared",
    "recalled": "unverified: from memory",
}
"""Standing of a figure to its words on a page."""
_TAG = re.compile(r"(<[^>]*>)")
_NAME = re.compile(r"<(/?)([a-zA-Z0-9]+)")
_STANDING = re.compile(r"\bunverified \((read|recalled)\)")
FACTS = {
    "workflow": Text("facts on the workflow", "Fakten zum Ablauf"),
    "devices": Text("facts on devices", "Fakten zu Geräten"),
    "pharmacology": Text("facts on pharmacology", "Fakten zur Pharmakologie"),
    "pkpd": Text("facts on kinetics and effect", "Fakten zu Kinetik und Wirkung"),
    "standards": Text("facts on standards", "Fakten zu Normen"),
    "peers": Text("facts on other programs", "Fakten zu anderen Programmen"),
    "stack": Text("facts on software", "Fakten zu Software"),
    "contract": Text("contract of the project", "Vertrag des Projekts"),
}
"""A file of facts to what a page calls it."""
_FILE = re.compile(rf"\b({'|'.join(FACTS)})\.md\b( (?=[A-Z]*\d))?")
_UNTOUCHED = frozenset({"script", "style", "title", "textarea", "option", "code", "pre"})
_GERMAN = re.compile(r'<html lang="de"')
_NO_LINK = frozenset({"a", "button", "label", "summary", "legend"})


def explained_marks(handle: Handler) -> Handler:
    """Make the marks of a page lead to their explanation."""

    def around(request: HttpRequest) -> HttpResponse:
        response = handle(request)
        if not response.streaming and response.get("Content-Type", "").startswith("text/html"):
            response.content = explained(response.content.decode(), reverse("marks")).encode()
        return response

    return around


def explained(page: str, address: str) -> str:
    """Return HTML whose marks are explained; attributes, fields and scripts stay as they are.

    A page in German is a patient's: its files are called in German and lead nowhere, for the page
    of the marks is English and for the staff.

    Parameters
    ----------
    address
        Of the page that explains them.
    """
    told = _german if _GERMAN.search(page) else _text
    made: list[str] = []
    untouched = no_link = 0
    for piece in _TAG.split(page):
        if not piece.startswith("<"):
            made.append(piece if untouched else told(piece, "" if no_link else address))
            continue
        made.append(piece)
        tag = _NAME.match(piece)
        if tag is not None:
            step = -1 if tag[1] else 1
            untouched += step * (tag[2].lower() in _UNTOUCHED)
            no_link += step * (tag[2].lower() in _NO_LINK)
    return "".join(made)


def _german(text: str, _: str) -> str:
    return _FILE.sub(lambda one: FACTS[one[1]].de + (", Abschnitt " if one[2] else ""), text)


def _text(text: str, address: str) -> str:
    def check(found: re.Match[str]) -> str:
        id, title = found[0], escape(_titles()[found[0]])
        if not address:
            return f"{id} ({title})"
        return f'<a class="explains" href="{address}#{id}" title="{title}">{id}</a>'

    def standing(found: re.Match[str]) -> str:
        words = STANDINGS[found[1]]
        return f'<a class="explains" href="{address}#{SOURCES}">{words}</a>' if address else words

    def file(found: re.Match[str]) -> str:
        words, section = FACTS[found[1]].en, ", section " if found[2] else ""
        if not links_file:
            return f"{words}{section}"
        return f'<a class="explains" href="{address}#{SOURCES}">{words}</a>{section}'

    # Behind the name of a file, K1 is a section of that file and no check.
    named = _FILE.search(text)
    end = len(text) if named is None else named.start()
    told = _checks().sub(check, text[:end]) + text[end:]
    # One link to the page of the sources in a line is enough: a standing has it already.
    links_file = bool(address) and _STANDING.search(told) is None
    told = _FILE.sub(file, told)
    return _STANDING.sub(standing, told)


@cache
def _titles() -> dict[str, str]:
    return {one.id: one.title for one in check_catalogue()}


@cache
def _checks() -> re.Pattern[str]:
    return re.compile(r"(?<![\w#/.-])(?:" + "|".join(_titles()) + r")(?![\w-])")
