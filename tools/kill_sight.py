"""Whether a frozen server stands in the middle of a write, as its database sees it.

SQLite keeps a lock on one byte of the file beside its log for as long as a write is open; the
system tells whether somebody holds it. PostgreSQL gives a transaction its number with its first
write and tells which are open.
"""

from __future__ import annotations

import fcntl
import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

_WRITE_LOCK = 120
"""The byte of SQLite's shared-memory file that a writer locks (its file format, section 2.4)."""
_FLOCK = "hhlli4x"
_SETTLING_SECONDS = 0.03


class Sight(Protocol):
    """Tells how many writes are open."""

    def open_writes(self) -> int:
        """Return how many transactions have written and are not committed."""


class SqliteSight:
    """Looks at the lock of the embedded database, of which no connection may be open here."""

    def __init__(self, shared: Path) -> None:
        self._shared = shared

    def open_writes(self) -> int:
        """Return 1 where a writer holds its lock, 0 where none does."""
        try:
            descriptor = os.open(self._shared, os.O_RDWR)
        except FileNotFoundError:
            return 0
        try:
            asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, _WRITE_LOCK, 1, 0)
            told = struct.unpack(_FLOCK, fcntl.fcntl(descriptor, fcntl.F_GETLK, asked))
            return int(told[0] == fcntl.F_WRLCK)
        finally:
            os.close(descriptor)


class PostgresSight:
    """Asks the server for the transactions of the clinic's database."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def open_writes(self) -> int:
        """Return how many transactions have written, once what was sent before has been done."""
        over = time.monotonic() + _SETTLING_SECONDS
        while time.monotonic() < over and self._ask("state = 'active'"):
            pass
        return self._ask("state = 'idle in transaction' AND backend_xid IS NOT NULL")

    def _ask(self, condition: str) -> int:
        query = (
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND "
        )
        return int(self._connection.execute(query + condition).fetchone()[0])


@contextmanager
def sight_of(address: str, folder: Path) -> Iterator[Sight]:
    """Yield the sight of a clinic's database."""
    if not address:
        yield SqliteSight(folder / "clinic.sqlite3-shm")
        return
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        yield PostgresSight(connection)
