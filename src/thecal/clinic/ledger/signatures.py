"""What a signature in a stream signs: it names each entry by a hash over stream, kind and body.

So it fits nothing else, and one that was copied from another stream is told.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from thecal.record.entry import Entry, canonical_json

SIGNATURE = "signature"


def digest(stream: object, kind: str, body: Mapping[str, Any]) -> str:
    """Return the hash by which a signature names what it signs."""
    text = canonical_json({"stream": str(stream), "kind": kind, "body": body})
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def unfitting(entries: Iterable[Entry]) -> tuple[int, ...]:
    """Return the numbers of signatures that name something that is not in their stream."""
    known: set[str] = set()
    signatures: list[Entry] = []
    for entry in entries:
        if entry.kind == SIGNATURE:
            signatures.append(entry)
        else:
            known.add(digest(entry.stream, entry.kind, entry.body))
    return tuple(
        entry.seq
        for entry in signatures
        if not all(one["sha256"] in known for one in entry.body["of"])
    )


def signed_by(entries: Iterable[Entry], entry: Entry) -> tuple[Entry, ...]:
    """Return the signatures of an entry."""
    signed = digest(entry.stream, entry.kind, entry.body)
    return tuple(
        one
        for one in entries
        if one.kind == SIGNATURE and any(named["sha256"] == signed for named in one.body["of"])
    )
