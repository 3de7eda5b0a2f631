"""One entry of the record: who wrote what, when, why, and the hash of the entry before it.

Its bytes are canonical JSON without floats (standards.md 6.4), so that the same entry has the same
hash on every machine and in every database.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, final

from thecal.record.errors import EntryFormError

NO_ENTRY = "0" * 64
"""What the first entry of a stream names as the one before it."""


@final
@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a stream.

    Attributes
    ----------
    stream
        Whose record it is: a patient's, the accesses to it, or the clinic's own.
    seq
        Counts from 1 without a gap; it, not the clock, gives the order.
    utc
        When it was written, ISO 8601 in UTC to the microsecond.
    monotonic
        Nanoseconds of a clock that never goes back, of the machine that wrote it.
    pump_time
        When it happened on the pump's clock, with its offset; empty where no pump is meant.
    actor, role, device
        Who, in which role, from which session.
    kind
        What sort of entry, as in `therapy.event`.
    body
        What it says: texts, whole numbers, flags, lists and tables of these.
    before
        What stood there until now, where something is replaced; else empty.
    reason
        Why, in the person's words; may be empty where nothing asks for one.
    previous
        Hash of the entry before.
    """

    stream: str
    seq: int
    utc: str
    monotonic: int
    pump_time: str
    actor: str
    role: str
    device: str
    kind: str
    body: Mapping[str, Any]
    before: Mapping[str, Any]
    reason: str
    previous: str

    def canonical(self) -> str:
        """Return the one text that the hash is taken of; raises `EntryFormError`."""
        return canonical_json({name: getattr(self, name) for name in self.__slots__})

    def hash(self) -> str:
        """Return the hash that the next entry names; raises `EntryFormError`."""
        return hashlib.sha256(self.canonical().encode("ascii")).hexdigest()

    @property
    def written(self) -> datetime:
        """When it was written."""
        return datetime.fromisoformat(self.utc)


FIELDS = Entry.__slots__


def utc_text(moment: datetime) -> str:
    """Return a moment as entries write it; raises `EntryFormError` without an offset."""
    if moment.tzinfo is None:
        raise EntryFormError("a time without an offset cannot be recorded")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def entry_of(text: str) -> Entry:
    """Return the entry of its canonical text; raises `EntryFormError`."""
    try:
        values = json.loads(text, parse_float=_refuse, parse_constant=_refuse)
        return Entry(**values)
    except (TypeError, ValueError) as error:
        raise EntryFormError("this is no entry of a record", why=str(error)[:80]) from None


def canonical_json(value: object) -> str:
    """Return the one text of a JSON value: sorted keys, no spaces, ASCII, no floats.

    Raises
    ------
    EntryFormError
        If the value holds a float, a key that is no text, or anything JSON has no word for.
    """
    _check(value, "")
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _check(value: object, place: str) -> None:
    if value is None or isinstance(value, str | bool | int):
        return
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise EntryFormError(f"the key {key!r} is no text", place=place)
            _check(inner, f"{place}.{key}" if place else key)
        return
    if isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            _check(inner, f"{place}[{index}]")
        return
    raise EntryFormError(
        f"a {type(value).__name__} cannot be recorded",
        remedy="write figures as text with their unit",
        place=place,
    )


def _refuse(text: str) -> object:
    raise ValueError(f"{text[:20]} is no exact number")
