"""Making a backup while the clinic is at work, as it stands at one moment."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from thecal.clinic import clock
from thecal.clinic.configuration import KEY_FILE
from thecal.clinic.operations.archive import (
    ANCHORS,
    KEYS,
    PUMPS,
    TABLES,
    ArchiveWriter,
    BackupError,
    kept_models,
    row_line,
)
from thecal.record.anchor import KEY
from thecal.record.entry import utc_text

_AT_ONCE = 500


def back_up(path: Path) -> int:
    """Write a backup and return how many rows it holds.

    Anchors are read first: an entry that is written meanwhile is then in the database without its
    anchor, as after a crash, and never the other way round.

    Raises
    ------
    BackupError
        If the tables have not the form that this version gives them, or the file cannot be written.
    """
    executor = MigrationExecutor(connection)
    leaves = executor.loader.graph.leaf_nodes()
    if executor.migration_plan(leaves):
        raise BackupError(
            "the database has not the form of this version",
            remedy="run `python -m thecal.clinic migrate` first",
        )
    beside = path.with_name(path.name + ".new")
    try:
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            with tarfile.open(fileobj=stream, mode="w:gz") as archive:
                writer = ArchiveWriter(archive)
                _add_files(writer)
                rows = _add_tables(writer)
                writer.finish(utc_text(clock.now()), leaves, rows)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(beside, path)
    except OSError as error:
        raise BackupError(
            f"the backup cannot be written: {error.strerror}", place=path.name
        ) from None
    finally:
        beside.unlink(missing_ok=True)
    return sum(rows.values())


def _add_files(writer: ArchiveWriter) -> None:
    _add_folder(writer, ANCHORS, Path(settings.ANCHOR_DIR))
    key = Path(settings.ANCHOR_KEY_DIR) / KEY
    if settings.ANCHOR_KEY_DIR != settings.ANCHOR_DIR and key.exists():
        writer.add(f"{ANCHORS}/{KEY}", key.read_bytes())
    writer.add(f"{KEYS}/{KEY_FILE}", (Path(settings.CLINIC_DIR) / KEY_FILE).read_bytes())
    _add_folder(writer, PUMPS, Path(settings.PUMP_DIR))


def _add_folder(writer: ArchiveWriter, part: str, folder: Path) -> None:
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            writer.add(f"{part}/{file.relative_to(folder).as_posix()}", file.read_bytes())


def _add_tables(writer: ArchiveWriter) -> dict[str, int]:
    rows: dict[str, int] = {}
    with _one_moment():
        for model in kept_models(apps):
            label = model._meta.label_lower
            stored = model._base_manager.order_by("pk")
            lines = [row_line(row) for row in stored.iterator(chunk_size=_AT_ONCE)]
            writer.add(f"{TABLES}/{label}.jsonl", b"".join(lines))
            rows[label] = len(lines)
    return rows


@contextmanager
def _one_moment() -> Iterator[None]:
    """Let the connection see the database at one moment, without holding up any writer."""
    ordinary = connection.settings_dict["OPTIONS"]
    options = dict(ordinary)
    if connection.vendor == "sqlite":
        options["transaction_mode"] = "DEFERRED"
    else:
        from django.db.backends.postgresql.psycopg_any import IsolationLevel

        options["isolation_level"] = IsolationLevel.REPEATABLE_READ
    connection.close()
    connection.settings_dict["OPTIONS"] = options
    try:
        with transaction.atomic():
            yield
    finally:
        connection.settings_dict["OPTIONS"] = ordinary
        connection.close()
