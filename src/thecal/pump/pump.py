"""The virtual pump: orders in, deliveries out, its own limits always on."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.errors import (
    BadFileError,
    CannotComputeError,
    NotProgrammableError,
    PumpRefusalError,
    RateRefusalError,
)
from thecal.pharmacy import DRUG_FREE, Mixture
from thecal.program.clock import SECONDS_PER_DAY, SECONDS_PER_WEEK, Instant
from thecal.program.delivery import Purpose
from thecal.program.line import NO_DRUG, Line, Parcel, Segment, Solution
from thecal.program.prime_bridge import PrimeKind, plan_bridge, prime_volume
from thecal.program.program import InfusionProgram, Mode, WrittenProgram, write_program
from thecal.program.schedule import WeeklySchedule
from thecal.program.setup import PumpSetup
from thecal.program.worst_case import Phase, worst_case
from thecal.pump.flow import DeliverySink, Flow, fixed_volume
from thecal.pump.guard import Denial, Grant, check_program_rates, check_rate, decide_press
from thecal.pump.state import Activity, FixedVolume, PumpState, RunningBolus
from thecal.units import DAY, Duration, Mass, Volume, VolumeRate


@final
@dataclass(frozen=True, slots=True)
class FillOutcome:
    """What a fill found: the draw that was expected and the draw that was booked."""

    expected: Volume
    aspirated: Volume
    recorded: bool


@final
class Pump:
    """One implanted pump with its catheter.

    Time passes only through `advance`. An order that the pump's own guard refuses raises
    `PumpRefusalError` and changes nothing.

    Parameters
    ----------
    setup
        The constants of pump and catheter.
    state
        Where to begin; a saved state resumes exactly.
    sink
        Called with every delivery in order of time; None where nobody asks for them.
    """

    def __init__(
        self, setup: PumpSetup, state: PumpState, sink: DeliverySink | None = None
    ) -> None:
        self._flow = Flow(setup, state, sink)

    @classmethod
    def implanted(cls, setup: PumpSetup, now: Instant, sink: DeliverySink | None = None) -> Pump:
        """Return a new, empty pump whose line holds no drug."""
        line = Line.of_volumes(setup.tubing_volume, setup.catheter_volume)
        return cls(setup, PumpState(now, line), sink)

    @property
    def setup(self) -> PumpSetup:
        """The constants in force."""
        return self._flow.setup

    @property
    def state(self) -> PumpState:
        """The state now; copy it before keeping it."""
        return self._flow.state

    def advance(self, until: Instant) -> None:
        """Let time pass until `until`; an earlier instant changes nothing."""
        self._flow.advance(until)

    # -- reservoir ------------------------------------------------------------------------------

    def expected_aspirate(self) -> Volume:
        """Return what a syringe is expected to draw by the pump's count."""
        state = self.state
        return Volume(max(Fraction(0), state.computed - state.dry_at_computed))

    def fill(
        self,
        volume: Volume,
        mixture: Mixture,
        *,
        programmed_volume: Volume | None = None,
        aspirated: Volume | None = None,
    ) -> FillOutcome:
        """Empty and fill the reservoir; the unusable residual stays and mixes at once.

        `aspirated` is what the syringe drew, a fact; None books what is really there.
        """
        state, setup = self.state, self.setup
        if state.removed:
            raise PumpRefusalError("the pump has been explanted")
        if not setup.programmable and setup.nominal_flow is None:
            raise CannotComputeError("the flow of this constant-flow pump is not known")
        expected = self.expected_aspirate()
        old = state.solution
        left = min(state.physical, setup.residual.base)
        drawable = state.physical - left
        drawn = aspirated.base if aspirated is not None else drawable
        if state.fills:
            state.account.withdraw(Volume(drawn), old.actual)
            state.account.miss(Volume(drawable - drawn), old.actual)
        actual = mixture.blended(volume, old.actual, Volume(left))
        state.account.fill(volume, mixture)
        state.previous_written = old.written
        state.solution = Solution(actual, mixture)
        state.physical = left + volume.base
        state.computed = (programmed_volume or volume).base
        state.dry_at_computed = setup.residual.base if state.fills == 0 else Fraction(0)
        state.fills += 1
        state.last_fill = state.now
        state.dry = False
        state.dry_since = None
        state.low_since = None
        state.counted_empty = False
        if state.program is None and state.stopped_since is None:
            if setup.programmable:
                state.stopped_since = state.now
            else:
                self._run_constant_flow()
        self._flow.note_background()
        self._flow.raise_reservoir_alarms()
        return FillOutcome(expected, Volume(drawn), aspirated is not None)

    def _run_constant_flow(self) -> None:
        assert self.setup.nominal_flow is not None
        schedule = WeeklySchedule.constant(self.setup.nominal_flow)
        order = InfusionProgram(Mode.CONTINUOUS)
        written = self.state.solution.written
        self.state.program = WrittenProgram(order, written, schedule, schedule, None)
        self.state.program_start = self.state.now

    # -- programming ----------------------------------------------------------------------------

    def prime(self, kind: PrimeKind, volume: Volume | None = None) -> Volume:
        """Start a prime at the highest rate and return its volume."""
        state, setup = self.state, self.setup
        self._need_programmable()
        self._need_filled()
        if setup.maximum_rate is None:
            raise CannotComputeError("the highest rate of this pump is not known")
        if volume is None:
            volume = prime_volume(kind, tubing=setup.tubing_volume, catheter=setup.catheter_volume)
        state.bolus = None
        state.prime = fixed_volume(
            volume, setup.maximum_rate, into_the_open=kind is PrimeKind.BACK_TABLE
        )
        self._flow.note_background()
        return volume

    def write(self, order: InfusionProgram) -> WrittenProgram:
        """Write a program: it ends a running bolus and starts now, or when a running prime ends."""
        state = self.state
        self._need_programmable()
        self._need_filled()
        written = write_program(order, state.solution.written, self.setup.grid)
        check_program_rates(written, self.setup)
        bridge = self._bridge_for(order)
        state.bolus = None
        if order.mode is Mode.STOPPED:
            state.prime = state.pending = state.bridge = None
            state.program, state.program_start = written, state.now
            state.stopped_since = state.stopped_since if self._stands() else state.now
        elif state.prime is not None:
            state.pending = (written, bridge)
        else:
            state.program, state.program_start, state.bridge = written, state.now, bridge
            state.stopped_since, state.stopped_alarm_raised = None, False
        self._flow.note_background()
        return written

    def _bridge_for(self, order: InfusionProgram) -> FixedVolume | None:
        if order.bridge is None:
            return None
        drug = order.bridge.drug or order.primary
        old = self.state.previous_written
        if drug is None or drug not in old:
            raise BadFileError(
                f"the old solution holds no {drug}",
                remedy="name the old drug in bridge.drug: " + (", ".join(old) or "there was none"),
            )
        plan = plan_bridge(self.setup.bridge_volume, order.bridge.daily_dose, old[drug])
        if not check_rate(plan.rate, self.setup):
            raise RateRefusalError("the bridge's rate is above the highest that this pump can run")
        if self.setup.minimum_rate is not None and plan.rate < self.setup.minimum_rate:
            raise RateRefusalError("the bridge's rate is below the lowest that this pump can run")
        return fixed_volume(plan.volume, plan.rate)

    def stop(self) -> None:
        """Stop at once, whatever runs; a running bolus and prime end, a bridge waits.

        A pump that was never filled stands already: it takes the order and changes nothing.
        """
        state = self.state
        self._need_programmable()
        if state.removed:
            raise PumpRefusalError("the pump has been explanted")
        if state.fills == 0:
            return
        state.bolus = None
        if state.pending is not None:
            state.program, state.bridge = state.pending
            state.program_start, state.pending = state.now, None
        state.prime = None
        if not self._stands():
            state.stopped_since, state.stopped_alarm_raised = state.now, False
        self._flow.note_background()

    def _stands(self) -> bool:
        return self.state.stopped_since is not None

    def resume(self) -> None:
        """Go on with the program that was stopped."""
        state = self.state
        self._need_programmable()
        if state.program is None or state.program.program.mode is Mode.STOPPED:
            raise PumpRefusalError("there is no program to resume")
        state.stopped_since, state.stopped_alarm_raised = None, False
        self._flow.note_background()

    def suspend(self, duration: Duration) -> None:
        """Hold all flow for a while, as the rotor of a roller pump does in a scanner.

        A running bolus ends; prime and bridge wait. A shorter hold never ends a longer one.
        """
        state = self.state
        state.bolus = None
        until = state.now + duration.base
        state.suspended_until = max(until, state.suspended_until or until)

    # -- boluses --------------------------------------------------------------------------------

    def press(self) -> Denial | None:
        """Let the patient ask for a bolus; None grants it, else the reason it was denied."""
        state = self.state
        denial = self._cannot_give_bolus()
        if denial is not None:
            return denial
        written = state.program
        assert written is not None
        denial = decide_press(
            state.now,
            written,
            VolumeRate.zero() if written.bolus is None else self._peak(written.bolus.duration),
            state.grants,
            self._largest_background(),
            self.setup,
        )
        if denial is not None:
            return denial
        assert written.bolus is not None
        self._start_bolus(written.bolus.achievable, written.bolus.duration, Purpose.PATIENT_BOLUS)
        return None

    def clinician_bolus(self, dose: Mass, duration: Duration) -> None:
        """Give a bolus of the primary drug on top of the running rate."""
        denial = self._cannot_give_bolus()
        if denial is not None and denial is not Denial.NO_BOLUS:
            raise PumpRefusalError(f"no bolus now: {denial}")
        written = self.state.program
        if written is None or written.program.primary is None:
            raise PumpRefusalError("no bolus now: no program with a primary drug runs")
        volume = self.setup.grid.achievable_volume(dose / written.mixture[written.program.primary])
        if not volume:
            raise PumpRefusalError(f"no bolus now: {Denial.NOTHING_TO_DELIVER}")
        if not check_rate(self._peak(duration) + volume / duration, self.setup):
            raise RateRefusalError(f"no bolus now: {Denial.RATE}")
        self._start_bolus(volume, duration, Purpose.CLINICIAN_BOLUS)

    def _cannot_give_bolus(self) -> Denial | None:
        state = self.state
        if state.prime is not None:
            return Denial.PRIME
        if state.dry:
            return Denial.DRY
        if state.suspended_until is not None or state.activity in (
            Activity.STOPPED,
            Activity.UNFILLED,
            Activity.REMOVED,
        ):
            return Denial.STOPPED
        if state.bridge is not None:
            return Denial.BRIDGE
        if state.bolus is not None:
            return Denial.BOLUS_RUNNING
        if state.program is None or state.program.bolus is None:
            return Denial.NO_BOLUS
        return None

    def _peak(self, duration: Duration) -> VolumeRate:
        """Return the highest rate of the running program while a bolus of `duration` would run."""
        state = self.state
        assert state.program is not None
        schedule = state.program.achievable
        if duration.base >= SECONDS_PER_WEEK:
            return max(schedule.rates)
        changes = schedule.changes_between(state.now, state.now + duration.base)
        return max(schedule.rate_at(moment) for moment in (state.now, *changes))

    def _start_bolus(self, volume: Volume, duration: Duration, purpose: Purpose) -> None:
        state = self.state
        assert state.program is not None
        since = state.now - SECONDS_PER_DAY
        kept = tuple(grant for grant in state.grants if grant.start >= since)
        grant = Grant(state.now, volume, state.program.mixture, purpose is Purpose.PATIENT_BOLUS)
        last_of_patient = tuple(g for g in state.grants if g.by_patient)[-1:]
        state.grants = (*(g for g in last_of_patient if g not in kept), *kept, grant)
        state.bolus = RunningBolus(volume / duration, state.now + duration.base, purpose)

    def _largest_background(self) -> Mass:
        """Primary mass of the largest background in any 24 hours that end after now."""
        state = self.state
        written = state.program
        assert written is not None
        order, primary = written.program, written.program.primary
        if order.patient_bolus is None or order.patient_bolus.max_dose_per_day is None:
            return Mass.zero()
        assert primary is not None
        edges = [*(background.start for background in state.backgrounds[1:]), None]
        phases = [
            Phase(background.start, end, background.schedule, background.mixture, None)
            for background, end in zip(state.backgrounds, edges, strict=True)
        ]
        return worst_case(phases, (), window=DAY, ends_after=state.now).get(primary, Mass.zero())

    # -- line and hardware ----------------------------------------------------------------------

    def access_port(
        self,
        *,
        aspirated: Volume | None = None,
        injected: Volume | None = None,
        mixture: Mixture = DRUG_FREE,
    ) -> None:
        """Draw from or push into the catheter at the access port.

        Cerebrospinal fluid follows what is drawn; what is pushed drives the catheter's content out
        at the tip.
        """
        state = self.state
        if state.removed:
            raise PumpRefusalError("the catheter has been explanted")
        catheter = state.line.catheter
        if aspirated:
            catheter, drawn = catheter.drawn_back(aspirated, NO_DRUG)
            state.account.withdraw_parcels(drawn)
        if injected:
            state.account.fill(injected, mixture)
            catheter, out = catheter.pushed((Parcel(injected, Solution(mixture, mixture)),))
            self._flow.deliver_by_hand(out)
        state.line = Line(state.line.tubing, catheter)

    def replace_pump(self, setup: PumpSetup) -> None:
        """Exchange the pump; the catheter stays with what it holds, the new tubing is drug-free."""
        state = self.state
        self._remove_reservoir()
        state.line = Line(Segment.filled(setup.tubing_volume, NO_DRUG), state.line.catheter)
        state.grants = ()
        state.removed = False
        self._flow.setup = setup
        self._flow.note_background()

    def replace_catheter(self, setup: PumpSetup) -> None:
        """Exchange the catheter; the new one holds no drug."""
        state = self.state
        state.account.withdraw_parcels(state.line.catheter.parcels)
        state.line = Line(state.line.tubing, Segment.filled(setup.catheter_volume, NO_DRUG))
        self._flow.setup = setup

    def set_line(self, mixture: Mixture) -> None:
        """Record that tubing and catheter now hold `mixture`; the difference is booked."""
        state = self.state
        for segment in (state.line.tubing, state.line.catheter):
            state.account.withdraw_parcels(segment.parcels)
        state.account.fill(state.line.volume, mixture)
        state.line = Line.of_volumes(
            state.line.tubing.volume, state.line.catheter.volume, Solution(mixture, mixture)
        )

    def explant(self) -> None:
        """Take out pump and catheter; what they hold goes with them."""
        state = self.state
        self._remove_reservoir()
        state.account.withdraw_parcels(state.line.catheter.parcels)
        state.line = Line.of_volumes(state.line.tubing.volume, state.line.catheter.volume)
        state.removed = True

    def _remove_reservoir(self) -> None:
        """Book what reservoir and tubing hold, and forget all that the pump was doing."""
        state = self.state
        state.account.withdraw(Volume(state.physical), state.solution.actual)
        state.account.withdraw_parcels(state.line.tubing.parcels)
        state.physical = state.computed = state.dry_at_computed = Fraction(0)
        state.solution = NO_DRUG
        state.previous_written = DRUG_FREE
        state.fills = 0
        state.last_fill = None
        state.dry = state.counted_empty = False
        state.dry_since = state.low_since = state.stopped_since = state.suspended_until = None
        state.stopped_alarm_raised = False
        state.program = state.program_start = None
        state.pending = state.prime = state.bridge = state.bolus = None

    def _need_programmable(self) -> None:
        if not self.setup.programmable:
            raise NotProgrammableError(
                "a constant-flow pump has no program",
                remedy="change the concentration at a refill",
            )

    def _need_filled(self) -> None:
        if self.state.removed:
            raise PumpRefusalError("the pump has been explanted")
        if self.state.fills == 0:
            raise PumpRefusalError("the pump has not been filled")
