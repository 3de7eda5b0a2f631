"""A refill visit in the record: what was written of it, folded to how it stands.

Kinds of entries
----------------
`visit.begun`
    `purpose`, `path`, `started`, `operator` (login name).
`visit.step`
    `visit` (number of the entry that began it), `step`, `record` (the JSON of the step); a later
    one of the same step corrects it. Beside the record of the dose decision `program` (the therapy
    event without its time, None where the program in force goes on) and `prime`; beside that of the
    complaints `score`; beside the aspirate of an emptying its `reason`; beside what is handed over
    `papers_why` and, for the next visit, `booking_why` (before: `interval_why`); beside a reading
    by telemetry its `command`: its event stands already.
`visit.skipped`
    `visit`, `step`; the reason is the entry's.
`visit.answer`
    `visit`, `record`: the answer to one soft finding.
`visit.witness`
    `visit`, `of`: the hash of the account of the waste that its author saw (`refill.witness`).
`visit.path`
    `visit`, `path`: all screens, or the few of a plain refill.
`visit.closed`, `visit.left`
    `visit`, `findings` (what stood at the end); the reason of leaving is the entry's. A closed one
    that left the pump without therapy has `left_standing`: `pump` (how it stands), `reason`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, final

from thecal.care.visit import RECORDS, Path, Purpose, Visit, read_record
from thecal.care.visit.programming import Presence, SecondCheck
from thecal.care.visit.visit import Answered, Skipped
from thecal.clinic.pumps.pump_log import DONE, ORDER
from thecal.clinic.pumps.virtual_pump import COMMAND
from thecal.clinic.refill.talks import WRITTEN
from thecal.clinic.refill.witness import WITNESS, waste_digest
from thecal.record.entry import Entry
from thecal.record.fold import Effective, effective
from thecal.therapy.table import Table

BEGUN, STEP, SKIPPED = "visit.begun", "visit.step", "visit.skipped"
ANSWER, PATH = "visit.answer", "visit.path"
CLOSED, LEFT = "visit.closed", "visit.left"
_DECIDED_BY_ANOTHER = "discrepancy"
"""The step that a second person may decide without becoming one of those who do the refill."""
SUBJECT = "refill"
"""Of the check that a visit asks a second person for."""


@final
@dataclass(frozen=True)
class Running:
    """A visit as the record tells it.

    Attributes
    ----------
    begun
        The entry that began it; its number names the visit.
    written
        When each step was first written down.
    people
        Login names of all who do the refill: none of them is a second person.
    beside
        What stands beside the record of a step, by step.
    sent
        What telemetry did for it (`fill`, `prime`, `program`): that stands in the record already.
    ended
        The entry that closed it or left it; None while it goes on.
    """

    begun: Entry
    visit: Visit
    written: Mapping[str, datetime]
    people: frozenset[str]
    beside: Mapping[str, Mapping[str, Any]]
    ended: Entry | None
    sent: frozenset[str] = frozenset()

    @property
    def number(self) -> int:
        """The number that its other entries name."""
        return self.begun.seq

    @property
    def program(self) -> Mapping[str, Any] | None:
        """The program that was decided, as a therapy event without its time."""
        found: Mapping[str, Any] | None = self.beside.get("decide", {}).get("program")
        return found


def visits(entries: Iterable[Entry]) -> tuple[Running, ...]:
    """Return every visit of a record, the oldest first."""
    found: dict[int, Running] = {}
    standing = effective(entries)
    for one in standing:
        if one.body is None:
            continue
        if one.entry.kind == BEGUN:
            found[one.entry.seq] = _begun(one)
        elif one.entry.kind in (STEP, SKIPPED, ANSWER, WITNESS, PATH, CLOSED, LEFT):
            number = int(one.body["visit"])
            found[number] = _with(found[number], one.entry, one.body)
    sent = _sent(standing)
    return tuple(
        replace(one, sent=frozenset(sent.get(number, ()))) for number, one in found.items()
    )


def _sent(standing: Iterable[Effective]) -> dict[int, set[str]]:
    """Return what the pump did for each visit: its orders name the visit."""
    orders: dict[str, tuple[int, str]] = {}
    found: dict[int, set[str]] = {}
    for one in standing:
        body = one.entry.body
        if one.entry.kind == ORDER and "visit" in body:
            orders[str(body["command"])] = (int(body["visit"]), str(body["what"]))
        elif one.entry.kind == COMMAND and body["outcome"] == DONE and body["command"] in orders:
            visit, what = orders[str(body["command"])]
            if what in WRITTEN:
                found.setdefault(visit, set()).add(what)
    return found


def running_visit(entries: Iterable[Entry]) -> Running | None:
    """Return the visit that goes on; None where there is none."""
    going = [one for one in visits(entries) if one.ended is None]
    return going[-1] if going else None


def second_check(given: Any, content: Mapping[str, Any]) -> SecondCheck:
    """Return the check of a second person as a visit records it.

    Parameters
    ----------
    given
        As `thecal.record.second_person` tells it.
    content
        What was checked: solution, volume and doses as tables of the record.
    """
    # A pump that is left without therapy has no doses: a record leaves an empty list out.
    table = {key: value for key, value in content.items() if value != []}
    presence = Presence.REMOTE if given.role == "checker" else Presence.BESIDE
    if given.exception:
        presence = Presence.EXCEPTION
        table |= {"reason": given.reason}
    return read_record(
        SecondCheck,
        Table({**table, "checker": given.by, "presence": presence.value}, "second person"),
    )


def _begun(one: Effective) -> Running:
    assert one.body is not None
    visit = Visit(
        patient=one.entry.stream,
        started=datetime.fromisoformat(one.body["started"]),
        operator=str(one.body["operator"]),
        purpose=Purpose(one.body["purpose"]),
        path=Path(one.body["path"]),
    )
    return Running(one.entry, visit, {}, frozenset({one.entry.actor}), {}, None)


def _with(running: Running, entry: Entry, body: Mapping[str, Any]) -> Running:
    visit = running.visit
    if entry.kind in (CLOSED, LEFT):
        return replace(running, ended=entry)
    if entry.kind == PATH:
        return replace(running, visit=replace(visit, path=Path(body["path"])))
    if entry.kind == SKIPPED:
        left = (*visit.skipped, Skipped(step=str(body["step"]), reason=entry.reason))
        return replace(running, visit=replace(visit, skipped=left))
    if entry.kind == WITNESS:
        return _witnessed(running, entry, body)
    if entry.kind == ANSWER:
        answer = read_record(Answered, Table(body["record"], f"entry {entry.seq}"))
        return replace(running, visit=replace(visit, answers=(*visit.answers, answer)))
    key = str(body["step"])
    record = read_record(RECORDS[key], Table(body["record"], f"entry {entry.seq}"))
    beside = {
        name: value for name, value in body.items() if name not in ("visit", "step", "record")
    }
    changed: dict[str, Any] = {key: record}
    return replace(
        running,
        visit=replace(
            visit,
            **changed,
            skipped=tuple(one for one in visit.skipped if one.step != key),
        ),
        written={key: entry.written, **running.written},
        people=running.people if key == _DECIDED_BY_ANOTHER else running.people | {entry.actor},
        beside={**running.beside, key: beside},
    )


def _witnessed(running: Running, entry: Entry, body: Mapping[str, Any]) -> Running:
    """Name the witness of the account as it stands; one that was corrected since has none."""
    waste = running.visit.waste
    if waste is None or body["of"] != waste_digest(waste):
        return running
    seen = replace(waste, witness=entry.actor)
    return replace(running, visit=replace(running.visit, waste=seen))
