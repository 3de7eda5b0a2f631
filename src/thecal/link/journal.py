"""The pump's event log: a chain of hashes in a file, whose oldest entries are dropped aloud.

Each line is an entry with the hash of the one before it. A line that a loss of power cut off is no
entry and is removed; anything else that does not fit is damage and is named (standards.md 6.4).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import final

from thecal.link import storage
from thecal.link.codec import canonical, decode, encode, parse
from thecal.link.errors import MemoryDamageError, MessageError
from thecal.program.clock import Instant

NO_ENTRY = "0" * 64
"""What the first entry names as the one before it."""


@final
@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log.

    Attributes
    ----------
    number
        Counts from 1 without a gap; it, not the clock, gives the order.
    time
        On the pump clock.
    utc
        Wall clock of the radio, whole seconds since 1970.
    actor, role
        Who asked for it, by the pairing's label; the pump itself is `pump`.
    kind
        What happened.
    command
        The command's id; empty where none was given.
    detail
        In words.
    order
        The request as it was sent, where one was done: what the entry's words cannot hold.
    previous
        Hash of the entry before.
    """

    number: int
    time: Instant
    utc: int
    actor: str
    role: str
    kind: str
    command: str
    detail: str
    order: str
    previous: str

    def hash(self) -> str:
        """Return the hash that the next entry names."""
        return hashlib.sha256(canonical(encode(self))).hexdigest()


@final
@dataclass(frozen=True, slots=True)
class LogHead:
    """How many entries there are, and the hash of the last."""

    length: int = 0
    hash: str = NO_ENTRY


def extend(head: LogHead, entry: Entry) -> LogHead:
    """Return the head after an entry; the caller made it to follow."""
    assert entry.number == head.length + 1
    assert entry.previous == head.hash
    return LogHead(entry.number, entry.hash())


def line_of(entry: Entry) -> bytes:
    """Return the line of an entry."""
    return canonical(encode(entry)) + b"\n"


def append_entries(path: Path, entries: tuple[Entry, ...]) -> None:
    """Write entries at the end of the log."""
    if entries:
        storage.append(path, b"".join(line_of(entry) for entry in entries))


def read_entries(path: Path, dropped: LogHead | None = None) -> tuple[Entry, ...]:
    """Return every entry of the log, after checking the chain.

    A last line without its end is left out and removed from the file.

    Parameters
    ----------
    path
        The file.
    dropped
        The last entry that was dropped: what follows is returned. The file may still hold it.

    Raises
    ------
    MemoryDamageError
        If an entry was altered, removed, added or put elsewhere; the first bad one is named.
    """
    before = LogHead() if dropped is None else dropped
    if not path.exists():
        return ()
    data = path.read_bytes()
    whole, _, rest = data.rpartition(b"\n")
    if rest:
        storage.cut(path, len(data) - len(rest))
    entries: list[Entry] = []
    head: LogHead | None = None
    for line in whole.split(b"\n") if whole else ():
        try:
            entry = decode(parse(line), Entry, digits=None)
        except MessageError:
            entry = None
        if head is None and entry is not None:
            # Entries up to `dropped` may stand in the file if it was not yet cut.
            head = LogHead(entry.number - 1, entry.previous)
            if head.length >= before.length and head != before:
                entry = None
        if (
            entry is None
            or head is None
            or (entry.number - 1, entry.previous) != (head.length, head.hash)
        ):
            number = before.length + 1 if head is None else head.length + 1
            raise _does_not_follow(path, number)
        head = extend(head, entry)
        if head.length == before.length and head != before:
            raise _does_not_follow(path, head.length)
        if head.length > before.length:
            entries.append(entry)
    return tuple(entries)


def _does_not_follow(path: Path, number: int) -> MemoryDamageError:
    return MemoryDamageError(
        f"entry {number} of the log does not follow from the one before it",
        why="it was altered, removed or added",
        remedy="keep the folder as it is and compare it with a copy",
        place=str(path),
    )


def drop_entries(path: Path, dropped: LogHead) -> None:
    """Cut the log behind entry `dropped`, in one step; calling it twice does nothing."""
    kept = read_entries(path, dropped)
    storage.replace_file(path, b"".join(line_of(entry) for entry in kept))


def head_of(entries: tuple[Entry, ...], dropped: LogHead | None = None) -> LogHead:
    """Return the head of a log whose entries up to `dropped` are gone."""
    if entries:
        return LogHead(entries[-1].number, entries[-1].hash())
    return LogHead() if dropped is None else dropped
