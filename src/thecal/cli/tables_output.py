"""Which version of the tables an answer rests on, as JSON and as text (standards.md 3 R07)."""

from __future__ import annotations

from thecal.cli.jsonable import Json
from thecal.data.versions import table_set


def tables_json() -> Json:
    """Return the set in force: its id, and the day of its newest row."""
    found = table_set()
    return {"set": found.id, "date": found.date}


def tables_line() -> str:
    """Return the set in force, for people."""
    found = table_set()
    return f"tables {found.short} of {found.date}"
