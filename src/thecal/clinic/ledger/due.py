"""What is due for a patient, from the folded log: the list of today is made of these."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, final

from thecal.care.due.from_replay import knowledge_of
from thecal.care.due.item import Due
from thecal.care.due.items import due_items
from thecal.care.due.knowledge import Draft, Knowledge, Task, Try, Watch
from thecal.care.due.wakes import wakes
from thecal.care.pathway.ending import CEASED
from thecal.care.pathway.stages import ends
from thecal.care.supply.lead import SupplySettings
from thecal.clinic.ledger.appointments import appointments, contacts, standing_appointment
from thecal.clinic.ledger.folding import Folded
from thecal.clinic.ledger.supply import supply_content, with_orders
from thecal.clinic.ledger.tasks import open_tasks
from thecal.record.entry import Entry
from thecal.record.fold import Effective, effective
from thecal.record.second_person import open_requests
from thecal.therapy.simulation import simulate_on

ACKNOWLEDGED = "alarm.acknowledged"
"""{kind, since}: somebody has read an alarm and said so."""
RED_FLAG = "red-flag"
"""The kind of a task, and the rule behind it: a danger sign that stands in the diary."""
WATCH_BEGUN, WATCH_RELEASED = "watch.begun", "watch.released"
"""{kind, ends} and {watch: seq}: a patient is watched after a fill or a start."""
WATCH_PROLONGED = "watch.prolonged"
"""{watch: seq, ends}: a longer stay; the watch ends with it."""


@final
@dataclass(frozen=True, slots=True)
class DueList:
    """What is due for one patient, until when that answer holds, and what it rests on."""

    items: tuple[Due, ...]
    wakes: datetime | None
    supply: Mapping[str, Any]

    def as_json(self) -> list[dict[str, Any]]:
        """Return the items for a projection."""
        return [
            {
                "rule": one.rule,
                "urgency": one.urgency.value,
                "what": one.what,
                "due": one.due.isoformat(),
                "check": one.check,
                "source": one.source,
            }
            for one in self.items
        ]


def due_list(
    folded: Folded, stage: str, now: datetime, settings: SupplySettings | None = None
) -> DueList:
    """Return what is due for a patient.

    Parameters
    ----------
    now
        With the offset of the clinic: calendar days are counted there.
    settings
        Of the clinic's supply; None: the shipped defaults.
    """
    standing = effective(folded.entries)
    known = _known(folded, standing, stage, now)
    if not known.closed:
        known = with_orders(known, standing, settings or SupplySettings(), now)
    supply = supply_content(known, standing)
    return DueList(due_items(known, now), wakes(known, now), supply)


def _known(folded: Folded, standing: tuple[Effective, ...], stage: str, now: datetime) -> Knowledge:
    known = Knowledge()
    replay = folded.replay
    if replay is not None:
        at = max(replay.therapy.instant(now), replay.pump.state.now)
        known = knowledge_of(simulate_on(replay, at), frozenset(_acknowledged(standing)))
    tasks = (
        Task(str(one.seq), one.what, one.due, RED_FLAG if one.kind == RED_FLAG else "task")
        for one in open_tasks(standing)
    )
    booked = standing_appointment(appointments(standing))
    visit_at = None if booked is None or booked.day != known.next_visit else booked.at
    return replace(
        known,
        closed=known.closed or (ends(stage) and stage != CEASED),
        visit_at=visit_at,
        tries=tuple(Try(one.at, one.reached) for one in contacts(standing)),
        tasks=(*known.tasks, *tasks),
        watches=tuple(_watches(standing)),
        drafts=tuple(_waiting(folded.entries, now)),
    )


def _bodies(
    standing: tuple[Effective, ...], *kinds: str
) -> Iterator[tuple[Effective, Mapping[str, Any]]]:
    for one in standing:
        if one.entry.kind in kinds and one.body is not None:
            yield one, one.body


def _acknowledged(standing: tuple[Effective, ...]) -> Iterator[tuple[str, datetime]]:
    for _, body in _bodies(standing, ACKNOWLEDGED):
        yield str(body["kind"]), datetime.fromisoformat(str(body["since"]))


def _watches(standing: tuple[Effective, ...]) -> Iterator[Watch]:
    released = {int(body["watch"]) for _, body in _bodies(standing, WATCH_RELEASED)}
    longer = {int(body["watch"]): body["ends"] for _, body in _bodies(standing, WATCH_PROLONGED)}
    for one, body in _bodies(standing, WATCH_BEGUN):
        if one.entry.seq not in released:
            ends = longer.get(one.entry.seq, body["ends"])
            yield Watch(str(body["kind"]), datetime.fromisoformat(str(ends)))


def _waiting(entries: tuple[Entry, ...], now: datetime) -> Iterator[Draft]:
    for one in open_requests(entries):
        since = datetime.fromisoformat(one.utc).astimezone(now.tzinfo)
        yield Draft(one.subject, since, "a supervisor" if one.step else "a second person")
