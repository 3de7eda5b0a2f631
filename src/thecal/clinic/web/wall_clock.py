"""Times as a clock on the clinic's wall shows them, and the same with their offset from UTC."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo


def with_offset(typed: str, zone: ZoneInfo) -> str:
    """Return a time of day that was typed, with the offset that the zone has then.

    What is no time, or one that the zone's clocks show twice or never, is returned as it was
    typed: whoever reads it refuses a time without an offset, and nobody guesses which was meant.
    """
    try:
        local = datetime.fromisoformat(typed)
    except ValueError:
        return typed
    if local.tzinfo is not None or "T" not in typed:
        return typed
    first, second = (local.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() != second.utcoffset():
        return typed
    return first.isoformat(timespec="minutes")


def local_text(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment as an input of the page holds it: on the clinic's clock, no offset."""
    return moment.astimezone(zone).replace(tzinfo=None).isoformat(timespec="minutes")
