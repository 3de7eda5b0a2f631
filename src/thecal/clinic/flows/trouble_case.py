"""A case of a therapy that does not do what it should, as the record tells it.

Kinds of entries
----------------
`trouble.opened`
    `complaint`: what is wrong.
`trouble.finding`
    `finding`, `outcome`: an id of `troubleshoot_findings.csv` and one of its outcomes; an empty
    outcome takes the finding back.
`trouble.ordered`
    `test`, `by`: an examination was ordered; a task waits for it.
`trouble.closed`
    Signed: `cause` (or `unexplained`), `action`, `findings` as they then stood.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import final

from thecal.care.troubleshoot_case import TroubleCase, read_case
from thecal.care.troubleshoot_verdict import UNEXPLAINED
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.tasks import open_tasks
from thecal.clinic.web.flow import bodies
from thecal.record.entry import Entry
from thecal.record.fold import effective
from thecal.therapy.bedside import Bedside

OPENED, FINDING, ORDERED, CLOSED = (
    "trouble.opened",
    "trouble.finding",
    "trouble.ordered",
    "trouble.closed",
)
_TASKS = ("find-the-cause", "troubleshoot")
"""Kinds of tasks of the visit that say that nobody has found a cause yet."""


@final
@dataclass(frozen=True)
class OpenCase:
    """The case that is open.

    Attributes
    ----------
    noted
        Finding to outcome, as noted in this case; what the record itself says comes with `case`.
    ordered
        Examinations that were ordered in it.
    """

    opened: datetime
    complaint: str
    noted: dict[str, str]
    ordered: tuple[str, ...]


def open_case(chart: Chart) -> OpenCase | None:
    """Return the case that is open; None where none is."""
    found: OpenCase | None = None
    for one, body in bodies(chart, OPENED, FINDING, ORDERED, CLOSED):
        kind = one.entry.kind
        if kind == OPENED:
            found = OpenCase(one.entry.written, str(body["complaint"]), {}, ())
        elif kind == CLOSED:
            found = None
        elif found is not None and kind == FINDING:
            found.noted[str(body["finding"])] = str(body["outcome"])
        elif found is not None:
            ordered = (*found.ordered, str(body["test"]))
            found = OpenCase(found.opened, found.complaint, found.noted, ordered)
    return found


def case_of(chart: Chart, found: OpenCase, planned: str | None = None) -> TroubleCase:
    """Return the case with what the record itself says; raises `BadFileError`."""
    assert chart.therapy is not None
    noted = {name: outcome for name, outcome in found.noted.items() if outcome}
    return read_case(chart.therapy, Bedside(noted, planned=planned), "the record")


def unexplained_days(entries: Iterable[Entry], now: datetime) -> tuple[date, ...]:
    """Return the days of events that nobody has explained: closed so, or still searched for."""
    standing = effective(entries)
    closed = [
        one.entry.written
        for one in standing
        if one.entry.kind == CLOSED and one.body is not None and one.body["cause"] == UNEXPLAINED
    ]
    searched = [one.opened for one in open_tasks(standing) if one.kind in _TASKS]
    return tuple(one.astimezone(now.tzinfo).date() for one in (*closed, *searched))
