"""T4 of standards.md 6.4: a crash at any step of a write leaves all of it or nothing."""

from __future__ import annotations

import pytest

from thecal.clinic.ledger import log
from thecal.clinic.ledger.log import Draft, patient_stream, write
from thecal.clinic.models import EntryRow, Patient, Projection, SealedText, Stream
from thecal.clinic.operations.rebuilding import differences
from thecal.record.anchor import ANCHORS, AnchorFile, read_anchors
from thecal.record.chain import ChainReport, StoredEntry, check_chain
from thecal.record.redaction import seal

NOTE = Draft("therapy.event", {"type": "note", "time": "2026-04-01T10:00:00+01:00", "text": "calm"})


class PowerLost(BaseException):
    """What no handler catches."""


def checked(stream: Stream, anchors: dict[int, str]) -> ChainReport:
    rows = EntryRow.objects.filter(stream=stream).order_by("seq")
    stored = [StoredEntry(str(stream.pk), row.seq, row.text, row.hash) for row in rows]
    return check_chain(str(stream.pk), stored, anchors)


def fail(*args: object, **kwargs: object) -> None:
    raise PowerLost


@pytest.mark.req("L02")
@pytest.mark.parametrize(
    "step",
    [
        (EntryRow.objects, "bulk_create"),
        (SealedText.objects, "bulk_create"),
        (Stream, "save"),
        (log, "save_projection"),
    ],
    ids=["entries", "sealed texts", "head", "projection"],
)
def test_t4_a_crash_before_the_commit_leaves_nothing(committed_world, monkeypatch, step, settings):
    stream = patient_stream(committed_world.patient)
    sealed = Draft("note", {}, sealed=(seal("a text"),))
    with monkeypatch.context() as broken:
        broken.setattr(*step, fail)
        with pytest.raises(PowerLost):
            write(committed_world.patient, committed_world.author(), (NOTE, sealed), expected=None)
    after = patient_stream(committed_world.patient)
    assert (after.head_seq, after.head_hash) == (stream.head_seq, stream.head_hash)
    assert EntryRow.objects.filter(stream=stream).count() == stream.head_seq
    assert not SealedText.objects.filter(text="a text").exists()
    write(committed_world.patient, committed_world.author(), (NOTE,), expected=stream.head_seq)
    report = checked(stream, read_anchors(settings.ANCHOR_DIR)[str(stream.pk)])
    assert report.bad is None
    assert report.head.seq == stream.head_seq + 1


@pytest.mark.req("L02")
def test_t4_a_crash_between_commit_and_anchor_leaves_a_whole_chain(
    committed_world, monkeypatch, settings
) -> None:
    stream = patient_stream(committed_world.patient)
    with monkeypatch.context() as broken:
        broken.setattr(AnchorFile, "append", fail)
        with pytest.raises(PowerLost):
            write(committed_world.patient, committed_world.author(), (NOTE,), expected=None)
    anchors = read_anchors(settings.ANCHOR_DIR)[str(stream.pk)]
    report = checked(stream, anchors)
    assert report.bad is None
    assert (report.head.seq, report.anchored) == (stream.head_seq + 1, stream.head_seq)
    write(committed_world.patient, committed_world.author(), (NOTE,), expected=None)
    report = checked(stream, read_anchors(settings.ANCHOR_DIR)[str(stream.pk)])
    assert report.bad is None
    assert report.anchored == report.head.seq
    patient = Patient.objects.get(pk=committed_world.patient.pk)
    assert differences(patient, patient_stream(patient)) == ()


def test_t4_a_crash_in_the_middle_of_the_anchor_leaves_the_others_readable(
    committed_world, settings
) -> None:
    stream = patient_stream(committed_world.patient)
    path = settings.ANCHOR_DIR / ANCHORS
    path.write_bytes(path.read_bytes()[:-20])
    write(committed_world.patient, committed_world.author(), (NOTE,), expected=None)
    report = checked(stream, read_anchors(settings.ANCHOR_DIR)[str(stream.pk)])
    assert report.bad is None
    assert report.anchored == report.head.seq == stream.head_seq + 1


def test_a_projection_never_runs_ahead_of_its_entries(committed_world, monkeypatch) -> None:
    before = Projection.objects.get(patient=committed_world.patient).seq
    with monkeypatch.context() as broken:
        broken.setattr(Stream, "save", fail)
        with pytest.raises(PowerLost):
            write(committed_world.patient, committed_world.author(), (NOTE,), expected=None)
    assert Projection.objects.get(patient=committed_world.patient).seq == before
