"""Drafts and orders of programs in the record.

Kinds of entries
----------------
`draft.program`
    `typed` (what stands in the fields), `running` (hash of the program that ran when the pump was
    read), `reading` (number of that reading).
`draft.discarded`
    `draft`, `lost` (the lines that were lost).
`order.program`
    A draft that a prescriber signed: `draft`, `event` (without its time), `running`, `command`,
    `ticked`, `answers`, `solution`, `second` (why a second person is wanted; empty: none is).
`order.single`
    A bolus or the resumption of a stopped program, signed: `command`, `event`.
`order.withdrawn`
    `order`.
`order.single`
    A resume or a clinician's bolus that a prescriber signed: `command`, `event`.
`programming.closed`
    The end of a session at the pump: `standing` (why it gives no therapy; empty where it does).
`stop.reason`
    `command`; the reason is the entry's: it is asked after the stop, never before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import final

from thecal.care.programming.rules import within
from thecal.clinic.pumps.telemetry import COMMAND, UNKNOWN, last_reading
from thecal.record.entry import Entry

DRAFT, DISCARDED = "draft.program", "draft.discarded"
ORDERED, WITHDRAWN = "order.program", "order.withdrawn"
ORDERED_SINGLE = "order.single"
CLOSED, STOP_REASON = "programming.closed", "stop.reason"


@final
@dataclass(frozen=True, slots=True)
class Standing:
    """How far a program change has come.

    Attributes
    ----------
    reading
        The newest reading of the pump that may still be built upon; None: read it first.
    draft, order
        What is drafted, or signed and not yet written to the pump.
    lapsed
        The draft that nobody touched for too long.
    """

    reading: Entry | None
    draft: Entry | None
    order: Entry | None
    lapsed: Entry | None


def standing(entries: Sequence[Entry], now: datetime) -> Standing:
    """Return how far a program change of a patient has come."""
    draft: Entry | None = None
    order: Entry | None = None
    closed = 0
    for entry in entries:
        if entry.kind == DRAFT:
            draft, order = entry, None
        elif entry.kind == ORDERED:
            draft, order = None, entry
        elif entry.kind in (DISCARDED, WITHDRAWN):
            draft = order = None
        elif entry.kind == CLOSED:
            draft, order, closed = None, None, entry.seq
        elif entry.kind == COMMAND and order is not None:
            ended = entry.body["outcome"] != UNKNOWN
            if ended and entry.body["command"] == order.body["command"]:
                order = None
    read = last_reading(entries)
    if read is not None and (
        read.seq < closed or now - read.written > within("U03", "reading-lasts")
    ):
        read = None
    lapsed = draft is not None and now - draft.written > within("U02", "draft-kept")
    return Standing(read, None if lapsed else draft, order, draft if lapsed else None)
