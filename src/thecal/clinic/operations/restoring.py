"""Filling a clinic from a backup: the whole of it or nothing, and checked before it counts."""

from __future__ import annotations

import shutil
import tarfile
import zlib
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory, mkdtemp
from typing import final

from django.apps.registry import Apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import DateField

from thecal.clinic import clock
from thecal.clinic.ledger.log import Author, Draft, forget_anchors, write_to_clinic
from thecal.clinic.models import Clinic, EntryRow, Stream
from thecal.clinic.operations.archive import (
    ANCHORS,
    KEYS,
    PUMPS,
    TABLES,
    ArchiveReader,
    BackupError,
    kept_models,
    row_of,
)
from thecal.record.anchor import KEY, read_anchors
from thecal.record.chain import BadEntry, Head, StoredEntry
from thecal.record.database import StoredStream
from thecal.record.errors import AnchorError
from thecal.record.verification import Verification, verify

RESTORED = "record.restored"
_SYSTEM = Author("system", "system", "restore")
_AT_ONCE = 500
_REPLACED = "replaced-"
Anchors = Mapping[str, Mapping[int, str]]


@final
@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did.

    Attributes
    ----------
    made
        When the backup was made, in UTC.
    entries
        How many entries are there now.
    lost
        How many entries the anchors that lay here know and the backup does not; None where they
        cannot be read.
    """

    made: str
    entries: int
    lost: int | None


def restore(path: Path, *, replace: bool, reason: str) -> Restored:
    """Fill the clinic from a backup. Nothing may serve it meanwhile.

    Parameters
    ----------
    replace
        Whether a clinic that holds something may be replaced.
    reason
        Why, for the entry that each clinic gets.

    Raises
    ------
    BackupError
        If the backup is damaged, its record is not whole, or the clinic is not empty and may not
        be replaced. Everything is as it was then.
    """
    with ExitStack() as stack:
        try:
            archive = stack.enter_context(tarfile.open(path, "r:gz"))
            reader = ArchiveReader(archive)
        except (OSError, EOFError, tarfile.TarError, zlib.error) as error:
            raise BackupError("this file cannot be read as a backup", why=str(error)[:80]) from None
        folder = stack.enter_context(TemporaryDirectory(prefix="thecal-restore-"))
        if not replace and _holds_something():
            raise BackupError(
                "this clinic is not empty", remedy="add --replace to put the backup in its place"
            )
        _write_files(reader.files(ANCHORS), Path(folder))
        anchors, known = read_anchors(Path(folder)), _known()
        found = _fill(reader, anchors)
        _place_files(reader)
    lost = None if known is None else _lost(found, known)
    for clinic in Clinic.objects.all():
        body = {"made": reader.manifest.made, "lost": lost}
        write_to_clinic(clinic, _SYSTEM, (Draft(RESTORED, body, reason),))
    return Restored(reader.manifest.made, found.entries, lost)


def _holds_something() -> bool:
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
    named = {model._meta.db_table for model in (Clinic, EntryRow)}
    return named <= set(tables) and (Clinic.objects.exists() or EntryRow.objects.exists())


def _fill(reader: ArchiveReader, anchors: Anchors) -> Verification:
    """Put the tables of the backup in place of what is there, in one transaction."""
    with connection.constraint_checks_disabled(), transaction.atomic():
        _drop_tables()
        executor = MigrationExecutor(connection)
        targets = list(reader.manifest.migrations)
        unknown = [name for _, name in targets if name not in _names(executor)]
        if unknown:
            raise BackupError(
                f"the backup was made by a version that knows the migration {unknown[0]}",
                remedy="restore it with that version or a later one",
            )
        executor.migrate(targets)
        _load(reader, executor.loader.project_state(targets).apps)
        connection.check_constraints()
        # Tables that an older version made get the form of this one.
        call_command("migrate", verbosity=0)
        found = verify(_stored_streams(), anchors)
        if found.bad:
            raise _not_whole(found.bad[0])
    return found


def _names(executor: MigrationExecutor) -> set[str]:
    return {name for _, name in executor.loader.graph.nodes}


def _drop_tables() -> None:
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cascade = "" if connection.vendor == "sqlite" else " CASCADE"
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)}{cascade}")


def _load(reader: ArchiveReader, apps: Apps) -> None:
    models = kept_models(apps)
    for model in models:
        for field in model._meta.concrete_fields:
            if isinstance(field, DateField):
                # What was stored is stored again, whenever that is.
                field.auto_now = field.auto_now_add = False
        lines = reader.read(f"{TABLES}/{model._meta.label_lower}.jsonl").splitlines()
        if len(lines) != reader.manifest.rows.get(model._meta.label_lower, 0):
            raise BackupError("the backup lacks rows", place=model._meta.label)
        rows = (row_of(model, line) for line in lines)
        model._base_manager.bulk_create(rows, batch_size=_AT_ONCE)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models)):
            cursor.execute(statement)


def _stored_streams() -> Iterable[StoredStream]:
    for stream in Stream.objects.order_by("pk"):
        rows = EntryRow.objects.filter(stream=stream).order_by("seq")
        entries = (
            StoredEntry(str(stream.pk), row.seq, row.text, row.hash)
            for row in rows.iterator(chunk_size=_AT_ONCE)
        )
        head = Head(stream.head_seq, stream.head_hash)
        yield StoredStream(str(stream.pk), stream.kind, head, entries)


def _not_whole(bad: BadEntry) -> BackupError:
    return BackupError(
        f"the record in the backup is not whole: stream {bad.stream}, entry {bad.seq}",
        why=bad.what,
        remedy="use an older backup, and keep this one for whoever looks into it",
    )


def _place_files(reader: ArchiveReader) -> None:
    """Put keys, anchors and pumps in place; what lay there is kept beside."""
    stamp = clock.now().strftime(f"{_REPLACED}%Y%m%dT%H%M%S-")
    folders = {ANCHORS: Path(settings.ANCHOR_DIR), PUMPS: Path(settings.PUMP_DIR)}
    for part, folder in folders.items():
        old = [one for one in folder.iterdir() if not one.name.startswith(_REPLACED)]
        beside = Path(mkdtemp(prefix=stamp, dir=folder)) if old else folder
        for one in old:
            shutil.move(one, beside / one.name)
        _write_files(reader.files(part), folder)
    key_folder = Path(settings.ANCHOR_KEY_DIR)
    if settings.ANCHOR_KEY_DIR != settings.ANCHOR_DIR:
        if (key_folder / KEY).exists():
            shutil.move(key_folder / KEY, key_folder / f"{stamp}{KEY}")
        shutil.move(Path(settings.ANCHOR_DIR) / KEY, key_folder / KEY)
    _write_files(reader.files(KEYS), Path(settings.CLINIC_DIR))
    forget_anchors()


def _write_files(files: Iterable[tuple[PurePosixPath, bytes]], folder: Path) -> None:
    for relative, data in files:
        target = folder / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        target.touch(mode=0o600)
        target.write_bytes(data)


def _known() -> Anchors | None:
    """Return the anchors that lie here; None where they are damaged."""
    try:
        return read_anchors(Path(settings.ANCHOR_DIR))
    except AnchorError:
        return None


def _lost(found: Verification, known: Anchors) -> int:
    """Return how many acknowledged entries that were known here are not in the backup."""
    heads = {one.report.stream: one.report.head.seq for one in found.checks}
    return sum(
        max(0, max(hashes) - heads.get(stream, 0)) for stream, hashes in known.items() if hashes
    )
