"""What must hold after a server was killed, asked of the database itself.

Import it after Django is set up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from kill_writers import Writer

from thecal.clinic.models import EntryRow, Patient, Stream
from thecal.clinic.operations.rebuilding import differences
from thecal.record.chain import StoredEntry, check_chain
from thecal.record.entry import Entry, entry_of

Anchors = Mapping[str, Mapping[int, str]]


def faults(writers: Iterable[Writer], anchors: Anchors) -> list[str]:
    """Return what is wrong with the records that the writers write to; nothing where all holds."""
    found: list[str] = []
    for writer in writers:
        patient = Patient.objects.get(pk=writer.patient)
        for stream in Stream.objects.filter(patient=patient):
            found += _chain_faults(stream, anchors.get(str(stream.pk), {}))
        stream = Stream.objects.get(patient=patient, kind=Stream.Kind.PATIENT)
        found += _note_faults(writer, _entries(stream))
        differs = differences(patient, stream)
        found += [f"{writer.name}: {name} is not what the log gives" for name in differs]
    return found


def found_of(writers: Iterable[Writer]) -> int:
    """Return how many notes whose answer never came are there all the same."""
    count = 0
    for writer in writers:
        streams = Stream.objects.filter(kind=Stream.Kind.PATIENT, patient_id=writer.patient)
        there = set(_words(_entries(streams.get())))
        count += sum(words in there for words in writer.unanswered)
    return count


def _chain_faults(stream: Stream, anchors: Mapping[int, str]) -> Iterator[str]:
    rows = EntryRow.objects.filter(stream=stream).order_by("seq")
    stored = [StoredEntry(str(stream.pk), row.seq, row.text, row.hash) for row in rows]
    report = check_chain(str(stream.pk), stored, anchors)
    if report.bad is not None:
        yield f"{stream.kind} stream, entry {report.bad.seq}: {report.bad.what}"
    if (report.head.seq, report.head.hash) != (stream.head_seq, stream.head_hash):
        yield f"{stream.kind} stream: its head is not its last entry"


def _note_faults(writer: Writer, entries: tuple[Entry, ...]) -> Iterator[str]:
    words = _words(entries)
    for one in writer.stored:
        if one not in words:
            yield f"{one}: acknowledged and not there"
    if len(set(words)) != len(words):
        yield f"{writer.name}: a note is there twice"
    for entry, after in zip(entries, [*entries[1:], None], strict=True):
        if entry.body.get("type") == "note" and entry.body["text"] in words:
            paired = after is not None and after.body.get("type") == "observe"
            if not paired:
                yield f"{entry.body['text']}: half of it is there"


def _words(entries: tuple[Entry, ...]) -> list[str]:
    marked = " writes note "
    return [
        entry.body["text"]
        for entry in entries
        if entry.body.get("type") == "note" and marked in entry.body["text"]
    ]


def _entries(stream: Stream) -> tuple[Entry, ...]:
    rows = EntryRow.objects.filter(stream=stream).order_by("seq").values_list("text", flat=True)
    return tuple(entry_of(text) for text in rows)
