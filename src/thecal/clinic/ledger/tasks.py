"""Follow-ups that cannot be lost: opened by an entry, open until another entry answers them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, final

from thecal.record.fold import Effective

OPENED = "task.opened"
DONE = "task.done"


@final
@dataclass(frozen=True, slots=True)
class Task:
    """Something that has to be done by a time.

    Attributes
    ----------
    seq
        The entry that opened it: what the entry that ends it names.
    kind
        What sort, as in `reading-after-scan`.
    """

    seq: int
    kind: str
    what: str
    due: datetime
    opened: datetime

    def as_json(self) -> dict[str, Any]:
        """Return it for a projection."""
        return {
            "seq": self.seq,
            "kind": self.kind,
            "what": self.what,
            "due": self.due.isoformat(),
            "opened": self.opened.isoformat(),
        }


def open_tasks(standing: Iterable[Effective]) -> tuple[Task, ...]:
    """Return the tasks that nothing has ended, the earliest due first."""
    tasks: dict[int, Task] = {}
    for one in standing:
        if one.body is None:
            continue
        if one.entry.kind == OPENED:
            tasks[one.entry.seq] = Task(
                one.entry.seq,
                str(one.body["kind"]),
                str(one.body["what"]),
                datetime.fromisoformat(str(one.body["due"])),
                one.entry.written,
            )
        elif one.entry.kind == DONE:
            tasks.pop(int(one.body["task"]), None)
    return tuple(sorted(tasks.values(), key=lambda task: (task.due, task.seq)))
