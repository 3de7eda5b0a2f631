"""The virtual pump: orders in, deliveries out, its own limits always on."""

from __future__ import annotations

from collections.abc import Collection
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
from thecal.program.clock import LATEST, SECONDS_PER_DAY, SECONDS_PER_WEEK, Instant
from thecal.program.delivery import Purpose
from thecal.program.line import Line
from thecal.program.prime_bridge import PrimeKind, plan_bridge, prime_volume
from thecal.program.program import InfusionProgram, Mode, WrittenProgram, write_program
from thecal.program.setup import PumpSetup
from thecal.program.worst_case import Phase, worst_case
from thecal.pump import exchange, line_watch
from thecal.pump.alarm_log import end_alarms, end_repeated, sounds
from thecal.pump.alarms import Alarm, AlarmKind
from thecal.pump.battery import settle_battery, start_battery
from thecal.pump.disturbance import Surroundings
from thecal.pump.fault_course import (
    ENDED_BY_PROGRAM,
    end,
    set_clock,
    settle,
)
from thecal.pump.fault_orders import give_fault
from thecal.pump.fault_settings import NO_SETTINGS, FaultSettings
from thecal.pump.filling import (
    FillOutcome,
    empty_reservoir,
    expected_aspirate,
    fill_reservoir,
)
from thecal.pump.flow import DeliverySink, Flow, fixed_volume
from thecal.pump.guard import Denial, Grant, check_program_rates, check_rate, decide_press
from thecal.pump.mishap import Mishaps
from thecal.pump.scan import PLAIN_SCAN, STALL, Scan, scan_pump
from thecal.pump.state import Activity, FixedVolume, PumpState, RunningBolus
from thecal.units import DAY, Duration, Mass, Volume, VolumeRate


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

    @property
    def background_rate(self) -> VolumeRate:
        """What the reservoir gives now by the orders, boluses and faults left out."""
        return VolumeRate(self._flow.background()[0])

    def advance(self, until: Instant) -> None:
        """Let time pass until `until`; an earlier instant changes nothing."""
        self._flow.advance(until)

    def know_battery(self, implanted: Instant, used: Fraction | None) -> None:
        """Take over what a record says of a battery that is not new.

        `used` is the part of the charge that is gone now, 0 to 1; None where nobody knows.
        """
        start_battery(self.state, self.setup.battery, implanted=implanted, used=used)
        settle_battery(self._flow)

    # -- reservoir ------------------------------------------------------------------------------

    def expected_aspirate(self) -> Volume:
        """Return what a syringe is expected to draw by the pump's count."""
        return expected_aspirate(self.state)

    def fill(
        self,
        volume: Volume,
        mixture: Mixture,
        *,
        programmed_volume: Volume | None = None,
        aspirated: Volume | None = None,
        mishaps: Mishaps = (),
    ) -> FillOutcome:
        """Empty and fill the reservoir; the unusable residual stays and mixes at once.

        `aspirated` is what the syringe drew, a fact; None books what is really there. `mishaps` are
        faults of a fill; the pump reckons with what was written all the same.
        """
        return fill_reservoir(
            self._flow,
            volume,
            mixture,
            programmed_volume=programmed_volume,
            aspirated=aspirated,
            mishaps=mishaps,
        )

    def empty(self, aspirated: Volume | None = None) -> FillOutcome:
        """Empty the reservoir and leave it so; the unusable residual stays and nothing flows.

        What was written stays written: a pump that was not stopped goes on at its next fill. A pump
        that was never filled holds nothing and takes the order without a change.
        """
        return empty_reservoir(self._flow, aspirated)

    # -- programming ----------------------------------------------------------------------------

    def prime(self, kind: PrimeKind, volume: Volume | None = None) -> Volume:
        """Start a prime at the highest rate and return its volume."""
        state, setup = self.state, self.setup
        self._need_programmable()
        self._need_filled()
        if state.dry and not state.count_runs_on:
            # It would wait, and start by itself at the next refill.
            raise PumpRefusalError("the reservoir is empty: fill it before the line is primed")
        if setup.maximum_rate is None:
            raise CannotComputeError("the highest rate of this pump is not known")
        if volume is None:
            assumed = self._assumed_tubing()
            tubing = setup.tubing_volume if assumed is None else assumed
            volume = prime_volume(kind, tubing=tubing, catheter=setup.catheter_volume)
        state.bolus = None
        state.prime = fixed_volume(
            volume, setup.maximum_rate, into_the_open=kind is PrimeKind.BACK_TABLE
        )
        self._flow.note_background()
        line_watch.sound(self._flow)
        return volume

    def write(self, order: InfusionProgram) -> WrittenProgram:
        """Write a program: it ends a running bolus and starts now, or when a running prime ends."""
        state = self.state
        self._need_programmable()
        self._need_filled()
        written = write_program(order, state.solution.written, self.setup.grid)
        check_program_rates(written, self.setup)
        bridge = self._bridge_for(order)
        self._end_faults(ENDED_BY_PROGRAM)
        state.bolus = None
        if order.mode is Mode.STOPPED:
            state.prime = state.pending = state.bridge = None
            state.program, state.program_start = written, state.now
            state.stopped_since = state.now if state.stopped_since is None else state.stopped_since
        elif state.prime is not None:
            state.pending = (written, bridge)
        else:
            state.program, state.program_start, state.bridge = written, state.now, bridge
            state.stopped_since, state.stopped_alarm_raised = None, False
        end_alarms(state)
        self._flow.note_background()
        line_watch.sound(self._flow)
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
        assumed, setup = self._assumed_tubing(), self.setup
        volume = setup.bridge_volume if assumed is None else assumed + setup.catheter_volume
        plan = plan_bridge(volume, order.bridge.daily_dose, old[drug])
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
        self._flow.halt()

    def resume(self) -> None:
        """Go on with the program that was stopped."""
        state = self.state
        self._need_programmable()
        if state.program is None or state.program.program.mode is Mode.STOPPED:
            raise PumpRefusalError("there is no program to resume")
        self._need_power()
        self._end_faults(ENDED_BY_PROGRAM)
        state.stopped_since, state.stopped_alarm_raised = None, False
        end_alarms(state)
        self._flow.note_background()
        line_watch.sound(self._flow)

    def suspend(self, duration: Duration) -> None:
        """Hold all flow for a while, as the rotor of a roller pump does in a scanner.

        A running bolus ends; prime and bridge wait. A shorter hold never ends a longer one.
        """
        state = self.state
        state.bolus = None
        until = state.now + duration.base
        state.suspended_until = max(until, state.suspended_until or until)

    def _assumed_tubing(self) -> Volume | None:
        """Return the tubing volume that the pump wrongly reckons with, None where it is right."""
        for fault in self.state.faults:
            if fault.kind == "wrong-tubing-constant":
                return fault.settings.volume
        return None

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
        # The facts do not say what a stalled pump answers: a project rule denies (D11).
        if sounds(state, AlarmKind.MOTOR_STALL):
            return Denial.STALL
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
        clock = state.now + state.clock_offset
        changes = schedule.changes_between(clock, clock + duration.base)
        return max(schedule.rate_at(moment) for moment in (clock, *changes))

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

    # -- faults and surroundings --------------------------------------------------------------

    def fault(self, kind: str, settings: FaultSettings = NO_SETTINGS, *, source: int = -1) -> None:
        """Let a fault of `faults.csv` begin; a fault of a fill is given to `fill` instead.

        Parameters
        ----------
        kind
            An id of `thecal catalogue faults`.
        settings
            Its figures; the defaults of the table where they say nothing.
        source
            What the caller knows it by, kept with the fault.
        """
        give_fault(self, self._flow, kind, settings, source)

    def mend(self, kind: str) -> None:
        """End every fault of a kind; raises `PumpRefusalError` where none is active."""
        if not any(fault.kind == kind for fault in self.state.faults):
            raise PumpRefusalError(f"no fault of the kind {kind} is active")
        self._end_faults({kind})

    def surround(self, surroundings: Surroundings) -> None:
        """Let the patient be somewhere warm, high or deep; the latest entry of each kind holds."""
        self.state.surroundings = (*self.state.surroundings, surroundings)
        settle(self._flow)

    def scan(self, behaviour: str, duration: Duration, scan: Scan = PLAIN_SCAN) -> None:
        """Expose the pump to a scanner's field.

        Parameters
        ----------
        behaviour
            Of the model: `stalls`, `dumps`, `shuts` or `continues` (pumps.csv, mri-behaviour).
        duration
            Of the exposure.
        scan
            What else is known of it.

        Raises
        ------
        PumpRefusalError
            If the scan says something of a rotor that this pump does not have.
        """
        scan_pump(self, self._flow, behaviour, duration, scan)

    def interrogated(self) -> None:
        """Be read by a programmer: a pump that was trapped in telemetry mode goes on."""
        state = self.state
        end_repeated(state)
        if not state.trapped:
            return
        state.trapped = False
        state.suspended_until = None
        end(self._flow, [one for one in state.faults if one.kind == STALL and one.end == LATEST])

    def set_clock(self) -> None:
        """Set the pump's clock to the right time; only steps move, lockouts run by elapsed time."""
        self._need_programmable()
        if self.state.removed:
            raise PumpRefusalError("the pump has been explanted")
        set_clock(self._flow)

    def _end_faults(self, kinds: Collection[str]) -> None:
        end(self._flow, [fault for fault in self.state.faults if fault.kind in kinds])

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
        at the tip, and part of it out at a hole.
        """
        if self.state.removed:
            raise PumpRefusalError("the catheter has been explanted")
        if aspirated:
            exchange.draw_back(self._flow, aspirated)
        if injected:
            self.state.account.fill(injected, mixture)
            exchange.push_by_port(self._flow, injected, mixture, Purpose.PURGE)

    def replace_pump(self, setup: PumpSetup) -> tuple[Alarm, ...]:
        """Exchange the pump; the catheter stays with what it holds, the new tubing is drug-free.

        Returns the alarms of the pump that was taken out: the new one knows nothing of them.
        """
        return exchange.replace_pump(self._flow, setup)

    def replace_catheter(self, setup: PumpSetup) -> None:
        """Exchange the catheter; the new one holds no drug."""
        exchange.replace_catheter(self._flow, setup)

    def change_set(self) -> None:
        """Exchange the extension set of an external pump; the catheter stays as it is.

        The new set holds no drug until a back-table prime fills it.
        """
        if self.setup.kind != "external":
            raise PumpRefusalError("an implanted pump has no extension set")
        if self.state.removed:
            raise PumpRefusalError("the pump has been explanted")
        exchange.change_set(self._flow)

    def set_line(self, mixture: Mixture) -> None:
        """Record that tubing and catheter now hold `mixture`; the difference is booked."""
        exchange.set_line(self._flow, mixture)

    def explant(self) -> None:
        """Take out pump and catheter; what they hold goes with them."""
        exchange.explant(self._flow)

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
        self._need_power()

    def _need_power(self) -> None:
        if self.state.dead:
            raise PumpRefusalError("the pump's service has ended")
