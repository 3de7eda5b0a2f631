"""Backup and restore: everything, as it stood at one moment, whole or not at all (11.10(c))."""

from __future__ import annotations

import io
import json
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from thecal.clinic.ledger.log import Draft, forget_anchors, patient_stream, read_entries, write
from thecal.clinic.models import EntryRow, Patient, Projection, Role, Stream, User
from thecal.clinic.operations.archive import BackupError, kept_models, row_line
from thecal.clinic.operations.backup import back_up
from thecal.clinic.operations.rebuilding import rebuild
from thecal.clinic.operations.restoring import RESTORED, restore
from thecal.clinic.operations.serving import ServedError, served
from thecal.record.anchor import ANCHORS, KEY, read_anchors

NOTE = Draft("therapy.event", {"type": "note", "time": "2026-04-01T10:00:00+01:00", "text": "calm"})


@pytest.fixture
def _folders(settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clinic's folder of its own, with a secret and a virtual pump."""
    settings.CLINIC_DIR = tmp_path
    (tmp_path / "secret.key").write_text("the secret")
    (settings.PUMP_DIR / "one").mkdir(parents=True)
    (settings.PUMP_DIR / "one" / "image").write_bytes(b"\x00\x01")


@pytest.fixture
def clinic(committed_world, _folders):
    """A clinic at work."""
    return committed_world


def everything() -> dict[str, list[bytes]]:
    """Return every row of the clinic's tables."""
    return {
        model._meta.label: [row_line(row) for row in model._base_manager.order_by("pk")]
        for model in kept_models(apps)
    }


def remade(source: Path, target: Path, change: Callable[[str, bytes], bytes]) -> None:
    """Write an archive again with changed members."""
    with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
        for member in old.getmembers():
            stream = old.extractfile(member)
            assert stream is not None
            data = change(member.name, stream.read())
            member.size = len(data)
            new.addfile(member, io.BytesIO(data))


@pytest.mark.req("L02")
def test_what_was_backed_up_comes_back(clinic, tmp_path: Path, settings) -> None:
    before = everything()
    anchors = read_anchors(settings.ANCHOR_DIR)
    rows = back_up(tmp_path / "b.tgz")
    assert rows == sum(map(len, before.values()))
    assert (tmp_path / "b.tgz").stat().st_mode & 0o077 == 0
    write(clinic.patient, clinic.author(), (NOTE, NOTE), expected=None)
    User.objects.filter(username="nurse-1").update(name="Somebody else")
    done = restore(tmp_path / "b.tgz", replace=True, reason="a disk broke")
    assert done.lost == 2
    after = everything()
    # Each clinic's own stream has one entry more: that it was restored, and why.
    added = {"clinic.Stream": 2, "clinic.EntryRow": 2}
    for label, lines in before.items():
        extra = [line for line in after[label] if line not in lines]
        assert len(extra) == added.get(label, 0), label
        assert set(lines) <= set(after[label]), label
    told = EntryRow.objects.filter(kind=RESTORED).latest("pk")
    assert json.loads(told.text)["reason"] == "a disk broke"
    assert json.loads(told.text)["body"]["lost"] == 2
    kept = read_anchors(settings.ANCHOR_DIR)
    assert all(kept[stream] == hashes for stream, hashes in anchors.items())
    assert [one.differs for one in rebuild(keep=True)] == [(), ()]


def test_after_a_restore_everybody_works_on(clinic, tmp_path: Path, settings) -> None:
    back_up(tmp_path / "b.tgz")
    restore(tmp_path / "b.tgz", replace=True, reason="")
    patient = Patient.objects.get(pk=clinic.patient.pk)
    write(patient, clinic.author(), (NOTE,), expected=patient_stream(patient).head_seq)
    User.objects.create_user("newcomer", "a long password", "Newcomer")
    anchors = read_anchors(settings.ANCHOR_DIR)[str(patient_stream(patient).pk)]
    assert max(anchors) == patient_stream(patient).head_seq
    with pytest.raises(Exception, match="never changed"):
        EntryRow.objects.filter(seq=1).delete()


def test_what_lay_there_is_kept_beside(clinic, tmp_path: Path, settings) -> None:
    back_up(tmp_path / "b.tgz")
    write(clinic.patient, clinic.author(), (NOTE,), expected=None)
    anchors = (settings.ANCHOR_DIR / ANCHORS).read_bytes()
    (settings.PUMP_DIR / "one" / "image").write_bytes(b"later")
    (settings.CLINIC_DIR / "secret.key").write_text("another")
    restore(tmp_path / "b.tgz", replace=True, reason="")
    (kept,) = settings.ANCHOR_DIR.glob("replaced-*")
    assert (kept / ANCHORS).read_bytes() == anchors
    assert (settings.PUMP_DIR / "one" / "image").read_bytes() == b"\x00\x01"
    assert (settings.CLINIC_DIR / "secret.key").read_text() == "the secret"


def test_a_key_in_a_folder_of_its_own_is_kept_and_comes_back_there(
    clinic, tmp_path: Path, settings
) -> None:
    settings.ANCHOR_KEY_DIR = tmp_path / "key"
    settings.ANCHOR_KEY_DIR.mkdir()
    (settings.ANCHOR_DIR / KEY).rename(settings.ANCHOR_KEY_DIR / KEY)
    forget_anchors()
    key = (settings.ANCHOR_KEY_DIR / KEY).read_bytes()
    back_up(tmp_path / "backup.tgz")
    restore(tmp_path / "backup.tgz", replace=True, reason="tried")
    assert not (settings.ANCHOR_DIR / KEY).exists()
    assert (settings.ANCHOR_KEY_DIR / KEY).read_bytes() == key
    write(Patient.objects.get(pk=clinic.patient.pk), clinic.author(), (NOTE,), expected=None)
    stream = patient_stream(clinic.patient)
    assert read_anchors(settings.ANCHOR_DIR)[str(stream.pk)][stream.head_seq] == stream.head_hash


def test_a_clinic_that_holds_something_is_not_replaced_by_accident(clinic, tmp_path: Path) -> None:
    back_up(tmp_path / "b.tgz")
    write(clinic.patient, clinic.author(), (NOTE,), expected=None)
    before = everything()
    with pytest.raises(BackupError, match="not empty"):
        restore(tmp_path / "b.tgz", replace=False, reason="")
    assert everything() == before


@pytest.mark.req("L02")
@pytest.mark.parametrize(
    ("member", "old", "new", "words"),
    [
        ("tables/clinic.entryrow.jsonl", b"maintenance", b"maintenanze", "altered"),
        ("manifest.json", b"thecal.backup/1", b"thecal.backup/9", "no thecal.backup/1"),
        (
            "manifest.json",
            b'"migrations": [',
            b'"migrations": [["clinic", "9999_later"],',
            "9999_later",
        ),
        ("manifest.json", b"anchors/anchors.log", b"anchors/another.log", "lacks a part"),
    ],
)
def test_a_damaged_backup_changes_nothing(
    clinic, tmp_path: Path, member: str, old: bytes, new: bytes, words: str
) -> None:
    back_up(tmp_path / "b.tgz")
    before = everything()
    remade(
        tmp_path / "b.tgz",
        tmp_path / "c.tgz",
        lambda name, data: data.replace(old, new) if name == member else data,
    )
    with pytest.raises(BackupError, match=words):
        restore(tmp_path / "c.tgz", replace=True, reason="")
    assert everything() == before


@pytest.mark.parametrize("left", [0, 100, 2000])
def test_a_backup_that_was_cut_off_changes_nothing(clinic, tmp_path: Path, left: int) -> None:
    back_up(tmp_path / "b.tgz")
    (tmp_path / "c.tgz").write_bytes((tmp_path / "b.tgz").read_bytes()[:left])
    before = everything()
    with pytest.raises(BackupError):
        restore(tmp_path / "c.tgz", replace=True, reason="")
    assert everything() == before


@pytest.mark.req("L02")
def test_a_backup_whose_record_is_not_whole_is_refused_as_a_whole(clinic, tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        of_table = "" if connection.vendor == "sqlite" else " ON clinic_entryrow"
        cursor.execute(f"DROP TRIGGER entry_never_changes{of_table}")
    row = EntryRow.objects.get(stream=patient_stream(clinic.patient), seq=2)
    EntryRow.objects.filter(pk=row.pk).update(text=row.text.replace("physician-1", "nurse-1"))
    row.refresh_from_db()
    back_up(tmp_path / "b.tgz")
    before = everything()
    with pytest.raises(BackupError, match="entry 2"):
        restore(tmp_path / "b.tgz", replace=True, reason="")
    assert everything() == before


@pytest.mark.req("L02")
def test_a_backup_made_while_somebody_writes_is_of_one_moment(clinic, tmp_path: Path) -> None:
    over = threading.Event()

    def work() -> None:
        try:
            while not over.is_set():
                write(clinic.patient, clinic.author(Role.NURSE), (NOTE, NOTE), expected=None)
        finally:
            connection.close()

    writer = threading.Thread(target=work)
    writer.start()
    try:
        for number in range(3):
            back_up(tmp_path / f"{number}.tgz")
    finally:
        over.set()
        writer.join()
    written = patient_stream(clinic.patient).head_seq
    for number in range(3):
        restore(tmp_path / f"{number}.tgz", replace=True, reason="")
        stream = Stream.objects.get(patient=clinic.patient, kind=Stream.Kind.PATIENT)
        assert stream.head_seq <= written
        assert len(read_entries(stream)) == stream.head_seq
        assert Projection.objects.get(patient=clinic.patient).seq == stream.head_seq


def test_a_clinic_that_is_served_is_not_replaced(clinic, tmp_path: Path, settings) -> None:
    call_command("backup", tmp_path / "b.tgz", stdout=io.StringIO())
    with served(settings.CLINIC_DIR), pytest.raises(ServedError, match="stop it first"):
        call_command("restore", tmp_path / "b.tgz", "--replace", stdout=io.StringIO())
    said = io.StringIO()
    call_command("restore", tmp_path / "b.tgz", "--replace", "--reason", "trial", stdout=said)
    assert "every chain is whole" in said.getvalue()
