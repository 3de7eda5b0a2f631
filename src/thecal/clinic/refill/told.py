"""What the pump told by telemetry since the visit began, as the fields of its steps hold it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from thecal.clinic.pump_log import last_reading
from thecal.clinic.pump_reading import program_read
from thecal.clinic.refill.situation import Situation, at_now
from thecal.program.program import Mode
from thecal.record.entry import Entry
from thecal.units import show_number


def reading_of(situation: Situation) -> Entry | None:
    """Return the newest reading by telemetry since the visit began; None: there was none."""
    found = last_reading(situation.chart.entries)
    return None if found is None or found.seq < situation.running.number else found


def told_serial(situation: Situation) -> dict[str, Any]:
    """Return the serial number that the pump told; nothing where it was not read."""
    found = reading_of(situation)
    return {} if found is None else {"serial": found.body["read_back"]["serial"]}


def told_reading(situation: Situation) -> dict[str, Any]:
    """Return what the pump told as the fields of step 4 hold it; else only the time now."""
    found = reading_of(situation)
    if found is None:
        return {"read_at": at_now(situation.now)}
    reading = found.body["read_back"]
    solution = ", ".join(f"{name} {figures(text)}" for name, text in reading["solution"].items())
    typed = {
        "read_at": _minute(reading["time"], situation),
        "mixture": solution,
        "mode": told_mode(reading, situation),
        "expected": figures(reading["reservoir"]).partition(" ")[0],
        "boluses_granted": str(reading["boluses_last_day"]),
        "pump_clock": _minute(reading["clock"], situation),
        "events": "; ".join(one["alarm"] for one in reading["alarms"]),
    }
    program = program_read(reading, situation.therapy)
    if program is not None and program.daily_dose is not None and program.primary is not None:
        unit = situation.mass_unit(program.primary)
        typed["dose"] = show_number(program.daily_dose.in_unit(f"{unit}/d")).replace(",", "")
    return typed


def told_mode(reading: Mapping[str, Any], situation: Situation) -> str:
    """Return the mode that the pump told."""
    if reading["stopped_since"]:
        return str(Mode.STOPPED)
    program = program_read(reading, situation.therapy)
    return "" if program is None else str(program.mode)


def figures(text: str) -> str:
    """Return a figure as the grammar of entry reads it: shown ones part their thousands."""
    return text.replace(",", "")


def _minute(text: str, situation: Situation) -> str:
    return at_now(datetime.fromisoformat(text).astimezone(situation.now.tzinfo))
