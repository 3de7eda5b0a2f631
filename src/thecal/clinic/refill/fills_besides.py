"""The fills of a record that no visit of these pages made: imported, or registered by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from thecal.clinic import clock
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.refill.entries import Running
from thecal.therapy.events import Fill


def fills_besides(chart: Chart, visits: Iterable[Running]) -> tuple[Fill, ...]:
    """Return the fills before now that lie in none of the visits, the newest first."""
    therapy = chart.therapy
    now = clock.now()
    spans = [(one.visit.started, now if one.ended is None else one.ended.written) for one in visits]
    fills = () if therapy is None else therapy.events
    return tuple(
        one
        for one in reversed(fills)
        if isinstance(one, Fill) and one.time <= now and not _in_one(one.time, spans)
    )


def _in_one(moment: datetime, spans: Iterable[tuple[datetime, datetime]]) -> bool:
    return any(first <= moment <= last for first, last in spans)
