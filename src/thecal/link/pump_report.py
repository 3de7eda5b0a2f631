"""How a pump stands, as it tells a programmer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import final

from thecal.pharmacy import Mixture
from thecal.program.clock import Instant, moment_of
from thecal.program.program import InfusionProgram
from thecal.pump.alarms import Alarm
from thecal.pump.state import Activity
from thecal.units import Volume


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PumpReport:
    """How a pump stands.

    Attributes
    ----------
    program, mixture, running_hash
        The program that runs, was stopped, or waits for the end of a prime; None and empty: none.
    solution, fills
        The concentrations of the last fill as written, and how often the pump was filled.
    clock_difference
        Seconds by which the pump's own clock is fast of `time`, the programmer's.
    stopped_since
        Since when it stands; None: it does not.
    failures_unseen, spent, spent_on_failures
        Failed attempts since a clinician last read the pump, and what telemetry has cost.
    notices
        What has to be told, oldest first.
    """

    serial: str
    time: Instant
    utc_offset_minutes: int
    activity: Activity
    program: InfusionProgram | None
    mixture: Mixture
    running_hash: str
    solution: Mixture
    fills: int
    reservoir: Volume
    low_reservoir_alarm: Volume
    clock_difference: Fraction
    stopped_since: Instant | None
    bolus_until: Instant | None
    granted_last_day: int
    alarms: tuple[Alarm, ...]
    failures_unseen: int
    spent: int
    spent_on_failures: int
    notices: tuple[str, ...]
    log_length: int

    @property
    def gives_therapy(self) -> bool:
        """Whether a therapy runs, or a bridge or prime before it."""
        running = (Activity.RUNNING, Activity.BRIDGING, Activity.PRIMING)
        return self.activity in running and self.program is not None and self.program.is_therapy

    def moment(self, instant: Instant) -> datetime:
        """Return an instant of the pump as a calendar time with the pump's offset."""
        return moment_of(instant, timedelta(minutes=self.utc_offset_minutes))
