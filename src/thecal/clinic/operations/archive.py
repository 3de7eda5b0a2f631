"""The form of a backup: one archive that either database can be filled from.

A tar file of one member for each table (a row is a line of JSON), of the anchors, the keys and the
virtual pumps, and of a list of all of these with their hashes. Logins that are open are left out.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, final

from django.apps.registry import Apps
from django.db.models import Model

from thecal.errors import ThecalError

SCHEMA = "thecal.backup/1"
MANIFEST = "manifest.json"
TABLES, ANCHORS, KEYS, PUMPS = "tables", "anchors", "keys", "pumps"
_NOT_KEPT = frozenset({"auth", "contenttypes", "sessions"})
"""What every database makes for itself, and the sessions, which end with a restore."""


class BackupError(ThecalError):
    """A backup cannot be made or read; what it should have become is as it was."""


@final
@dataclass(frozen=True, slots=True)
class Manifest:
    """What stands in an archive.

    Attributes
    ----------
    made
        When, in UTC.
    migrations
        The last migration of each application: what form the tables have.
    rows
        How many rows there are of each table.
    members
        SHA-256 of each member.
    """

    made: str
    migrations: tuple[tuple[str, str], ...]
    rows: Mapping[str, int]
    members: Mapping[str, str]


def kept_models(apps: Apps) -> tuple[type[Model], ...]:
    """Return the models whose rows a backup holds."""
    models = apps.get_models(include_auto_created=True)
    return tuple(one for one in models if one._meta.app_label not in _NOT_KEPT)


def row_line(row: Model) -> bytes:
    """Return the line of a row: its fields as text, the same whatever database it comes from."""
    values = {
        field.attname: None if getattr(row, field.attname) is None else field.value_to_string(row)
        for field in row._meta.concrete_fields
    }
    return json.dumps(values, sort_keys=True).encode("ascii") + b"\n"


def row_of(model: type[Model], line: bytes) -> Model:
    """Return the row of a line; raises `BackupError`."""
    try:
        values = json.loads(line)
        fields = {field.attname: field for field in model._meta.concrete_fields}
        return model(
            **{
                name: None if value is None else fields[name].to_python(value)
                for name, value in values.items()
            }
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BackupError(
            "a row of the backup cannot be read", why=repr(error)[:80], place=model._meta.label
        ) from None


@final
class ArchiveWriter:
    """Writes the members and, at the end, their list."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        self._archive = archive
        self._members: dict[str, str] = {}

    def add(self, name: str, data: bytes) -> None:
        """Add a member."""
        info = tarfile.TarInfo(name)
        info.size, info.mode = len(data), 0o600
        self._archive.addfile(info, io.BytesIO(data))
        self._members[name] = hashlib.sha256(data).hexdigest()

    def finish(
        self, made: str, migrations: Iterable[tuple[str, str]], rows: Mapping[str, int]
    ) -> None:
        """Add the list of what is there."""
        values = {
            "schema": SCHEMA,
            "made": made,
            "migrations": sorted(list(one) for one in migrations),
            "rows": dict(rows),
            "members": dict(self._members),
        }
        self.add(MANIFEST, json.dumps(values, indent=1, sort_keys=True).encode("ascii"))


@final
class ArchiveReader:
    """Reads an archive whose members are all there and as they were written.

    Raises
    ------
    BackupError
        If it is no backup, or a member is missing, altered or one too many.
    """

    def __init__(self, archive: tarfile.TarFile) -> None:
        self._archive = archive
        self.manifest = self._read_manifest()
        found = {name for name in archive.getnames() if name != MANIFEST}
        if found != self.manifest.members.keys():
            raise BackupError("the backup lacks a part, or has one too many", remedy=_REMEDY)
        for name, digest in self.manifest.members.items():
            if hashlib.sha256(self.read(name)).hexdigest() != digest:
                raise BackupError("a part of the backup was altered", remedy=_REMEDY, place=name)

    def read(self, name: str) -> bytes:
        """Return a member; nothing where there is none of that name."""
        try:
            stream = self._archive.extractfile(name)
        except KeyError:
            return b""
        return b"" if stream is None else stream.read()

    def files(self, folder: str) -> Iterator[tuple[PurePosixPath, bytes]]:
        """Yield path and content of the files of a part, the path below it."""
        for name in sorted(self.manifest.members):
            path = PurePosixPath(name)
            if path.parts[0] == folder:
                if ".." in path.parts or path.is_absolute():
                    raise BackupError("a path of the backup leads out of it", place=name)
                yield path.relative_to(folder), self.read(name)

    def _read_manifest(self) -> Manifest:
        try:
            values: dict[str, Any] = json.loads(self.read(MANIFEST))
            if values["schema"] != SCHEMA:
                raise BackupError(f"this is no {SCHEMA}", remedy=_REMEDY)
            migrations = tuple((str(app), str(name)) for app, name in values["migrations"])
            return Manifest(values["made"], migrations, values["rows"], values["members"])
        except (KeyError, TypeError, ValueError):
            raise BackupError("this file is no backup of a clinic", remedy=_REMEDY) from None


_REMEDY = "use another copy of the backup"
