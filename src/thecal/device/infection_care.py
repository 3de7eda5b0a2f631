"""Infection care of an external pump's way in: what has to be changed, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from thecal.data import Fact, cached, fact_of, rows
from thecal.units import Duration

DWELL = "catheter"
"""The one task that no change of a part fulfils: the catheter itself has to go."""


@final
@dataclass(frozen=True, slots=True)
class CareTask:
    """One thing to change in time.

    Attributes
    ----------
    access
        `port` or `percutaneous catheter`.
    interval
        The longest time between two changes.
    others
        What other sources say; a clinic gives the answer it wants rank 1.
    """

    access: str
    id: str
    name: str
    interval: Fact[Duration]
    others: tuple[Fact[Duration], ...]


@cached
def care_tasks(access: str) -> tuple[CareTask, ...]:
    """Return what an access needs, in the order of the table; nothing for an unknown access."""
    mine = [row for row in rows("infection_care") if row["access"] == access]
    tasks = []
    for named in (row for row in mine if row["parameter"] == "name"):
        answers = sorted(
            (row for row in mine if (row["task"], row["parameter"]) == (named["task"], "interval")),
            key=lambda row: int(row["rank"]),
        )
        facts = tuple(fact_of(row).of_kind(Duration) for row in answers)
        tasks.append(CareTask(access, named["task"], named["value"], facts[0], facts[1:]))
    return tuple(tasks)


@cached
def care_task_ids() -> tuple[str, ...]:
    """Return every task that can be recorded as done, each once."""
    names = dict.fromkeys(row["task"] for row in rows("infection_care"))
    return tuple(name for name in names if name != DWELL)
