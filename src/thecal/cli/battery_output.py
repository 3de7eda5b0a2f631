"""The battery of a replay's pump as JSON and as text: when its service ends."""

from __future__ import annotations

from thecal.cli.jsonable import Json, moment, number
from thecal.program.clock import Instant
from thecal.therapy.simulation import Simulation
from thecal.units import show_percent, show_time


def battery_json(result: Simulation) -> Json:
    """Return the outlook of the battery, times on the pump clock."""
    outlook = result.battery

    def when(instant: Instant | None) -> str | None:
        return moment(None if instant is None else result.therapy.moment(instant))

    return {
        "has_battery": outlook.has_battery,
        "implanted": when(outlook.implanted),
        "used": None if outlook.used is None else number(outlook.used),
        "replacement_indicator": when(outlook.indicator),
        "end_of_service": when(outlook.end),
        "end_of_service_earliest": when(outlook.earliest),
        "end_of_service_latest": when(outlook.latest),
        "decided_by": outlook.decided_by or None,
        "plan_replacement_from": when(outlook.plan_from),
        "not_checked": list(outlook.not_checked),
        "basis": list(outlook.basis),
    }


def battery_lines(result: Simulation) -> list[str]:
    """Return the outlook of the battery for people; nothing for a pump without one."""
    outlook = result.battery
    if outlook.has_battery is False:
        return []

    def when(instant: Instant | None) -> str:
        return "not known" if instant is None else show_time(result.therapy.moment(instant))

    lines = [f"battery, not checked: {what}" for what in outlook.not_checked]
    if outlook.end is None:
        return lines
    used = "" if outlook.used is None else f", {show_percent(outlook.used, signed=False)} used"
    return [
        f"battery: replacement indicator {when(outlook.indicator)},"
        f" end of service {when(outlook.end)} ({outlook.decided_by} decides{used})",
        f"    end of service between {when(outlook.earliest)} and {when(outlook.latest)}"
        " (unverified figures)",
        *lines,
    ]
