"""What the pump remembers through a loss of power: one image in two slots, and its log.

Everything that has to agree stands in one image: what the pump does, the programs, the commands
already done, the log entries of this very change. It is written whole into the slot that is not in
use, with a number and a checksum; the slot with the highest number whose checksum holds is the
memory. A loss of power at any byte therefore leaves the image before or the image after. The log
file follows the image: entries that it lacks are taken from the image at the next start.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import final

from thecal.link import storage
from thecal.link.codec import canonical, decode, encode, parse
from thecal.link.errors import MemoryDamageError, MessageError
from thecal.link.journal import (
    Entry,
    LogHead,
    append_entries,
    drop_entries,
    head_of,
    read_entries,
)
from thecal.program.setup import PumpSetup
from thecal.pump.state import PumpState

_MAGIC = b"thecal-memory-1\n"
_NUMBER_BYTES = 8
_HEAD_BYTES = len(_MAGIC) + 2 * _NUMBER_BYTES
_SUM_BYTES = 32
MOST_ANSWERS = 64


@final
@dataclass(frozen=True, slots=True)
class Answered:
    """A command that was done: its id and what the pump said; it is never done twice."""

    command: str
    order: str
    denial: str | None


@final
@dataclass(frozen=True, slots=True)
class Image:
    """All that the pump remembers.

    Attributes
    ----------
    failures
        Failed attempts to open a session in a row.
    failures_unseen
        Failed attempts since a clinician last read the pump.
    spent
        What telemetry has cost, in the unit of `telemetry.csv`.
    open_update
        Command id of an update that was begun; empty when none is under way.
    notices
        What the next clinician has to be told.
    entries
        Log entries of this change.
    dropped
        The last entry of the log that was dropped to make room.
    exported
        The last entry of the log that a clinician has read, with all before it.
    """

    serial: str
    utc_offset_minutes: int
    setup: PumpSetup
    state: PumpState
    answered: tuple[Answered, ...] = ()
    failures: int = 0
    failures_unseen: int = 0
    spent: int = 0
    spent_on_failures: int = 0
    open_update: str = ""
    notices: tuple[str, ...] = ()
    log: LogHead = field(default_factory=LogHead)
    entries: tuple[Entry, ...] = ()
    dropped: LogHead = field(default_factory=LogHead)
    exported: int = 0


@final
class DeviceMemory:
    """The memory folder of one pump; one process has it at a time.

    Raises
    ------
    MemoryDamageError
        If another process has it, or what is there does not fit together.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._lock)
            raise MemoryDamageError(
                "another process has this pump's memory",
                remedy="end it, or use another folder",
                place=str(folder),
            ) from None
        self._number = 0
        self._cut_at = 0

    def close(self) -> None:
        """Let another process have the folder; calling it twice does nothing."""
        if self._lock >= 0:
            os.close(self._lock)
        self._lock = -1

    @property
    def log_path(self) -> Path:
        """The file of the log."""
        return self.folder / "log.jsonl"

    def _slot(self, number: int) -> Path:
        return self.folder / f"memory.{number % 2}"

    def load(self) -> Image | None:
        """Return the memory, None where there is none yet.

        Raises
        ------
        MemoryDamageError
            If no slot holds, or the log does not end where the memory says.
        """
        slots = [self._slot(0), self._slot(1)]
        found = [one for one in map(_read_slot, slots) if one is not None]
        if not found:
            if self.log_path.exists() and self.log_path.stat().st_size:
                raise self._damage("neither slot of the memory holds")
            return None
        self._number, data = max(found)
        try:
            image = decode(parse(data), Image, digits=None)
        except MessageError as error:
            raise self._damage(f"the memory is of another version: {error.what}") from None
        self._mend_log(image)
        return image

    def _mend_log(self, image: Image) -> None:
        """Give the log file what the image has and it lacks."""
        written = read_entries(self.log_path, image.dropped)
        length = image.dropped.length + len(written)
        first = image.log.length - len(image.entries)
        missing = image.entries[max(0, length - first) :]
        if length > image.log.length:
            raise self._damage("the log is ahead of the memory: a slot was lost after it was used")
        if length < first or head_of((*written, *missing), image.dropped) != image.log:
            raise self._damage("the log does not end where the memory says")
        append_entries(self.log_path, missing)
        self._cut_log(image)

    def save(self, image: Image) -> None:
        """Store an image, then its log entries; after this returns nothing can undo it.

        Raises
        ------
        OSError
            If the image could not be stored: then the one before still holds.
        MemoryDamageError
            If the slot does not hold what was written.
        """
        number = self._number + 1
        path = self._slot(number)
        data = canonical(encode(image))
        storage.overwrite(path, _slot_bytes(number, data))
        if _read_slot(path) != (number, data):
            raise self._damage("the slot does not hold what was written")
        self._number = number
        append_entries(self.log_path, image.entries)
        self._cut_log(image)

    def _cut_log(self, image: Image) -> None:
        """Cut the log file where the image says that older entries were dropped."""
        if image.dropped.length > self._cut_at:
            drop_entries(self.log_path, image.dropped)
            self._cut_at = image.dropped.length

    def _damage(self, what: str) -> MemoryDamageError:
        return MemoryDamageError(
            what,
            why="a pump that does not know what it runs must not be trusted to run it",
            remedy="restore the folder from a copy, or serve the therapy file into a new folder",
            place=str(self.folder),
        )


def _slot_bytes(number: int, data: bytes) -> bytes:
    head = _MAGIC + number.to_bytes(_NUMBER_BYTES, "big") + len(data).to_bytes(_NUMBER_BYTES, "big")
    return head + data + hashlib.sha256(head + data).digest()


def _read_slot(path: Path) -> tuple[int, bytes] | None:
    """Return number and content of a slot; None if it does not hold."""
    try:
        stored = path.read_bytes()
    except FileNotFoundError:
        return None
    head = stored[:_HEAD_BYTES]
    if len(head) < _HEAD_BYTES or not head.startswith(_MAGIC):
        return None
    length = int.from_bytes(head[-_NUMBER_BYTES:], "big")
    end = _HEAD_BYTES + length
    if hashlib.sha256(stored[:end]).digest() != stored[end : end + _SUM_BYTES]:
        return None
    return int.from_bytes(head[len(_MAGIC) : -_NUMBER_BYTES], "big"), stored[_HEAD_BYTES:end]
