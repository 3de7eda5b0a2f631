"""Writing to and reading from the streams of the record.

An entry is acknowledged when it is committed and anchored. What is shown is folded before the lock
is taken, so that writers wait for each other only as long as the rows take to write.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, final

from django.conf import settings
from django.db import IntegrityError, transaction

from thecal.clinic import clock
from thecal.clinic.ledger.projector import project, save_projection
from thecal.clinic.models import Clinic, EntryRow, Membership, Patient, SealedText, Stream
from thecal.errors import ThecalError
from thecal.record.anchor import AnchorFile
from thecal.record.entry import Entry, entry_of, utc_text
from thecal.record.redaction import Sealed

_TRIES = 8
_BY_THE_RUN = (Stream.Kind.PATIENT, Stream.Kind.TRAINING)
"""Streams whose entries bear the time of a training run, where one is open."""
_BY_PATIENTS = ("diary.entry", "own.language", "own.card")


class LostUpdateError(ThecalError):
    """Somebody else wrote to this record after the page was opened; nothing was overwritten.

    Attributes
    ----------
    head
        How many entries there are now; None where nobody looked.
    """

    head: int | None = None


@final
@dataclass(frozen=True, slots=True)
class Author:
    """Who writes: login name, role, and the session or machine it comes from."""

    actor: str
    role: str
    device: str

    @classmethod
    def of(cls, member: Membership, device: str) -> Author:
        """Return the author that a member is in a session."""
        return cls(member.user.username, member.role, device)


@final
@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it has a number.

    Attributes
    ----------
    pump_time
        When it happened, on the pump clock; None where no pump is meant.
    sealed
        Personal texts whose hashes stand in the body.
    """

    kind: str
    body: Mapping[str, Any]
    reason: str = ""
    before: Mapping[str, Any] = field(default_factory=dict)
    pump_time: datetime | None = None
    sealed: tuple[Sealed, ...] = ()


def write(
    patient: Patient, author: Author, drafts: Sequence[Draft], *, expected: int | None
) -> tuple[Entry, ...]:
    """Append entries to a patient's stream, all or none, and refold what is shown.

    Parameters
    ----------
    expected
        How many entries the writer had seen; None where nothing seen can be out of date.

    Raises
    ------
    LostUpdateError
        If there are more entries than `expected`.
    ThecalError
        If the entries, with these, cannot be folded: nothing is written then.
    """
    stream = patient_stream(patient)
    return _write(stream, author, drafts, expected, patient)


def write_to_clinic(clinic: Clinic, author: Author, drafts: Sequence[Draft]) -> tuple[Entry, ...]:
    """Append entries to the clinic's own stream: logins, people, settings."""
    stream, _ = Stream.objects.get_or_create(kind=Stream.Kind.CLINIC, clinic=clinic, patient=None)
    return _write(stream, author, drafts, None, None)


def write_access(
    patient: Patient, author: Author, body: Mapping[str, Any], reason: str = ""
) -> None:
    """Note that somebody opened a patient's record."""
    stream, _ = Stream.objects.get_or_create(
        kind=Stream.Kind.ACCESS, clinic_id=patient.clinic_id, patient=patient
    )
    _write(stream, author, (Draft("access", body, reason),), None, None)


def write_to_training(patient: Patient, author: Author, drafts: Sequence[Draft]) -> None:
    """Append entries to the training stream of a run: never part of the learner's record."""
    _write(training_stream(patient), author, drafts, None, None)


def training_stream(patient: Patient) -> Stream:
    """Return the training stream of a run."""
    stream, _ = Stream.objects.get_or_create(
        kind=Stream.Kind.TRAINING, clinic_id=patient.clinic_id, patient=patient
    )
    return stream


def patient_stream(patient: Patient) -> Stream:
    """Return the stream of a patient as it stands now."""
    stream, _ = Stream.objects.get_or_create(
        kind=Stream.Kind.PATIENT, clinic_id=patient.clinic_id, patient=patient
    )
    return stream


def read_entries(stream: Stream, after: int = 0) -> tuple[Entry, ...]:
    """Return the entries of a stream in order, those after a number."""
    texts = (
        EntryRow.objects.filter(stream=stream, seq__gt=after)
        .order_by("seq")
        .values_list("text", flat=True)
    )
    return tuple(entry_of(text) for text in texts)


