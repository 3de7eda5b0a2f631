"""All that a virtual pump remembers: a value that can be saved, copied and resumed."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import StrEnum
from fractions import Fraction
from typing import final

from thecal.pharmacy import DRUG_FREE, Mixture
from thecal.program.clock import Instant
from thecal.program.delivery import Purpose
from thecal.program.line import NO_DRUG, Line, Solution
from thecal.program.program import WrittenProgram
from thecal.program.schedule import WeeklySchedule
from thecal.pump.account import Account
from thecal.pump.alarms import Alarm
from thecal.pump.battery import Battery
from thecal.pump.disturbance import ActiveFault, Disturbance, Surroundings
from thecal.pump.guard import Grant
from thecal.units import VolumeRate


@final
class Activity(StrEnum):
    """What the pump is doing with its background."""

    UNFILLED = "unfilled"
    STOPPED = "stopped"
    PRIMING = "priming"
    BRIDGING = "bridging"
    RUNNING = "running"
    DRY = "dry"
    REMOVED = "removed"


@final
@dataclass(frozen=True, slots=True)
class FixedVolume:
    """A prime or a bridge under way: microlitres left, and their rate."""

    left: Fraction
    rate: VolumeRate
    into_the_open: bool = False


@final
@dataclass(frozen=True, slots=True)
class RunningBolus:
    """A bolus under way."""

    rate: VolumeRate
    end: Instant
    purpose: Purpose


@final
@dataclass(frozen=True, slots=True)
class Background:
    """A background that began at `start`; it lasted until the next one began."""

    start: Instant
    schedule: WeeklySchedule
    mixture: Mixture


@final
@dataclass(slots=True)
class PumpState:
    """The pump at one instant.

    `physical` and `computed` are microlitres: what is really in the reservoir, unusable residual
    included, and what the pump counts. `dry_at_computed` is the count at which the pump expects to
    run dry: the residual after the first fill of a new pump, zero later; `dry_at_count` is the
    count at which it really did, None in a dry pump that somebody emptied.
    """

    now: Instant
    line: Line
    solution: Solution = NO_DRUG
    previous_written: Mixture = DRUG_FREE
    physical: Fraction = Fraction(0)
    computed: Fraction = Fraction(0)
    dry_at_computed: Fraction = Fraction(0)
    fills: int = 0
    last_fill: Instant | None = None
    removed: bool = False
    dry: bool = False
    dry_since: Instant | None = None
    dry_at_count: Fraction | None = None
    low_since: Instant | None = None
    counted_empty: bool = False
    stopped_since: Instant | None = None
    stopped_alarm_raised: bool = False
    suspended_until: Instant | None = None
    program: WrittenProgram | None = None
    program_start: Instant | None = None
    pending: tuple[WrittenProgram, FixedVolume | None] | None = None
    prime: FixedVolume | None = None
    bridge: FixedVolume | None = None
    bolus: RunningBolus | None = None
    grants: tuple[Grant, ...] = ()
    backgrounds: tuple[Background, ...] = ()
    alarms: list[Alarm] = field(default_factory=list)
    account: Account = field(default_factory=Account)
    faults: tuple[ActiveFault, ...] = ()
    surroundings: tuple[Surroundings, ...] = ()
    disturbance: Disturbance | None = None
    clock_offset: Fraction = Fraction(0)
    count_runs_on: bool = False
    trapped: bool = False
    dead: bool = False
    battery: Battery | None = None

    def copy(self) -> PumpState:
        """Return an independent copy: what happens to it does not touch this one."""
        values = {entry.name: getattr(self, entry.name) for entry in fields(self)}
        values["alarms"] = list(self.alarms)
        values["account"] = self.account.copy()
        return PumpState(**values)

    @property
    def emptied(self) -> bool:
        """Whether somebody emptied the reservoir since the last fill: it never ran dry then."""
        return self.dry and self.dry_at_count is None

    @property
    def activity(self) -> Activity:
        """What the pump is doing now."""
        ordered = self.ordered_activity
        flows = ordered in (Activity.PRIMING, Activity.BRIDGING, Activity.RUNNING)
        return Activity.DRY if self.dry and flows else ordered

    @property
    def ordered_activity(self) -> Activity:
        """What the pump would be doing if its reservoir were not dry."""
        if self.removed:
            return Activity.REMOVED
        if self.fills == 0:
            return Activity.UNFILLED
        if self.prime is not None:
            return Activity.PRIMING
        if self.stopped_since is not None or self.program is None:
            return Activity.STOPPED
        return Activity.BRIDGING if self.bridge is not None else Activity.RUNNING
