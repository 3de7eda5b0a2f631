"""The list of all checks: id, what it is about, how far it may go, and where it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.data import cached, rows


@final
@dataclass(frozen=True, slots=True)
class CheckEntry:
    """One check of the catalogue.

    Attributes
    ----------
    severities
        The severities it can have, the gravest first; empty where it is not asked yet.
    state
        `in force`, or in words why not yet.
    """

    id: str
    family: str
    title: str
    severities: tuple[str, ...]
    state: str
    source: str
    status: str


@cached
def check_catalogue() -> tuple[CheckEntry, ...]:
    """Return every check in the order of the table."""
    return tuple(
        CheckEntry(
            row["check"],
            row["family"],
            row["value"],
            tuple(row["severities"].split()) if row["severities"] != "none" else (),
            row["state"],
            row["source"],
            row["status"],
        )
        for row in rows("checks")
    )


def with_standing(check: str, source: str) -> str:
    """Return a source that says whether its figure is verified; else the check's own row does."""
    if "verified" in source:
        return source
    status = next((entry.status for entry in check_catalogue() if entry.id == check), "recalled")
    standing = "verified" if status == "verified" else f"unverified ({status})"
    return f"{source}, {standing}"


@cached
def check_ids() -> frozenset[str]:
    """Return the ids of all checks."""
    return frozenset(entry.id for entry in check_catalogue())
