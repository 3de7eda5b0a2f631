"""The battery in the report: when it will say so, when it ends, and how sure that is."""

from __future__ import annotations

from thecal.report.words import NOT_STATED, when
from thecal.therapy.simulation import Simulation
from thecal.units import show_percent


def battery_in_short(result: Simulation) -> str:
    """Return the end of service in a few words."""
    outlook = result.battery
    if outlook.has_battery is False:
        return "this pump has no battery"
    if outlook.end is None:
        return NOT_STATED
    return (
        f"{when(result.therapy, outlook.end)} ({outlook.decided_by} decides;"
        f" {when(result.therapy, outlook.earliest)} to {when(result.therapy, outlook.latest)})"
    )


def battery_rows(result: Simulation) -> list[tuple[str, str, str]]:
    """Return what comes next of the battery, when, and why."""
    outlook, therapy = result.battery, result.therapy
    if outlook.has_battery is False:
        return []
    missing = [f"not checked: {what}" for what in outlook.not_checked]
    if outlook.end is None:
        return [("end of the battery's service", NOT_STATED, "\n".join(missing))]
    used = []
    if outlook.used is not None:
        used = [f"{show_percent(outlook.used, signed=False)} of the charge to the indicator used"]
    why = "\n".join([f"{outlook.decided_by} decides", *used, *missing])
    rows = [
        ("replacement indicator of the battery", when(therapy, outlook.indicator), why),
        (
            "end of the battery's service",
            when(therapy, outlook.end),
            "the pump stops\n" + "\n".join(outlook.basis),
        ),
        (
            "its earliest and latest time",
            f"{when(therapy, outlook.earliest)} to {when(therapy, outlook.latest)}",
            "the band of the forecast, with every allowed bolus and without one",
        ),
    ]
    if outlook.plan_from is not None:
        rows.append(("plan the pump's replacement from", when(therapy, outlook.plan_from), ""))
    return rows
