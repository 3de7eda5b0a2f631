"""A visit for a scan as the record tells it.

Kinds of entries
----------------
`mri.planned`
    Signed: the scan may take place. `visit` is a `MriVisit`; `answered` are the findings that a
    reason answered.
`mri.ended`, `mri.called_off`
    `ended`, or why no scan took place.
`mri.reading`
    What somebody saw who read the pump by hand: `time`, `running`.
`mri.closed`
    Signed: the pump was seen running after it. `visit` as it then stood.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, final

from thecal.care.due.from_replay import knowledge_of
from thecal.care.due.knowledge import Reading
from thecal.care.mri_visit import MriVisit, read_visit
from thecal.clinic import clock
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.web.flow import bodies
from thecal.pump.state import Activity
from thecal.therapy.events import Interrogate
from thecal.therapy.simulation import Simulation
from thecal.therapy.table import Table

PLANNED, ENDED = "mri.planned", "mri.ended"
CALLED_OFF, READING, CLOSED = "mri.called_off", "mri.reading", "mri.closed"
_STANDS = (Activity.STOPPED, Activity.DRY, Activity.REMOVED)


@final
@dataclass(frozen=True, slots=True)
class ScanVisit:
    """The visit that is open, or an empty one.

    Attributes
    ----------
    planned
        Entry that says that the scan may take place; None: nobody has signed it.
    emptied
        Whether the reservoir was emptied and not filled since.
    stands
        Whether the pump gives nothing by an order or because it is dry.
    """

    visit: MriVisit
    planned: int | None
    emptied: bool
    stands: bool

    @property
    def open(self) -> bool:
        """Whether something of it is left to do."""
        return self.planned is not None or self.visit.ended is not None or self.emptied


def scan_visit(chart: Chart) -> ScanVisit | None:
    """Return the visit as the record tells it; None where no pump is on record."""
    done = chart.simulation(clock.now())
    if done is None or done.activity is Activity.REMOVED:
        return None
    now_in = MriVisit(done.model.id, drugs=tuple(sorted(done.reservoir_written)))
    visit = now_in
    planned: int | None = None
    seen: list[Reading] = []
    for one, body in bodies(chart, PLANNED, ENDED, READING, CALLED_OFF, CLOSED):
        kind = one.entry.kind
        if kind in (CALLED_OFF, CLOSED):
            visit, planned, seen = now_in, None, []
        elif kind == PLANNED:
            visit, planned = _read(body["visit"]), one.entry.seq
        elif kind == ENDED:
            visit = replace(visit, ended=datetime.fromisoformat(str(body["ended"])))
        else:
            seen.append(Reading(_moment(body, "time"), bool(body["running"])))
    visit = replace(
        visit,
        pump=now_in.pump,
        holds_drug=_holds_drug(done),
        readings=tuple(_readings(chart, done, visit.ended, tuple(seen))),
    )
    return ScanVisit(visit, planned, done.emptied, done.activity in _STANDS)


def _read(values: Any) -> MriVisit:
    return read_visit(Table(dict(values), "the record"))


def _moment(body: Any, key: str) -> datetime:
    return datetime.fromisoformat(str(body[key]))


def _holds_drug(done: Simulation) -> bool:
    return bool(done.reservoir_mixture) and bool(done.reservoir_volume)


def _readings(
    chart: Chart, done: Simulation, ended: datetime | None, by_hand: tuple[Reading, ...]
) -> Iterator[Reading]:
    """Yield the readings after the end: seen to run only where replay and eye both say so.

    The log of a roller pump shows a recovery at the second reading alone: the replay knows that.
    """
    if ended is None:
        return
    stood = {one.time for one in by_hand if not one.running}
    second = timedelta(seconds=1)
    scans = [one for one in knowledge_of(done).scans if abs(one.ended - ended) < second]
    if scans:
        replayed: tuple[Reading, ...] = scans[-1].readings
    else:
        assert chart.therapy is not None
        read = [one.time for one in chart.therapy.events if isinstance(one, Interrogate)]
        replayed = tuple(Reading(one, True) for one in read if one >= ended)
    for one in replayed:
        yield Reading(one.time, one.running and one.time not in stood)
