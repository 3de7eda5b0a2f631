"""Chains of entries for the tests of the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from thecal.record.chain import StoredEntry
from thecal.record.entry import NO_ENTRY, Entry, utc_text

STREAM = "11111111-2222-3333-4444-555555555555"
BEGINNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

Draft = tuple[str, Mapping[str, Any]]


def chain_of(
    drafts: Sequence[Draft], *, stream: str = STREAM, minutes: Sequence[int] | None = None
) -> tuple[Entry, ...]:
    """Return entries of kinds and bodies, one minute after the other unless `minutes` says when."""
    entries: list[Entry] = []
    previous = NO_ENTRY
    for number, (kind, body) in enumerate(drafts, start=1):
        after = number if minutes is None else minutes[number - 1]
        entry = Entry(
            stream=stream,
            seq=number,
            utc=utc_text(BEGINNING + timedelta(minutes=after)),
            monotonic=number,
            pump_time="",
            actor="ada",
            role="nurse",
            device="test",
            kind=kind,
            body=body,
            before={},
            reason="",
            previous=previous,
        )
        entries.append(entry)
        previous = entry.hash()
    return tuple(entries)


def notes(count: int) -> tuple[Entry, ...]:
    """Return that many notes."""
    return chain_of([("note", {"text": f"note {number}"}) for number in range(count)])


def stored(entries: Sequence[Entry]) -> list[StoredEntry]:
    """Return entries as a database holds them."""
    return [StoredEntry(one.stream, one.seq, one.canonical(), one.hash()) for one in entries]


def anchors_of(entries: Sequence[Entry]) -> dict[int, str]:
    """Return the hashes that were kept outside."""
    return {one.seq: one.hash() for one in entries}
