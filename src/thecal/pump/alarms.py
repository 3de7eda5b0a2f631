"""The alarms of a programmable pump: by its own count, and by what it notices of faults."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import final

from thecal.program.clock import Instant


@final
class AlarmKind(StrEnum):
    """What the alarm says."""

    LOW_RESERVOIR = "low-reservoir"
    EMPTY = "empty"
    STOPPED_TOO_LONG = "stopped-too-long"
    MOTOR_STALL = "motor-stall"
    MEMORY_ERROR = "memory-error"
    LOW_BATTERY_RESET = "low-battery-reset"
    REPLACEMENT_INDICATOR = "replacement-indicator"
    END_OF_SERVICE = "end-of-service"
    OCCLUSION = "occlusion"
    AIR_IN_LINE = "air-in-line"
    REPEATED = "repeated-alarm"


@final
class Priority(StrEnum):
    """How urgent it is; critical alarms mean that no drug flows (facts/devices.md 1.1)."""

    NON_CRITICAL = "non-critical"
    CRITICAL = "critical"


PRIORITIES = {
    AlarmKind.LOW_RESERVOIR: Priority.NON_CRITICAL,
    AlarmKind.EMPTY: Priority.CRITICAL,
    AlarmKind.STOPPED_TOO_LONG: Priority.CRITICAL,
    AlarmKind.MOTOR_STALL: Priority.CRITICAL,
    AlarmKind.MEMORY_ERROR: Priority.CRITICAL,
    AlarmKind.LOW_BATTERY_RESET: Priority.CRITICAL,
    AlarmKind.REPLACEMENT_INDICATOR: Priority.NON_CRITICAL,
    AlarmKind.END_OF_SERVICE: Priority.CRITICAL,
    AlarmKind.OCCLUSION: Priority.CRITICAL,
    AlarmKind.AIR_IN_LINE: Priority.CRITICAL,
    AlarmKind.REPEATED: Priority.CRITICAL,
}


@final
@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm, raised once per crossing or fault.

    Attributes
    ----------
    ended
        When its cause was over; None: it still sounds. No order silences one.
    of
        Of an alarm of repetition: the kind that came too often.
    """

    time: Instant
    kind: AlarmKind
    ended: Instant | None = None
    of: AlarmKind | None = None

    @property
    def priority(self) -> Priority:
        """The priority of this kind."""
        return PRIORITIES[self.kind]


def most_urgent_first(alarms: Iterable[Alarm]) -> tuple[Alarm, ...]:
    """Return alarms in the order in which they are shown.

    Those that sound stand before those that are over, the critical ones of each first, and among
    equals the one that began first (facts standards.md 3 A02).
    """
    return tuple(
        sorted(
            alarms,
            key=lambda one: (
                one.ended is not None,
                one.priority is not Priority.CRITICAL,
                one.time,
            ),
        )
    )
