"""Versions of the tables: what was in force when something was decided, kept and used again.

A set is all tables of one moment, with the clinic's own files over them. Its id is a hash of their
bytes, so two sets with one id decide alike with one version of the program (standards.md 3 R07).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import final

from thecal.data.tables import cached, table_bytes, table_names, use_table_folders
from thecal.errors import DataError

SCHEMA = "thecal.tables/1"
MANIFEST = "tables.json"
_BASE, _CLINIC = "base", "clinic"
_DATE = re.compile(rb",(20[0-9]{2}-[01][0-9]-[0-3][0-9]),")


@final
@dataclass(frozen=True, slots=True)
class TableVersion:
    """One table: hash of its bytes and of the clinic's own (empty: none), day of its newest row."""

    table: str
    base: str
    clinic: str
    date: str


@final
@dataclass(frozen=True, slots=True)
class TableSet:
    """All tables in force. `date` is the day of the newest row."""

    id: str
    date: str
    tables: tuple[TableVersion, ...]

    @property
    def short(self) -> str:
        """The beginning of the id, for people."""
        return self.id[:12]


@cached
def table_set() -> TableSet:
    """Return the versions of the tables in force; raises `DataError` as `rows` does."""
    tables = tuple(_version_of(name) for name in table_names())
    text = "".join(f"{one.table} {one.base} {one.clinic or '-'}\n" for one in tables)
    return TableSet(
        hashlib.sha256(text.encode()).hexdigest(), max(one.date for one in tables), tables
    )


def _version_of(name: str) -> TableVersion:
    base, clinic = table_bytes(name)
    dates = [found.decode() for found in _DATE.findall(base + (clinic or b""))]
    return TableVersion(name, _hash(base), _hash(clinic), max(dates, default=""))


def _hash(data: bytes | None) -> str:
    return "" if data is None else hashlib.sha256(data).hexdigest()


def archive_tables(folder: Path) -> TableSet:
    """Write the tables in force into a new folder, with their versions, and return these.

    Raises
    ------
    DataError
        If the folder holds something, or cannot be written to.
    """
    found = table_set()
    try:
        if folder.exists() and any(folder.iterdir()):
            raise DataError(
                f"{folder} is not empty",
                why="an archive is written once and never over another one",
                remedy="name a new folder",
            )
        for name in table_names():
            for place, data in zip((_BASE, _CLINIC), table_bytes(name), strict=True):
                if data is not None:
                    (folder / place).mkdir(parents=True, exist_ok=True)
                    (folder / place / f"{name}.csv").write_bytes(data)
        # Last: a folder without it is no archive, so one that was cut short is never used.
        (folder / MANIFEST).write_text(_manifest(found), encoding="utf-8")
    except OSError as error:
        raise DataError(f"{folder} cannot be written", why=error.strerror or "") from None
    return found


def _manifest(found: TableSet) -> str:
    tables = [
        {"table": one.table, "base": one.base, "clinic": one.clinic, "date": one.date}
        for one in found.tables
    ]
    content = {"schema": SCHEMA, "set": found.id, "date": found.date, "tables": tables}
    return json.dumps(content, indent=1) + "\n"


def use_archived_tables(folder: Path) -> TableSet:
    """Decide with the tables of an archive, until `use_clinic_tables` is called.

    Raises
    ------
    DataError
        If it is no archive, was altered, or lacks a table that this version of the program needs.
        The tables in use before stay in use then.
    """
    known = _read_manifest(folder)
    _check_files(folder, known)
    missing = set(table_names()) - {one.table for one in known.tables}
    if missing:
        raise DataError(
            f"the archive has no {min(missing)}.csv",
            why="it was written by an earlier version of the program",
            remedy="decide again with the program of that day",
            place=str(folder),
        )
    clinic = folder / _CLINIC
    use_table_folders(folder / _BASE, clinic if clinic.is_dir() else None)
    return table_set()


def _read_manifest(folder: Path) -> TableSet:
    path = folder / MANIFEST
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["schema"] != SCHEMA:
            raise DataError("the archive is of another kind", place=str(path))
        tables = tuple(TableVersion(**one) for one in content["tables"])
        return TableSet(str(content["set"]), str(content["date"]), tables)
    except OSError as error:
        raise DataError(
            f"{folder} is no archive of tables",
            why=error.strerror or "",
            remedy="write one with `thecal catalogue --archive DIR`",
        ) from None
    except (ValueError, TypeError, KeyError) as error:
        raise DataError(
            "the archive's list cannot be read", why=str(error), place=str(path)
        ) from None


def _check_files(folder: Path, known: TableSet) -> None:
    """Check that every file is the one that was archived, and that there is no other."""
    wanted = {
        (place, one.table): version
        for one in known.tables
        for place, version in ((_BASE, one.base), (_CLINIC, one.clinic))
        if version
    }
    there = {
        (place, name[:-4])
        for place in (_BASE, _CLINIC)
        if (folder / place).is_dir()
        for name in os.listdir(folder / place)
    }
    for place, name in sorted(there ^ set(wanted)):
        raise DataError(
            f"{place}/{name}.csv is missing in the archive or does not belong to it",
            remedy="take an archive that nobody has altered",
            place=str(folder),
        )
    for (place, name), version in wanted.items():
        try:
            data = (folder / place / f"{name}.csv").read_bytes()
        except OSError as error:
            raise DataError(f"{place}/{name}.csv cannot be read", why=str(error)) from None
        if _hash(data) != version:
            raise DataError(
                f"{place}/{name}.csv is not the table that was archived",
                why="its bytes have another hash",
                remedy="take an archive that nobody has altered",
                place=str(folder),
            )
