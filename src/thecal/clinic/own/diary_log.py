"""The diary in the record: its entries as they stand, for the patient and for the staff.

Kind of entry: `diary.entry`, whose body is `care.own.diary.DiaryEntry` with a sealed note. A
correction is a new entry that `replaces` an older one; both stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, final

from thecal.care.own.diary import DiaryEntry, diary_from_json, flag_words
from thecal.clinic.ledger.due import RED_FLAG
from thecal.clinic.ledger.log import Draft
from thecal.clinic.ledger.projection import REMOVED
from thecal.clinic.ledger.tasks import OPENED
from thecal.clinic.models import SealedText, Stream
from thecal.record.entry import Entry
from thecal.record.fold import effective
from thecal.record.redaction import seal
from thecal.units import show_time

KIND = "diary.entry"


@final
@dataclass(frozen=True, slots=True)
class Kept:
    """An entry of the diary in the record.

    Attributes
    ----------
    note
        Hash of the sealed note; empty where there is none.
    """

    seq: int
    actor: str
    entry: DiaryEntry
    note: str


def diary_of(entries: Sequence[Entry]) -> tuple[Kept, ...]:
    """Return the entries of the diary that stand, by the time that they are about."""
    standing: dict[int, Kept] = {}
    for one in effective(entries):
        if one.entry.kind != KIND or one.body is None:
            continue
        entry = diary_from_json(one.body)
        if entry.replaces is not None:
            standing.pop(entry.replaces, None)
        note = str(one.body.get("sealed", {}).get("note", ""))
        standing[one.entry.seq] = Kept(one.entry.seq, one.entry.actor, entry, note)
    return tuple(sorted(standing.values(), key=lambda one: (one.entry.when, one.seq)))


def diary_drafts(entry: DiaryEntry, note: str, now: datetime) -> tuple[Draft, ...]:
    """Return what is written for an entry; a danger sign comes onto the list of today as well."""
    body: dict[str, Any] = entry.to_json()
    sealed = (seal(note),) if note else ()
    if sealed:
        body["sealed"] = {"note": sealed[0].hash}
    drafts = [Draft(KIND, body, sealed=sealed)]
    if entry.flags:
        signs = flag_words(entry)
        what = (
            f"danger sign in the diary of {show_time(entry.when)}, reported by the {entry.by}:"
            f" {signs.en}. Call the patient"
        )
        drafts.append(Draft(OPENED, {"kind": RED_FLAG, "what": what, "due": now.isoformat()}))
    return tuple(drafts)


def notes_of(stream: Stream, kept: Sequence[Kept]) -> Mapping[int, str]:
    """Return the notes by entry; one that was taken out of the record says so."""
    hashes = {one.note for one in kept if one.note}
    found = SealedText.objects.filter(stream=stream, hash__in=hashes) if hashes else ()
    texts = {one.hash: one.text for one in found}
    return {one.seq: texts.get(one.note, REMOVED) for one in kept if one.note}


def within(kept: Sequence[Kept], now: datetime, span: timedelta) -> tuple[Kept, ...]:
    """Return the entries about the time before now."""
    return tuple(one for one in kept if now - span <= one.entry.when <= now)
