"""Whether the entries of a stream are those that were written: each names the one before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import final

from thecal.record.entry import NO_ENTRY, Entry, entry_of
from thecal.record.errors import EntryFormError


@final
@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as a database holds it: its place beside its text and the hash that was stored."""

    stream: str
    seq: int
    text: str
    hash: str


@final
@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a stream: how many there are, and its hash."""

    seq: int = 0
    hash: str = NO_ENTRY


@final
@dataclass(frozen=True, slots=True)
class BadEntry:
    """The first entry of a stream that is not as it was written."""

    stream: str
    seq: int
    what: str


@final
@dataclass(frozen=True, slots=True)
class ChainReport:
    """What a check of a stream found.

    Attributes
    ----------
    head
        The last entry that fits.
    bad
        None where every link holds.
    anchored
        The highest number that was kept outside the database, 0 where none was.
    steps_back
        Numbers of entries whose clock shows an earlier time than the entry before: nothing is
        wrong with them, their order is that of their numbers, and whoever reads times must know.
    """

    stream: str
    head: Head
    bad: BadEntry | None
    anchored: int = 0
    steps_back: tuple[int, ...] = ()


def check_chain(
    stream: str, entries: Iterable[StoredEntry], anchors: Mapping[int, str] | None = None
) -> ChainReport:
    """Return whether a stream is whole, and its first bad entry where it is not.

    Parameters
    ----------
    stream
        Its id.
    entries
        In the order of `seq`.
    anchors
        Hashes by number that were kept outside the database.
    """
    head, latest = Head(), ""
    back: list[int] = []
    kept = anchors or {}
    anchored = max(kept, default=0)
    for stored in entries:
        try:
            entry = _fitting(stream, stored, head, kept)
        except _UnfittingError as error:
            bad = BadEntry(stream, head.seq + 1, str(error))
            return ChainReport(stream, head, bad, anchored, tuple(back))
        if entry.utc < latest:
            back.append(entry.seq)
        head, latest = Head(stored.seq, stored.hash), entry.utc
    if anchored > head.seq:
        what = f"the anchor kept outside knows {anchored} entries, the stream ends before"
        bad = BadEntry(stream, head.seq + 1, what)
        return ChainReport(stream, head, bad, anchored, tuple(back))
    return ChainReport(stream, head, None, anchored, tuple(back))


class _UnfittingError(Exception):
    """An entry is not as it was written."""


def _fitting(stream: str, stored: StoredEntry, head: Head, anchors: Mapping[int, str]) -> Entry:
    """Return the entry that follows a head; raises `_UnfittingError` where this one does not."""
    if stored.seq != head.seq + 1:
        raise _UnfittingError(f"entry {head.seq + 1} is missing, the next is {stored.seq}")
    try:
        entry = entry_of(stored.text)
        computed = entry.hash()
    except EntryFormError as error:
        raise _UnfittingError(f"it cannot be read: {error.what}") from None
    if (entry.stream, entry.seq) != (stream, stored.seq):
        raise _UnfittingError(f"it was written as entry {entry.seq} of another place")
    if entry.previous != head.hash:
        raise _UnfittingError("it does not follow the entry before it")
    if computed != stored.hash or entry.canonical() != stored.text:
        raise _UnfittingError("its content is not what its hash was taken of")
    if anchors.get(stored.seq, stored.hash) != stored.hash:
        raise _UnfittingError("the anchor kept outside the database has another hash")
    return entry
