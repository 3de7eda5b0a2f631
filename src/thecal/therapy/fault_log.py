"""Which faults the record names, from when to when they were there, and what showed each first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import final

from thecal.device import FaultKind, fault_kind
from thecal.program.clock import Instant
from thecal.pump.alarms import Alarm, AlarmKind
from thecal.pump.disturbance import ActiveFault
from thecal.pump.scan import STALL
from thecal.pump.state import PumpState
from thecal.safety.residual_bands import ResidualAssessment

_REFILL = {"more": "above", "less": "below"}
ALARM, REFILL, INTERROGATION = "alarm", "refill", "interrogation"


@final
@dataclass(frozen=True, slots=True)
class FaultRecord:
    """One fault of the record.

    Attributes
    ----------
    event
        The number of the event that made it: a fault, or a scan.
    end
        When it was over or mended; None: it is active.
    detected, detected_by
        When it first showed, and by what: `alarm`, `refill`, `interrogation`; None: it has not.
    recovery_seen
        When an interrogation showed that a stall was over: the second one after it.
    until_fill
        Whether it lasts until the next fill: something went wrong with what is in the reservoir.
    """

    event: int
    kind: str
    start: Instant
    end: Instant | None = None
    detected: Instant | None = None
    detected_by: str = ""
    recovery_seen: Instant | None = None
    until_fill: bool = False
    interrogations: int = 0

    @property
    def active(self) -> bool:
        """Whether it is still there."""
        return self.end is None

    def shown(self, now: Instant, by: str) -> FaultRecord:
        """Return the record once something showed the fault; what came first stays."""
        return self if self.detected is not None else replace(self, detected=now, detected_by=by)


@final
class FaultLog:
    """Keeps the faults of one replay."""

    def __init__(self) -> None:
        self.records: list[FaultRecord] = []
        self._heard = 0
        self._planned: dict[int, Instant | None] = {}
        self._last: tuple[ActiveFault, ...] = ()

    def new_pump(self) -> None:
        """Note that the pump was replaced: the log of the new one begins anew."""
        self._heard = 0

    def begin(self, event: int, kind: str, now: Instant, *, until_fill: bool = False) -> None:
        """Note that a fault began."""
        self.records.append(FaultRecord(event, kind, now, until_fill=until_fill))

    def follow(self, state: PumpState) -> None:
        """Take over from the pump which alarms have sounded and which faults are over."""
        new = state.alarms[self._heard :]
        if not new and state.faults is self._last:
            return
        for alarm in new:
            self.records = [_heard(one, fault_kind(one.kind), alarm) for one in self.records]
        self._heard, self._last = len(state.alarms), state.faults
        planned, self._planned = self._planned, {one.source: one.end for one in state.faults}
        self._change(lambda one, _: self._closed(one, planned, state.now))

    def _closed(
        self, record: FaultRecord, planned: dict[int, Instant | None], now: Instant
    ) -> FaultRecord:
        if record.end is not None or record.until_fill or record.event in self._planned:
            return record
        due = planned.get(record.event)
        return replace(record, end=now if due is None else min(due, now))

    def refill(self, now: Instant, last_fill: Instant, found: ResidualAssessment) -> None:
        """Note what the aspirate of a refill shows of faults since the fill before."""
        if found.band != "green":
            direction = _REFILL.get(found.direction)
            self._change(lambda one, kind: _drawn(one, kind, direction, now, last_fill))

    def filled(self, now: Instant) -> None:
        """Note that what was wrong in the reservoir has been drawn out of it."""
        self._change(
            lambda one, _: (
                replace(one, end=now)
                if one.until_fill and one.end is None and one.start < now
                else one
            )
        )

    def interrogated(self, now: Instant) -> None:
        """Note what reading the pump shows."""
        self._change(lambda one, kind: _read(one, kind, now))

    def _change(self, change: Callable[[FaultRecord, FaultKind], FaultRecord]) -> None:
        self.records = [change(record, fault_kind(record.kind)) for record in self.records]


def _heard(record: FaultRecord, kind: FaultKind, alarm: Alarm) -> FaultRecord:
    there = record.start <= alarm.time and (record.end is None or alarm.time <= record.end)
    own = (*kind.alarms, *kind.alarms_external)
    return record.shown(alarm.time, ALARM) if there and alarm.kind in own else record


def _drawn(
    record: FaultRecord, kind: FaultKind, direction: str | None, now: Instant, last_fill: Instant
) -> FaultRecord:
    since = record.end is None or record.end > last_fill
    return record.shown(now, REFILL) if since and kind.refill == direction else record


def _read(record: FaultRecord, kind: FaultKind, now: Instant) -> FaultRecord:
    if kind.detected_by == INTERROGATION or AlarmKind.MOTOR_STALL in kind.alarms:
        record = record.shown(now, INTERROGATION)
    if record.kind != STALL or record.end is None:
        return record
    # After a scan the log may show the recovery only when it is read again (devices.md S28).
    count = record.interrogations + 1
    seen = now if count == 2 else record.recovery_seen
    return replace(record, interrogations=count, recovery_seen=seen)
