"""Whether the log proves that a program was ordered, written to the pump and read back.

Such a change is all that F6 holds: who ordered and signed, who did it, old and new, what the pump
showed afterwards. It counts as the form, so that nobody types it a second time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, final

from thecal.clinic.ledger.signatures import signed_by
from thecal.clinic.programs.drafts import ORDERED
from thecal.clinic.pumps.telemetry import COMMAND, DONE, MANUAL, ORDER
from thecal.record.entry import Entry
from thecal.record.fold import EVENT, effective

SESSION_REPORT = "F6"
_PROGRAM = "program"
_VISIT_CLOSED = "visit.closed"


@final
@dataclass(frozen=True, slots=True)
class Proof:
    """A program that stands in the pump.

    Attributes
    ----------
    told
        The entry of the therapy event.
    signed_by
        Names of who signed it, its order, or the visit it belongs to.
    """

    told: Entry
    signed_by: tuple[str, ...]


def program_proved(entries: Sequence[Entry], since: datetime) -> bool:
    """Return whether a program was signed, done and read back since then, and still stands."""
    return any(one.told.written >= since for one in proofs(entries))


def proofs(entries: Sequence[Entry]) -> tuple[Proof, ...]:
    """Return the programs that were signed, done and read back, and still stand, in order.

    By telemetry: the order is signed, or the refill visit that it belongs to, and the pump was
    read after it. By hand: the entry that tells what the programmer showed is signed.
    """
    return tuple(_proofs(entries))


def _proofs(entries: Sequence[Entry]) -> Iterator[Proof]:
    signed = dict(_signed_commands(entries))
    before: Entry | None = None
    for one in effective(entries):
        told, entry = one.body, one.entry
        if entry.kind == EVENT and told is not None and before is not None:
            names: tuple[str, ...] = ()
            if told["type"] == _PROGRAM and before.kind == COMMAND and _read_back(before.body):
                names = signed.get(str(before.body["command"]), ())
            elif told["type"] == _PROGRAM and before.kind == MANUAL:
                names = _names(entries, entry)
            if names:
                yield Proof(entry, names)
        before = entry


def _names(entries: Sequence[Entry], entry: Entry) -> tuple[str, ...]:
    return tuple(str(one.body["name"]) for one in signed_by(entries, entry))


def _read_back(command: Mapping[str, Any]) -> bool:
    return command["outcome"] == DONE and command["read_back"] is not None


def _signed_commands(entries: Sequence[Entry]) -> Iterator[tuple[str, tuple[str, ...]]]:
    closed = {
        one.body["visit"]: _names(entries, one) for one in entries if one.kind == _VISIT_CLOSED
    }
    for one in entries:
        names: tuple[str, ...] = ()
        if one.kind == ORDER:
            names = closed.get(one.body.get("visit"), ())
        elif one.kind == ORDERED:
            names = _names(entries, one)
        if names:
            yield str(one.body["command"]), names
