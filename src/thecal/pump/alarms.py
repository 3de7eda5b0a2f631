"""The alarms that a programmable pump raises by its own count."""

from __future__ import annotations

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


@final
class Priority(StrEnum):
    """How urgent it is; critical alarms mean that no drug flows (facts/devices.md 1.1)."""

    NON_CRITICAL = "non-critical"
    CRITICAL = "critical"


PRIORITIES = {
    AlarmKind.LOW_RESERVOIR: Priority.NON_CRITICAL,
    AlarmKind.EMPTY: Priority.CRITICAL,
    AlarmKind.STOPPED_TOO_LONG: Priority.CRITICAL,
}


@final
@dataclass(frozen=True, slots=True)
class Alarm:
    """One alarm, raised once per crossing."""

    time: Instant
    kind: AlarmKind

    @property
    def priority(self) -> Priority:
        """The priority of this kind."""
        return PRIORITIES[self.kind]
