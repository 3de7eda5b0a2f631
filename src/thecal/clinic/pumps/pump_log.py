"""What the record says of orders to a pump: given, done, refused, or not known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, final

from thecal.clinic import clock
from thecal.clinic.ledger.log import Author, Draft
from thecal.clinic.ledger.tasks import OPENED
from thecal.clinic.pumps.virtual_pump import COMMAND
from thecal.link.messages import new_command
from thecal.program.clock import Instant
from thecal.record.entry import Entry
from thecal.record.fold import EVENT, event_body, read_event
from thecal.safety.finding import Finding
from thecal.therapy.events import Event, Override, Therapy

ORDER = "pump.order"
DONE, REFUSED, UNKNOWN = "done", "refused", "unknown"
UNKNOWN_TASK = "pump-outcome-unknown"
NOT_STOPPED_TASK = "pump-never-stopped"
_LOWERING = ("stop", "minimum-rate")


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Who orders, and upon what it was decided.

    Attributes
    ----------
    command
        Id of the order: sent twice, it is done once.
    expected
        How many entries the person had seen; None: nothing seen can be out of date.
    running
        Hash of the program that the person saw running; None: whatever runs.
    overrides
        Answers to soft findings.
    planned
        What the visit does right after it; it is reviewed with it.
    visit
        Number of the entry that began the refill visit it belongs to; None: it belongs to none.
    """

    author: Author
    command: str = field(default_factory=new_command)
    expected: int | None = None
    running: str | None = None
    reason: str = ""
    overrides: tuple[Override, ...] = ()
    planned: tuple[Event, ...] = ()
    visit: int | None = None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an order.

    Attributes
    ----------
    reading
        How the pump stood after it, as the record keeps it; None where it could not be read.
    findings
        What the review said of it, and where pump and record differ.
    repeated
        The order had been done before: nothing was done now.
    unwritten
        Why what the pump did could not be written down; empty where it was.
    """

    command: str
    what: str
    outcome: str
    why: str = ""
    reading: Mapping[str, Any] | None = None
    findings: tuple[Finding, ...] = ()
    repeated: bool = False
    unwritten: str = ""

    @property
    def done(self) -> bool:
        """Whether the pump did it."""
        return self.outcome == DONE


def outcome_of(entries: Iterable[Entry], command: str) -> Outcome | None:
    """Return what became of an order; None where it was never given or nobody knows yet."""
    found: Outcome | None = None
    for entry in entries:
        if entry.kind == COMMAND and entry.body["command"] == command:
            found = Outcome(
                command=command,
                what=str(entry.body["what"]),
                outcome=str(entry.body["outcome"]),
                why=str(entry.body["why"]),
                reading=entry.body["read_back"],
            )
    return found


def unsettled(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Return the orders whose outcome nobody knows, the oldest first."""
    waiting: dict[str, Entry] = {}
    for entry in entries:
        if entry.kind == ORDER:
            waiting[str(entry.body["command"])] = entry
        elif entry.kind == COMMAND and entry.body["outcome"] != UNKNOWN:
            waiting.pop(str(entry.body["command"]), None)
    return tuple(waiting.values())


def last_reading(entries: Sequence[Entry]) -> Entry | None:
    """Return the entry with the newest reading of the pump; None: it was never read."""
    for entry in reversed(entries):
        if entry.kind == COMMAND and entry.body["read_back"] is not None:
            return entry
    return None


def order_of(entries: Iterable[Entry], command: str) -> Entry | None:
    """Return the entry by which a command was ordered; None where it never was."""
    orders = (one for one in entries if one.kind == ORDER and one.body["command"] == command)
    return next(orders, None)


def same_order(entry: Entry, what: str, event: Event | None) -> bool:
    """Return whether an entry orders the same thing, whenever and with whatever answers."""
    return entry.body["what"] == what and _meant(entry.body["event"]) == _meant(
        None if event is None else event_body(event)
    )


def _meant(body: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if body is None:
        return None
    return {name: value for name, value in body.items() if name not in ("time", "override")}


def still_holds(entries: Iterable[Entry], command: str) -> bool:
    """Return whether no event was told of the therapy after that of a command."""
    told = 0
    for entry in entries:
        if entry.kind == COMMAND and entry.body["command"] == command:
            told = entry.seq + 1
        elif entry.kind == EVENT and entry.seq > told:
            told = 0
    return bool(told)


def settlement(order: Entry, time: Instant | None, therapy: Therapy) -> list[Draft]:
    """Return the entries that settle an order; `time` None: the pump never did it."""
    table = order.body["event"]
    body = {
        "command": order.body["command"],
        "what": order.body["what"],
        "outcome": REFUSED if time is None else DONE,
        "why": "settled from the pump's log",
        "event": time is not None and table is not None,
        "read_back": None,
    }
    drafts = [Draft(COMMAND, body)]
    if time is None and order.body["what"] in _LOWERING:
        words = f"the {order.body['what']} that was ordered was never done: do it, or say why not"
        due = clock.now().isoformat()
        drafts.append(Draft(OPENED, {"kind": NOT_STOPPED_TASK, "what": words, "due": due}))
    if time is not None and table is not None:
        event = replace(read_event(table, therapy), time=therapy.moment(time))
        drafts.append(Draft(EVENT, event_body(event), pump_time=event.time))
    return drafts