def _write(
    stream: Stream,
    author: Author,
    drafts: Sequence[Draft],
    expected: int | None,
    patient: Patient | None,
) -> tuple[Entry, ...]:
    for _ in range(_TRIES):
        if expected is not None and _others_wrote(stream, expected):
            raise _lost(stream.head_seq, expected)
        entries = _numbered(stream, author, drafts)
        sealed = tuple(one for draft in drafts for one in draft.sealed)
        projected = None if patient is None else project(patient, stream, entries, sealed)
        try:
            if _stored(stream, entries, sealed, projected):
                return entries
        except IntegrityError:
            # Another writer took the number between our look and our lock: look again.
            pass
        stream = Stream.objects.get(pk=stream.pk)
    raise LostUpdateError(
        "the record is being written to without a pause", remedy="try again in a moment"
    )


def _others_wrote(stream: Stream, expected: int) -> bool:
    """Return whether anything was added that somebody who decides has to read first.

    What patients write by themselves into their diary changes no therapy: it never keeps a clinic
    from its work. A danger sign in it opens a task, and that counts.
    """
    if stream.head_seq == expected:
        return False
    added = EntryRow.objects.filter(stream=stream, seq__gt=expected, seq__lte=stream.head_seq)
    return expected > stream.head_seq or added.exclude(kind__in=_BY_PATIENTS).exists()


def _lost(head: int, expected: int) -> LostUpdateError:
    entries = head - expected
    lost = LostUpdateError(
        f"somebody else wrote {entries} {'entry' if entries == 1 else 'entries'} to this record"
        " after you opened this page",
        why="nothing of theirs and nothing of yours was overwritten",
        remedy="read what is new, then decide again",
    )
    lost.head = head
    return lost


def anchor_rows(stream: Stream, rows: Sequence[EntryRow], *, durable: bool) -> None:
    """Keep the heads of rows outside the database; raises `AnchorError`."""
    heads = [(str(stream.pk), row.seq, row.hash, utc_text(row.utc)) for row in rows]
    _anchors().append(heads, durable=durable)


def _numbered(stream: Stream, author: Author, drafts: Sequence[Draft]) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    seq, previous = stream.head_seq, stream.head_hash
    for draft in drafts:
        seq += 1
        entry = Entry(
            stream=str(stream.pk),
            seq=seq,
            utc=utc_text(clock.now() if stream.kind in _BY_THE_RUN else clock.real()),
            monotonic=clock.monotonic(),
            pump_time="" if draft.pump_time is None else draft.pump_time.isoformat(),
            actor=author.actor,
            role=author.role,
            device=author.device,
            kind=draft.kind,
            body=draft.body,
            before=draft.before,
            reason=draft.reason,
            previous=previous,
        )
        previous = entry.hash()
        entries.append(entry)
    return tuple(entries)


def _stored(
    stream: Stream, entries: tuple[Entry, ...], sealed: tuple[Sealed, ...], projected: Any
) -> bool:
    """Write the rows under the stream's lock; False where somebody was faster."""
    with transaction.atomic():
        locked = Stream.objects.select_for_update().get(pk=stream.pk)
        if locked.head_seq != stream.head_seq:
            return False
        rows = [
            EntryRow(
                stream=locked,
                seq=entry.seq,
                kind=entry.kind,
                utc=entry.written,
                text=entry.canonical(),
                hash=entry.hash(),
            )
            for entry in entries
        ]
        EntryRow.objects.bulk_create(rows)
        SealedText.objects.bulk_create(
            SealedText(hash=one.hash, stream=locked, salt=one.salt, text=one.text) for one in sealed
        )
        locked.head_seq, locked.head_hash = rows[-1].seq, rows[-1].hash
        locked.save(update_fields=["head_seq", "head_hash"])
        if projected is not None:
            save_projection(projected)
        durable = locked.kind != Stream.Kind.ACCESS
        transaction.on_commit(lambda: anchor_rows(locked, rows, durable=durable))
    return True


def forget_anchors() -> None:
    """Look again where the anchors lie: their folder or their key is another one now."""
    _anchors.cache_clear()


@functools.cache
def _anchors() -> AnchorFile:
    return AnchorFile(settings.ANCHOR_DIR, settings.ANCHOR_KEY_DIR)
