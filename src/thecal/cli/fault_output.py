"""The faults of a replay as JSON and as text: what was there, what showed it, what it does."""

from __future__ import annotations

from thecal.cli.jsonable import Json, moment, quantity
from thecal.device import fault_kind
from thecal.device.faults import found_at_latest
from thecal.pharmacy import both_units
from thecal.program.clock import Instant
from thecal.therapy.fault_log import FaultRecord
from thecal.therapy.simulation import Simulation
from thecal.units import show_time


def fault_list(result: Simulation) -> list[Json]:
    """Return every fault of the record, active ones and those that are over."""
    return [_fault(result, record) for record in result.faults]


def _fault(result: Simulation, record: FaultRecord) -> Json:
    kind = fault_kind(record.kind)
    external = result.model.kind == "external"

    latest = found_at_latest(kind, result.model)

    def when(instant: Instant | None) -> str | None:
        return moment(None if instant is None else result.therapy.moment(instant))

    return {
        "event": record.event,
        "kind": record.kind,
        "start": when(record.start),
        "end": when(record.end),
        "active": record.active,
        "detected": when(record.detected),
        "detected_by": record.detected_by or None,
        "recovery_seen": when(record.recovery_seen),
        "expected_alarms": [*kind.alarms, *(kind.alarms_external if external else ())],
        "expected_refill": kind.refill,
        "time_to_detection": (
            kind.time_to_detection_external if external else kind.time_to_detection
        ),
        "detected_at_latest": None if latest is None else quantity(latest, "h"),
        "effect": kind.effect,
    }


def fault_lines(result: Simulation) -> list[str]:
    """Return the faults, and what they let out of the system, for people."""
    lines = []
    for record in result.faults:
        start = show_time(result.therapy.moment(record.start))
        until = "active" if record.end is None else _until(result, record.end)
        shown = "nothing has shown it"
        if record.detected is not None:
            at = show_time(result.therapy.moment(record.detected))
            shown = f"shown by {record.detected_by}, {at}"
        lines.append(f"fault: {record.kind} since {start}, {until}; {shown}")
    for drug, places in result.lost.items():
        for place, mass in places.items():
            lines.append(f"{drug} lost ({place.value}): {both_units(drug, mass)}")
    return lines


def _until(result: Simulation, end: Instant) -> str:
    return f"over {show_time(result.therapy.moment(end))}"
