"""What a check may know about a moment of a therapy: plain values, filled in from the replay.

A check computes no state of its own; everything here was computed by the virtual pump and the
program arithmetic before the check is asked. No field has a default: what nobody filled in would be
a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import final

from thecal.device import CatheterModel, PumpModel
from thecal.pharmacy import Mixture, age_band
from thecal.program.clock import Instant
from thecal.program.line import Line, Solution
from thecal.program.prime_bridge import PrimeKind
from thecal.program.program import WrittenProgram
from thecal.program.setup import PumpSetup
from thecal.safety.residual_bands import ResidualAssessment
from thecal.units import Duration, MagneticField, Mass, MassRate, Volume, VolumeRate


@final
@dataclass(frozen=True, slots=True)
class PatientFacts:
    """What the limits depend on; None where the file does not say."""

    age: int
    therapy: str
    setting: str | None
    origin: str | None
    opioid_tolerant: bool | None

    @property
    def populations(self) -> frozenset[str]:
        """The populations of the limit tables that this patient belongs to."""
        names = {age_band(self.age)}
        if self.setting is not None:
            names.add(self.setting)
        if self.origin is not None:
            names.add(self.origin)
        # Unknown tolerance counts as none: the lower limits hold.
        names.add("tolerant" if self.opioid_tolerant else "naive")
        return frozenset(names)


@final
@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch without therapy. `kind` is `empty`, `stopped` or `minimum rate`."""

    kind: str
    start: Instant
    end: Instant
    dose_before: Mapping[str, Mass]

    @property
    def duration(self) -> Duration:
        """How long it lasted."""
        return Duration(self.end - self.start)


