"""The streams as they lie in a clinic's database, read without the clinic's own code.

Whoever checks a record must not have to trust the program that wrote it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, final
from urllib.parse import quote
from uuid import UUID

from thecal.record.chain import Head, StoredEntry
from thecal.record.errors import DatabaseReadError

_STREAMS = "SELECT id, kind, head_seq, head_hash FROM clinic_stream ORDER BY kind, id"
_ENTRIES = "SELECT seq, text, hash FROM clinic_entryrow WHERE stream_id = {} ORDER BY seq"


@final
@dataclass(frozen=True, slots=True)
class StoredStream:
    """A stream as it is stored.

    Attributes
    ----------
    kind
        Whose it is: `patient`, `access`, `clinic`.
    head
        What the database says of its last entry; None where nothing is said.
    entries
        In the order of their numbers; they can be gone through once.
    """

    stream: str
    kind: str
    head: Head | None
    entries: Iterable[StoredEntry]


class _Cursor(Protocol):
    """What both databases have."""

    def execute(self, query: Any, parameters: Sequence[object] = ..., /) -> Any:
        """Ask; the answer can be gone through."""


@contextmanager
def open_streams(address: str) -> Iterator[Iterator[StoredStream]]:
    """Yield the streams of a clinic's database as they stand at one moment; nothing is changed.

    Parameters
    ----------
    address
        Path of the embedded database, or `postgresql://user:password@host:port/name`.

    Raises
    ------
    DatabaseReadError
        If it cannot be opened, or is no database of a clinic.
    """
    if address.startswith("postgresql:"):
        with _postgresql(address) as cursor:
            yield _streams(cursor, "%s")
        return
    with _sqlite(Path(address)) as cursor:
        yield _streams(cursor, "?")


def _streams(cursor: _Cursor, mark: str) -> Iterator[StoredStream]:
    for key, kind, seq, digest in list(cursor.execute(_STREAMS)):
        stream = str(UUID(str(key)))
        rows = cursor.execute(_ENTRIES.format(mark), (key,))
        entries = (StoredEntry(stream, *row) for row in rows)
        yield StoredStream(stream, str(kind), Head(seq, digest), entries)


@contextmanager
def _sqlite(path: Path) -> Iterator[_Cursor]:
    if not path.is_file():
        raise DatabaseReadError(
            "there is no such file", remedy="name the clinic's database", place=path.name
        )
    try:
        connection = sqlite3.connect(
            f"file:{quote(str(path.resolve()))}?mode=ro", uri=True, isolation_level=None
        )
        try:
            # One look at everything: a writer at work does not change what is read.
            connection.execute("BEGIN")
            yield connection
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise _unreadable(error) from None


@contextmanager
def _postgresql(address: str) -> Iterator[_Cursor]:
    try:
        import psycopg
    except ImportError:
        raise DatabaseReadError(
            "the PostgreSQL client psycopg is not installed here",
            remedy="install thecal with its extra `postgres`",
        ) from None
    try:
        with psycopg.connect(address) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            connection.read_only = True
            yield connection
    except psycopg.Error as error:
        raise _unreadable(error) from None


def _unreadable(error: Exception) -> DatabaseReadError:
    return DatabaseReadError(
        "this cannot be read as the database of a clinic",
        why=" ".join(str(error).split())[:120],
        remedy="name the clinic's database; `python -m thecal.clinic migrate` makes one",
    )
