"""Whether the pump's own log and the record tell of the same commands (standards.md 6.4, T8).

The record writes `pump.order` with the command's id before anything is sent and `pump.command`
after it: `{"command": id, "what": words, "outcome": "done" | "refused" | "unknown", ...}`. The last
entry of an id holds; an order without any is one whose outcome nobody knows. A reading (`what` is
"interrogate") changes nothing, and the pump's log tells it without an id: it is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import final

from thecal.link import journal
from thecal.link.keys import Role
from thecal.record.entry import Entry
from thecal.record.errors import FoldError
from thecal.record.fold import effective

ORDER, COMMAND = "pump.order", "pump.command"
DONE, REFUSED, UNKNOWN = "done", "refused", "unknown"
_OUTCOMES = frozenset({DONE, REFUSED, UNKNOWN})
_NOT_DONE = frozenset({"update-begun", "update-dropped", "update-aborted"})
_REFUSED_END = "-refused"
_READING = "interrogate"


@final
@dataclass(frozen=True, slots=True)
class Discrepancy:
    """A command on which pump and record do not agree."""

    command: str
    what: str


@final
@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The comparison of both logs.

    Attributes
    ----------
    agreed
        Commands on which both agree.
    discrepancies
        Those on which they do not.
    too_old
        Commands of the record from before the oldest entry that the pump still keeps.
    """

    agreed: tuple[str, ...]
    discrepancies: tuple[Discrepancy, ...]
    too_old: tuple[str, ...]


def reconcile(pump_log: Sequence[journal.Entry], entries: Iterable[Entry]) -> Reconciliation:
    """Return where a pump's log and the entries of its patient agree.

    Parameters
    ----------
    pump_log
        What the pump still keeps, in order.
    entries
        Of the patient's record while this pump was implanted.

    Raises
    ------
    FoldError
        If an entry of a command has no id or an outcome that is none.
    """
    told = _told_by_record(entries)
    done = _done_by_pump(pump_log)
    agreed: list[str] = []
    too_old: list[str] = []
    differing: list[Discrepancy] = []
    for command in dict.fromkeys([*told, *done]):
        outcome, entry = told.get(command, ("", None))
        if outcome == DONE and command not in done and _is_older(entry, pump_log):
            too_old.append(command)
            continue
        what = _difference(outcome, command in done)
        if what:
            differing.append(Discrepancy(command, what))
        else:
            agreed.append(command)
    return Reconciliation(tuple(agreed), tuple(differing), tuple(too_old))


def _difference(outcome: str, done: bool) -> str:
    if not outcome:
        return "the pump did it, and the record does not know of it"
    if outcome == UNKNOWN:
        it = "the pump did it" if done else "the pump's log does not have it as done"
        return f"the record does not know what became of it; {it}"
    if outcome == DONE and not done:
        return "the record says that it was done, and the pump's log does not have it"
    if outcome == REFUSED and done:
        return "the record says that it was refused, and the pump did it"
    return ""


def _told_by_record(entries: Iterable[Entry]) -> Mapping[str, tuple[str, Entry]]:
    told: dict[str, tuple[str, Entry]] = {}
    for one in effective(entries):
        if one.entry.kind not in (ORDER, COMMAND) or one.body is None:
            continue
        if one.body.get("what") == _READING:
            continue
        command = one.body.get("command")
        outcome = one.body.get("outcome") if one.entry.kind == COMMAND else UNKNOWN
        if not isinstance(command, str) or not command or outcome not in _OUTCOMES:
            raise FoldError(
                f"entry {one.entry.seq} tells of a command without its id or outcome",
                remedy="correct the entry from the pump's log",
            )
        told[command] = (str(outcome), one.entry)
    return told


def _done_by_pump(pump_log: Iterable[journal.Entry]) -> Mapping[str, journal.Entry]:
    return {
        one.command: one
        for one in pump_log
        if one.command
        # A patient's presses reach the record by interrogation, not as commands of the clinic.
        and one.role != Role.PATIENT
        and one.kind not in _NOT_DONE
        and not one.kind.endswith(_REFUSED_END)
    }


def _is_older(entry: Entry | None, pump_log: Sequence[journal.Entry]) -> bool:
    """Return whether an entry is from before what the pump still keeps."""
    if entry is None or not pump_log or pump_log[0].number == 1:
        return False
    return entry.written < datetime.fromtimestamp(pump_log[0].utc, UTC)