@final
@dataclass(frozen=True, slots=True)
class TipStretch:
    """What leaves the tip for a while against what was ordered, as concentrations' mixtures.

    `reckoned` is what the pump's rate assumes, `written` what the solution at the tip is labelled
    as, `actual` what it is.
    """

    start: Instant
    end: Instant
    rate: VolumeRate
    reckoned: Mixture
    solution: Solution


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order or record under review."""


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ProgramOrder(Order):
    """A program about to be written.

    Attributes
    ----------
    written
        The program in volumes; None where this pump cannot hold it at all (`problem` says why).
    worst_case_24h, worst_case_1h
        Largest mass in any 24 hours, and in any hour, that end after its start, earlier programs
        included.
    own_worst_case_24h
        The same once the program has run for long enough.
    tip
        What will leave the tip from its start until the line holds only new solution.
    bridge_rate, bridge_doses
        The rate of its bridge, and what 24 hours of it would give; None and empty without one.
    can_bridge
        Whether the pump knows a solution before this one: a new pump on an old catheter does not.
    wanted_drug, wanted_dose
        The primary drug and its daily dose as ordered.
    is_resume
        Whether it is the stopped program started again.
    resumes_other_solution
        Whether that program was written for another solution than the pump now holds.
    """

    written: WrittenProgram | None
    problem: str
    worst_case_24h: Mapping[str, Mass]
    worst_case_1h: Mapping[str, Mass]
    own_worst_case_24h: Mapping[str, Mass]
    tip: tuple[TipStretch, ...]
    bridge_rate: VolumeRate | None
    bridge_doses: Mapping[str, Mass]
    bridge_asked: bool
    can_bridge: bool
    is_resume: bool
    resumes_other_solution: bool
    wanted_drug: str
    wanted_dose: MassRate | None
    reason: str | None
    dose_without_effect: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawOrder(Order):
    """A reservoir about to be emptied, whatever is filled then.

    Attributes
    ----------
    expected, aspirated
        What the syringe should draw and what it drew; None: nobody said.
    filled_before
        What the count began with; None before the first fill.
    residual
        The delivered ratio that the aspirate gives; None at a first fill or without an aspirate.
    due
        The volume that was to be used since the last fill.
    """

    expected: Volume
    aspirated: Volume | None
    filled_before: Volume | None
    residual: ResidualAssessment | None
    due: Volume


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyOrder(DrawOrder):
    """A reservoir emptied and not filled; `left_empty` where nothing fills it in the visit."""

    reason: str | None
    left_empty: bool


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class FillOrder(DrawOrder):
    """A fill about to be made.

    Attributes
    ----------
    mixed
        The solution that results, residual included.
    following
        The program that decides what runs after this visit: the next one written within it, else
        the one that goes on with the new solution; None where the pump stands.
    program_follows, next_is_program
        Whether the visit writes a program or stops the pump, and whether a program is written
        anywhere before the next fill.
    reaches_tip_first
        Whether the new solution would leave the tip at the old rate before the next program.
    starts
        What a constant-flow pump gives from now on; None for a programmable one.
    """

    volume: Volume
    mixture: Mixture
    programmed_volume: Volume | None
    mixed: Mixture
    order: Mixture | None
    label: Mixture | None
    beyond_use: date | None
    confirmed_by: tuple[str, ...]
    following: WrittenProgram | None
    program_follows: bool
    next_is_program: bool
    reaches_tip_first: bool
    starts: WrittenProgram | None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class PrimeOrder(Order):
    """A prime about to be started: how much drug it pushes past the tip, and how fast.

    `catheter_joined` says that therapy ran through the catheter before, so that nothing of a
    back-table prime would go into the open.
    """

    kind: PrimeKind
    volume: Volume | None
    duration: Duration | None
    past_tip: Mapping[str, Mass]
    catheter_joined: bool
    drug_free_at_tip: Volume


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class StopOrder(Order):
    """The pump about to be stopped; `left_stopped` where nothing starts it again in the visit."""

    reason: str | None
    left_stopped: bool


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class BolusOrder(Order):
    """A clinician's bolus; masses of every drug in it, and the worst 24 hours with it."""

    masses: Mapping[str, Mass]
    duration: Duration
    rate: VolumeRate | None
    worst_case_24h: Mapping[str, Mass]
    problem: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class InterrogationRecord(Order):
    """A reading of the pump."""

    serial: str | None
    pump_clock: datetime | None
    programmer_clock: datetime | None


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ClockOrder(Order):
    """The pump's clock about to be set from `old` to `new`.

    `between` is what the schedule gives between both on its clock; empty where it is the same at
    every time of day: given again where the clock goes back, left out where it goes on.
    """

    reason: str | None
    old: Instant
    new: Instant
    between: Mapping[str, Mass]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class LineChange(Order):
    """A catheter revised, or a needle in its access port.

    `past_tip` is what a push drives out at once; `tip` what leaves the tip then under the program
    that runs, empty where the pump stands or the visit orders more.
    """

    past_tip: Mapping[str, Mass]
    tip: tuple[TipStretch, ...]


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class OtherRecord(Order):
    """An event that orders nothing.

    `not_replayed` says why the replay leaves out all or part of it; empty where it does not.
    """

    type: str
    not_replayed: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class ScanRecord(Order):
    """The patient in a scanner; `not_replayed` as of an `OtherRecord`."""

    type: str
    field_strength: MagneticField
    not_replayed: str


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One moment before an event, and the event.

    Attributes
    ----------
    joined
        Pump and catheter where this event joins them; None where it does not.
    catheter_length_known, catheter_length_is_range, range_note
        Whether the implanted length is measured, or only bounded; volumes of both ends in words.
    running
        The program in force before the event; None before the first.
    therapy_before, worst_before
        Each drug's largest scheduled 24 hours of the therapy program in force or last in force, and
        the same with every bolus; None before the first.
    received, received_without_boluses
        Per drug the highest mass of any 24 hours that the patient really received as therapy in
        the last 7 days; the second leaves out what clinicians gave as a bolus.
    first_doses
        For each drug that has been given for less than 24 hours, since its start or since a long
        gap: the scheduled 24 hours of the program that began with it.
    increases
        When daily doses were raised, in order.
    first_dose
        When therapy first began, or began again after a gap.
    gap
        The gap in therapy that this event would end; None where therapy runs.
    refill_by
        The refill-by time that the last fill set; None before a fill or where nothing decides it.
    """

    index: int
    now: Instant
    moment: datetime
    order: Order
    patient: PatientFacts
    model: PumpModel
    setup: PumpSetup
    serial: str
    clock_offset_differs: bool
    joined: tuple[PumpModel, CatheterModel] | None
    catheter_length_known: bool
    catheter_length_is_range: bool
    range_note: str
    line: Line
    solution: Solution
    fills: int
    last_fill: Instant | None
    running: WrittenProgram | None
    running_since: Instant | None
    therapy_before: Mapping[str, Mass] | None
    worst_before: Mapping[str, Mass] | None
    priming: bool
    bridging: bool
    stopped_since: Instant | None
    dry_since: Instant | None
    received: Mapping[str, Mass]
    received_without_boluses: Mapping[str, Mass]
    first_doses: Mapping[str, Mass]
    increases: tuple[Instant, ...]
    first_dose: Instant | None
    gap: Gap | None
    refill_by: Instant | None
    refill_by_reason: str
    stability: Duration | None
