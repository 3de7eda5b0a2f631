"""A reading of a pump as the record keeps it: the contract's text form, exact where it can be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thecal.link.pump_report import PumpReport
from thecal.pharmacy import drug
from thecal.program.clock import Instant
from thecal.program.program import InfusionProgram
from thecal.pump.alarms import most_urgent_first
from thecal.record.fold import event_body, read_event
from thecal.therapy.events import Program, Therapy
from thecal.units import NO_BREAK_SPACE, show


def reading(report: PumpReport) -> dict[str, Any]:
    """Return a report as a table of an entry.

    `program` is what a therapy file says of a program, None where none was written; `hash` binds
    it to its concentrations. Volumes are rounded for reading: the record's own replay is exact.
    """

    def at(instant: Instant | None) -> str:
        return "" if instant is None else report.moment(instant).isoformat()

    return {
        "serial": report.serial,
        "time": at(report.time),
        "clock": at(report.time + report.clock_difference),
        "activity": report.activity.value,
        "gives_therapy": report.gives_therapy,
        "program": None if report.program is None else program_body(report, report.program),
        "hash": report.running_hash,
        "solution": {
            name: _plain(show(level, drug(name).concentration_unit))
            for name, level in report.solution.items()
        },
        "fills": report.fills,
        "reservoir": _plain(show(report.reservoir, "mL")),
        "low_reservoir_alarm": _plain(show(report.low_reservoir_alarm, "mL")),
        "stopped_since": at(report.stopped_since),
        "bolus_until": at(report.bolus_until),
        "boluses_last_day": report.granted_last_day,
        "alarms": [
            {"time": at(one.time), "alarm": str(one.kind), "priority": str(one.priority)}
            for one in most_urgent_first(report.alarms)
            if one.ended is None
        ],
        "alarms_over": [
            {"time": at(one.time), "alarm": str(one.kind), "ended": at(one.ended)}
            for one in report.alarms
            if one.ended is not None
        ],
        "notices": list(report.notices),
    }


def program_body(report: PumpReport, program: InfusionProgram) -> dict[str, Any]:
    """Return a program as a therapy file says it, without time and type."""
    table = event_body(Program(time=report.moment(report.time), program=program))
    return {key: value for key, value in table.items() if key not in ("time", "type")}


def program_read(read_back: Mapping[str, Any], therapy: Therapy) -> InfusionProgram | None:
    """Return the program of a reading; None: none was written."""
    if read_back["program"] is None:
        return None
    table = {"type": "program", "time": read_back["time"], **read_back["program"]}
    event = read_event(table, therapy)
    assert isinstance(event, Program)
    return event.program


def _plain(text: str) -> str:
    return text.replace(NO_BREAK_SPACE, " ")
