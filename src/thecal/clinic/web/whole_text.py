"""A reason as it was typed: whole, or refused; cut short it may say something else."""

from __future__ import annotations

from thecal.errors import EntryError

LONGEST_REASON = 400
"""Characters."""


def whole_text(text: str, what: str = "the reason") -> str:
    """Return a text without white space at its ends; raises `EntryError` if it is too long."""
    found = text.strip()
    if len(found) > LONGEST_REASON:
        raise EntryError(
            f"{what} has {len(found)} characters, and {LONGEST_REASON} are taken",
            why="nothing of it was cut or stored",
            remedy="go back and shorten it, or write the rest as a note",
        )
    return found
