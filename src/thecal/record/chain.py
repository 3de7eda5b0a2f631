"""Whether the entries of a stream are those that were written: each names the one before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import final

from thecal.record.entry import NO_ENTRY, entry_of
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
    """What a check of a stream found; `bad` is None where every link holds."""

    stream: str
    head: Head
    bad: BadEntry | None


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
    head = Head()
    kept = anchors or {}
    for stored in entries:
        what = _wrong(stream, stored, head, kept)
        if what:
            return ChainReport(stream, head, BadEntry(stream, head.seq + 1, what))
        head = Head(stored.seq, stored.hash)
    beyond = [seq for seq in kept if seq > head.seq]
    if beyond:
        what = f"the anchor kept outside knows {max(beyond)} entries, the stream ends before"
        return ChainReport(stream, head, BadEntry(stream, head.seq + 1, what))
    return ChainReport(stream, head, None)


def _wrong(stream: str, stored: StoredEntry, head: Head, anchors: Mapping[int, str]) -> str:
    if stored.seq != head.seq + 1:
        return f"entry {head.seq + 1} is missing, the next is {stored.seq}"
    try:
        entry = entry_of(stored.text)
        computed = entry.hash()
    except EntryFormError as error:
        return f"it cannot be read: {error.what}"
    if (entry.stream, entry.seq) != (stream, stored.seq):
        return f"it was written as entry {entry.seq} of another place"
    if entry.previous != head.hash:
        return "it does not follow the entry before it"
    if computed != stored.hash or entry.canonical() != stored.text:
        return "its content is not what its hash was taken of"
    if anchors.get(stored.seq, stored.hash) != stored.hash:
        return "the anchor kept outside the database has another hash"
    return ""
