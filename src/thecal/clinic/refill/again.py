"""A pump that was filled already today: a second fill of one day is asked for its reason."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from thecal.clinic import clock
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.models import Clinic
from thecal.therapy.events import Fill
from thecal.units import show, show_time


def filled_today(chart: Chart, clinic: Clinic) -> str:
    """Return the last fill in words where it is of this day of the clinic; else empty."""
    therapy = chart.therapy
    fills = () if therapy is None else [one for one in therapy.events if isinstance(one, Fill)]
    if not fills:
        return ""
    zone = ZoneInfo(clinic.timezone)
    at = fills[-1].time.astimezone(zone)
    if at.date() != clock.now().astimezone(zone).date():
        return ""
    return f"filled with {show(fills[-1].volume, 'mL')} on {show_time(at)}"
