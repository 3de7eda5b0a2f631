"""What a visit said to the pump by telemetry, told by the record; or why it goes on by hand.

Kinds of entries
----------------
`visit.by-hand`
    `visit`; the reason is the entry's. From here on readings and settings are typed, until the
    pump is read again.

The orders of a visit are the entries of `thecal.clinic.pumps.telemetry` that name it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, final

from thecal.clinic.pumps.pump_log import DONE, ORDER, UNKNOWN
from thecal.clinic.pumps.virtual_pump import COMMAND
from thecal.record.entry import Entry
from thecal.record.fold import effective, read_event
from thecal.therapy.events import Event, Therapy

BY_HAND = "visit.by-hand"
READ = "interrogate"
WRITTEN = ("fill", "prime", "program")
"""What a refill writes to a pump, in the order in which the pump takes it."""


@final
@dataclass(frozen=True, slots=True)
class Talked:
    """One order of a visit, and what became of it.

    Attributes
    ----------
    outcome
        `done`, `refused` or `unknown`; an order without an answer is unknown.
    reading
        How the pump stood after it; None where it was not read.
    event
        The therapy event that the pump's answer wrote; None where there is none.
    """

    command: str
    what: str
    outcome: str
    why: str
    reading: Mapping[str, Any] | None
    event: Event | None


@final
@dataclass(frozen=True, slots=True)
class Talks:
    """All that a visit said to the pump.

    Attributes
    ----------
    orders
        The oldest first.
    read
        The newest reading that step 1 and 4 rest on; None: the pump was not read.
    by_hand
        Why it goes on by hand; empty where it does not.
    """

    orders: tuple[Talked, ...]
    read: Talked | None
    by_hand: str

    @property
    def events(self) -> tuple[Event, ...]:
        """What the pump did at this visit, as its answers wrote it to the therapy."""
        return tuple(
            one.event for one in self.orders if one.event is not None and one.what in WRITTEN
        )

    @property
    def unknown(self) -> tuple[Talked, ...]:
        """Writes of which nobody knows whether the pump did them."""
        return tuple(one for one in self.orders if one.outcome == UNKNOWN and one.what in WRITTEN)

    def last(self, what: str) -> Talked | None:
        """Return the newest order of a kind; None where there was none."""
        return next((one for one in reversed(self.orders) if one.what == what), None)


def talks_of(entries: Iterable[Entry], visit: int, therapy: Therapy) -> Talks:
    """Return what the visit that entry `visit` began said to its pump."""
    orders: dict[str, Entry] = {}
    answers: dict[str, Entry] = {}
    bodies: dict[int, Mapping[str, Any] | None] = {}
    by_hand, hand_seq = "", 0
    for one in effective(entries):
        entry = one.entry
        bodies[entry.seq] = one.body
        if entry.kind == ORDER and entry.body.get("visit") == visit:
            orders[entry.body["command"]] = entry
        elif entry.kind == COMMAND and entry.body["command"] in orders:
            answers[entry.body["command"]] = entry
        elif entry.kind == BY_HAND and entry.body["visit"] == visit:
            by_hand, hand_seq = entry.reason, entry.seq
    told = tuple(
        _talked(order, answers.get(command), bodies, therapy) for command, order in orders.items()
    )
    read = next((one for one in reversed(told) if one.what == READ and one.outcome == DONE), None)
    if read is not None and answers[read.command].seq > hand_seq:
        by_hand = ""
    return Talks(told, read, by_hand)


def _talked(
    order: Entry,
    answer: Entry | None,
    bodies: Mapping[int, Mapping[str, Any] | None],
    therapy: Therapy,
) -> Talked:
    command, what = str(order.body["command"]), str(order.body["what"])
    if answer is None:
        return Talked(command, what, UNKNOWN, "no answer was written down", None, None)
    told = answer.body
    body = bodies.get(answer.seq + 1) if told["event"] else None
    event = None if body is None else read_event(body, therapy)
    return Talked(command, what, str(told["outcome"]), str(told["why"]), told["read_back"], event)
