"""The log of a patient: append-only, chained, never two writers over each other."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft, LostUpdateError, patient_stream, read_entries, write
from thecal.clinic.models import EntryRow, Patient, Projection
from thecal.record.chain import StoredEntry, check_chain

NOTE = Draft("therapy.event", {"type": "note", "time": "2026-04-01T10:00:00+01:00", "text": "calm"})


def stored(stream_id: str) -> list[StoredEntry]:
    rows = EntryRow.objects.filter(stream=stream_id).order_by("seq")
    return [StoredEntry(stream_id, row.seq, row.text, row.hash) for row in rows]


@pytest.mark.req("L01")
def test_what_was_written_is_whole_and_says_who_when_and_why(world) -> None:
    write(world.patient, world.author(), (NOTE,), expected=None)
    stream = patient_stream(world.patient)
    assert check_chain(str(stream.pk), stored(str(stream.pk))).bad is None
    last = read_entries(stream)[-1]
    assert (last.actor, last.role, last.kind) == ("physician-1", "physician", "therapy.event")
    assert last.utc.startswith("2026-04-20T09:00:00")


def test_an_entry_can_be_neither_changed_nor_deleted_in_the_database(world) -> None:
    for change in (
        lambda: EntryRow.objects.filter(seq=1).update(kind="x"),
        lambda: EntryRow.objects.filter(seq=1).delete(),
    ):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            change()
    assert connection.vendor in ("sqlite", "postgresql")


def test_a_page_that_is_out_of_date_writes_nothing(world) -> None:
    seen = Chart(Patient.objects.get(pk=world.patient.pk)).seq
    write(world.patient, world.author(), (NOTE,), expected=seen)
    with pytest.raises(LostUpdateError, match="1 entry"):
        write(world.patient, world.author(), (NOTE,), expected=seen)
    assert patient_stream(world.patient).head_seq == seen + 1


def test_entries_that_cannot_be_a_therapy_are_not_written(world) -> None:
    before = patient_stream(world.patient).head_seq
    bad = Draft("therapy.event", {"type": "fill", "time": "2026-04-01T10:00:00+01:00"})
    with pytest.raises(Exception, match="volume"):
        write(world.patient, world.author(), (bad,), expected=None)
    assert patient_stream(world.patient).head_seq == before


def test_the_projection_follows_every_entry(world) -> None:
    write(world.patient, world.author(), (NOTE,), expected=None)
    row = Projection.objects.get(patient=world.patient)
    assert row.seq == patient_stream(world.patient).head_seq
    assert row.name_key == "ada example"
