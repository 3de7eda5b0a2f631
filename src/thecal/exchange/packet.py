"""The full packet of a patient: every entry with its hash, and the sealed texts that still exist.

The same record gives the same bytes: canonical JSON, no time of export, sealed texts in the order
of their hashes. A text that was removed stays removed; its hash in the entry shows that it was.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, final

from thecal.exchange.errors import PacketError
from thecal.record.chain import Head, StoredEntry, check_chain
from thecal.record.entry import NO_ENTRY, Entry, canonical_json, entry_of, utc_text
from thecal.record.errors import EntryFormError
from thecal.record.redaction import Sealed

SCHEMA = "thecal.packet/1"
_KEYS = frozenset({"schema", "stream", "head", "entries", "sealed"})
_TEXTS = (
    "stream",
    "utc",
    "pump_time",
    "actor",
    "role",
    "device",
    "kind",
    "reason",
    "previous",
)
_KIND = re.compile(r"[a-z][a-z0-9.-]{0,39}")
_SALT = re.compile(r"[0-9a-f]{1,32}")
_HASH = re.compile(r"[0-9a-f]{64}")
_REMEDY = "ask the clinic that sent it for a fresh packet, and compare the last hash by telephone"


@final
@dataclass(frozen=True, slots=True)
class Packet:
    """A patient's stream as it leaves a clinic.

    Attributes
    ----------
    stream
        Its id, which every entry carries: it stays the same wherever the packet goes.
    entries
        All of them, in order.
    sealed
        Personal texts whose hashes stand in entries, those that were not removed.
    """

    stream: str
    entries: tuple[Entry, ...]
    sealed: tuple[Sealed, ...]

    @property
    def head(self) -> Head:
        """How many entries there are, and the hash of the last."""
        last = self.entries[-1] if self.entries else None
        return Head() if last is None else Head(last.seq, last.hash())


def write_packet(packet: Packet) -> bytes:
    """Return the bytes of a packet; raises `EntryFormError` for what cannot be recorded."""
    value = {
        "schema": SCHEMA,
        "stream": packet.stream,
        "head": {"seq": packet.head.seq, "hash": packet.head.hash},
        "entries": [
            {"entry": json.loads(entry.canonical()), "hash": entry.hash()}
            for entry in packet.entries
        ],
        "sealed": [
            {"hash": one.hash, "salt": one.salt, "text": one.text}
            for one in sorted(packet.sealed, key=lambda one: one.hash)
        ],
    }
    return canonical_json(value).encode("ascii") + b"\n"


def read_packet(data: bytes) -> Packet:
    """Return the packet of a file whose chain holds from the first entry to the last.

    Raises
    ------
    PacketError
        If the file is no packet, an entry is missing, changed or out of order, or a sealed text is
        not the one that an entry names.
    """
    root = _root(data)
    stream = _stream(root["stream"])
    stored = tuple(_stored(stream, index, one) for index, one in enumerate(root["entries"], 1))
    if not stored:
        raise PacketError("the packet holds no entry", remedy=_REMEDY)
    report = check_chain(stream, stored)
    if report.bad is not None:
        raise PacketError(
            f"entry {report.bad.seq} of the packet: {report.bad.what}", remedy=_REMEDY
        )
    head = root["head"]
    if head != {"seq": report.head.seq, "hash": report.head.hash}:
        raise PacketError(
            "the packet does not end with the entry that it names as its last", remedy=_REMEDY
        )
    entries = tuple(entry_of(one.text) for one in stored)
    return Packet(stream, entries, _sealed(root["sealed"], entries))


def named_hashes(entries: tuple[Entry, ...]) -> frozenset[str]:
    """Return every hash that stands in a body: of a sealed text, or of something signed."""
    return frozenset(text for entry in entries for text in _hashes(entry.body))


def _root(data: bytes) -> dict[str, Any]:
    try:
        root = json.loads(data.decode("utf-8"), object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise PacketError("this file is no packet", remedy="choose the JSON file") from None
    if not isinstance(root, dict) or root.get("schema") != SCHEMA:
        raise PacketError(
            f'this file does not say that it is of "{SCHEMA}"', remedy="choose the JSON file"
        )
    lists = isinstance(root.get("entries"), list) and isinstance(root.get("sealed"), list)
    if set(root) != _KEYS or not lists:
        raise PacketError("the packet lacks a part, or has one too many", remedy=_REMEDY)
    return root


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _stream(value: object) -> str:
    try:
        if isinstance(value, str) and str(uuid.UUID(value)) == value:
            return value
    except ValueError:
        pass
    raise PacketError("the packet names no stream", remedy=_REMEDY)


def _stored(stream: str, number: int, value: object) -> StoredEntry:
    if not isinstance(value, Mapping) or set(value) != {"entry", "hash"}:
        raise PacketError(f"entry {number} of the packet has no hash", remedy=_REMEDY)
    try:
        text = canonical_json(value["entry"])
        entry = entry_of(text)
        _check_form(entry)
    except (EntryFormError, ValueError, TypeError, RecursionError) as error:
        why = error.what if isinstance(error, EntryFormError) else str(error)[:80]
        raise PacketError(
            f"entry {number} of the packet cannot be read", why=why, remedy=_REMEDY
        ) from None
    return StoredEntry(stream, entry.seq, text, str(value["hash"]))


def _check_form(entry: Entry) -> None:
    """Refuse what no clinic could have written; raises `ValueError` or `EntryFormError`."""
    wrong = [name for name in _TEXTS if not isinstance(getattr(entry, name), str)]
    wrong += [name for name in ("seq", "monotonic") if type(getattr(entry, name)) is not int]
    wrong += [name for name in ("body", "before") if not isinstance(getattr(entry, name), Mapping)]
    if wrong:
        raise ValueError(f"{wrong[0]} is not what it has to be")
    if utc_text(entry.written) != entry.utc:
        raise ValueError("its time is not written as entries write it")
    if _KIND.fullmatch(entry.kind) is None:
        raise ValueError("its kind is none")
    if _HASH.fullmatch(entry.previous) is None:
        raise ValueError("it names no entry before it")


def _sealed(values: list[object], entries: tuple[Entry, ...]) -> tuple[Sealed, ...]:
    named = named_hashes(entries)
    found: dict[str, Sealed] = {}
    for value in values:
        keys = {"hash", "salt", "text"}
        if (
            not isinstance(value, Mapping)
            or set(value) != keys
            or not all(isinstance(value[key], str) for key in keys)
        ):
            raise PacketError("a sealed text of the packet cannot be read", remedy=_REMEDY)
        one = Sealed(value["salt"], value["text"])
        if _SALT.fullmatch(one.salt) is None or "\0" in one.text:
            raise PacketError("a sealed text of the packet cannot be read", remedy=_REMEDY)
        if one.hash != value["hash"] or one.hash not in named or one.hash in found:
            raise PacketError(
                "a sealed text of the packet is not the one that an entry names", remedy=_REMEDY
            )
        found[one.hash] = one
    return tuple(found[key] for key in sorted(found))


def _hashes(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _hashes(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _hashes(inner)
    elif isinstance(value, str) and value != NO_ENTRY and _HASH.fullmatch(value):
        yield value
