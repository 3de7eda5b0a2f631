"""T3 of standards.md 6.4: two writers never fork a chain and never write over each other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from together import at_once

from thecal.clinic.ledger.log import Draft, LostUpdateError, patient_stream, write, write_to_clinic
from thecal.clinic.models import Clinic, EntryRow, Patient, Projection, Role, Stream
from thecal.clinic.operations.rebuilding import differences
from thecal.record.anchor import read_anchors
from thecal.record.chain import StoredEntry, check_chain

_EACH = 6


def note(words: str) -> Draft:
    body = {"type": "note", "time": "2026-04-01T10:00:00+01:00", "text": words}
    return Draft("therapy.event", body)


def assert_whole(stream: Stream, anchors: dict[int, str]) -> None:
    rows = EntryRow.objects.filter(stream=stream).order_by("seq")
    stored = [StoredEntry(str(stream.pk), row.seq, row.text, row.hash) for row in rows]
    report = check_chain(str(stream.pk), stored, anchors)
    assert report.bad is None
    assert (report.head.seq, report.head.hash) == (stream.head_seq, stream.head_hash)
    assert report.anchored == stream.head_seq


@pytest.mark.req("L01")
def test_t3_writers_who_saw_nothing_all_get_their_place(committed_world, settings) -> None:
    patient, author = committed_world.patient, committed_world.author()
    before = patient_stream(patient).head_seq

    def writer(name: str) -> Callable[[], None]:
        def work() -> None:
            for number in range(_EACH):
                write(patient, author, (note(f"{name}{number}"),), expected=None)

        return work

    at_once(writer("a"), writer("b"))
    stream = patient_stream(patient)
    assert stream.head_seq == before + 2 * _EACH
    assert_whole(stream, read_anchors(settings.ANCHOR_DIR)[str(stream.pk)])
    assert differences(Patient.objects.get(pk=patient.pk), stream) == ()
    assert Projection.objects.get(patient=patient).seq == stream.head_seq


@pytest.mark.req("L01")
def test_t3_of_writers_who_saw_the_same_one_wins_and_the_others_are_told(
    committed_world, settings
) -> None:
    patient = committed_world.patient
    seen = patient_stream(patient).head_seq
    outcomes: list[str] = []

    def work() -> None:
        try:
            write(patient, committed_world.author(), (note("mine"), note("also")), expected=seen)
            outcomes.append("written")
        except LostUpdateError:
            outcomes.append("told")

    at_once(*[work] * 4)
    assert sorted(outcomes) == ["told", "told", "told", "written"]
    stream = patient_stream(patient)
    assert stream.head_seq == seen + 2
    assert_whole(stream, read_anchors(settings.ANCHOR_DIR)[str(stream.pk)])


def test_t3_the_first_entries_of_a_stream_make_one_stream(committed_world, settings) -> None:
    clinic = Clinic.objects.create(name="New Clinic")
    author = committed_world.author(Role.ADMINISTRATOR)
    at_once(*[lambda: write_to_clinic(clinic, author, (Draft("people.added", {}),))] * 4)
    (stream,) = Stream.objects.filter(clinic=clinic)
    assert stream.head_seq == 4
    assert_whole(stream, read_anchors(settings.ANCHOR_DIR)[str(stream.pk)])
