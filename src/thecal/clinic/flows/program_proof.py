"""Whether the log proves that a program was ordered, written to the pump and read back.

Such a change is all that F6 holds: who ordered and signed, who did it, old and new, what the pump
showed afterwards. It counts as the form, so that nobody types it a second time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from thecal.clinic.ledger.signatures import signed_by
from thecal.clinic.programs.drafts import ORDERED
from thecal.clinic.pumps.telemetry import COMMAND, DONE, MANUAL, ORDER
from thecal.record.entry import Entry
from thecal.record.fold import EVENT, effective

SESSION_REPORT = "F6"
_PROGRAM = "program"
_VISIT_CLOSED = "visit.closed"


def program_proved(entries: Sequence[Entry], since: datetime) -> bool:
    """Return whether a program was signed, done and read back since then, and still stands.

    By telemetry: the order is signed, or the refill visit that it belongs to, and the pump was
    read after it. By hand: the entry that tells what the programmer showed is signed.
    """
    return any(one.written >= since for one in _proved(entries))


def _proved(entries: Sequence[Entry]) -> Iterator[Entry]:
    signed = frozenset(_signed_commands(entries))
    before: Entry | None = None
    for one in effective(entries):
        told, entry = one.body, one.entry
        if entry.kind == EVENT and told is not None and before is not None:
            by_link = before.kind == COMMAND and _read_back(before.body, signed)
            by_hand = before.kind == MANUAL and bool(signed_by(entries, entry))
            if told["type"] == _PROGRAM and (by_link or by_hand):
                yield entry
        before = entry


def _read_back(command: Mapping[str, Any], signed: frozenset[str]) -> bool:
    return (
        command["outcome"] == DONE
        and command["read_back"] is not None
        and command["command"] in signed
    )


def _signed_commands(entries: Sequence[Entry]) -> Iterator[str]:
    closed = {
        one.body["visit"]
        for one in entries
        if one.kind == _VISIT_CLOSED and signed_by(entries, one)
    }
    for one in entries:
        in_visit = one.kind == ORDER and one.body.get("visit") in closed
        if in_visit or (one.kind == ORDERED and signed_by(entries, one)):
            yield str(one.body["command"])
