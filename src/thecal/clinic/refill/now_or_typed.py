"""Times of what happens at a visit: typed, or left empty for the moment in which they are sent.

No page puts its own time there: it would be over when the page is sent.
"""

from __future__ import annotations

from typing import Any

from thecal.clinic.refill.situation import Situation
from thecal.clinic.web.sheet import SheetField

NOW = "left empty: now, as it is sent"


def now_or_typed(name: str, label: str, hint: str = "") -> SheetField:
    """Return the field of a time that is that of the sending where nothing is typed."""
    return SheetField(name, label, kind="moment", required=False, when=NOW, hint=hint)


def put_now(table: dict[str, Any], name: str, situation: Situation) -> None:
    """Put the time of the sending where nothing was typed."""
    if not table.get(name):
        table[name] = situation.now.isoformat()
