"""Every address of the clinic, found in its url patterns, so that none can be forgotten."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from thecal.clinic.access.permissions import PERMISSIONS
from thecal.clinic.models import Role

HALF_WAY = frozenset({"login", "logout", "second factor", "enrol second factor", "choose clinic"})
"""The only pages that somebody who has not come all the way in may reach; by name."""
FOR_EVERYBODY = frozenset(
    {"outside in any language", "outside", "outside sent", "write from outside"}
)
"""The pages of outsiders, which show nothing of any record; by name."""
_PART = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
_FILLED = {"int": "1", "str": "x", "slug": "x", "path": "x"}


@dataclass(frozen=True)
class Address:
    """One url pattern."""

    route: str
    name: str
    view: Callable[..., Any]

    @property
    def permission(self) -> str | None:
        """What its view asks for."""
        return getattr(self.view, "permission", None)

    @property
    def of_patient(self) -> bool:
        """Whether it belongs to one patient."""
        return "<uuid:patient>" in self.route

    def may(self, role: Role) -> bool:
        """Whether the table lets a role in."""
        return self.permission is not None and role in PERMISSIONS[self.permission]

    def path(self, patient: uuid.UUID) -> str:
        """Return a path for a patient; what else it names does not exist."""

        def filled(part: re.Match[str]) -> str:
            if part["name"] == "patient":
                return str(patient)
            return str(uuid.uuid4()) if part["kind"] == "uuid" else _FILLED[part["kind"] or "str"]

        return "/" + _PART.sub(filled, self.route)


def addresses() -> tuple[Address, ...]:
    """Return every address."""
    return tuple(_walk(get_resolver().url_patterns, ""))


def guarded() -> tuple[Address, ...]:
    """Return every address that is open only to people of a clinic."""
    return tuple(one for one in addresses() if one.name not in HALF_WAY | FOR_EVERYBODY)


def _walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[Address]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            yield Address(route, pattern.name or route, pattern.callback)
