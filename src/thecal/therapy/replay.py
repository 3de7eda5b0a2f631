"""Running a therapy's events through the virtual pump, one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import final

from thecal.errors import (
    BadFileError,
    CannotComputeError,
    NotProgrammableError,
    PumpRefusalError,
)
from thecal.program.clock import Instant
from thecal.program.delivery import Delivery
from thecal.program.program import WrittenProgram
from thecal.pump.alarms import Alarm
from thecal.pump.flow import DeliverySink
from thecal.pump.guard import Denial
from thecal.pump.pump import Pump
from thecal.pump.state import Activity, PumpState
from thecal.safety.residual_bands import ResidualAssessment, assess_residual
from thecal.safety.rules import threshold
from thecal.safety.situation import Gap
from thecal.therapy.battery import know_battery
from thecal.therapy.events import (
    AccessPort,
    Bolus,
    Empty,
    Environment,
    Event,
    Explant,
    Fault,
    Fill,
    InfectionCare,
    Interrogate,
    Mri,
    Press,
    Prime,
    Program,
    Replace,
    Resume,
    Revise,
    SetClock,
    Stop,
    Therapy,
)
from thecal.therapy.fault_events import (
    MISSED,
    apply_environment,
    apply_fault,
    apply_scan,
    faults_of_fills,
    mishaps_of,
)
from thecal.therapy.fault_log import FaultLog
from thecal.therapy.forecast import Forecast, forecast
from thecal.therapy.hardware import Hardware, build_hardware
from thecal.therapy.received import ReceivedDoses
from thecal.therapy.timeline import Timeline, own_worst_case
from thecal.units import Duration, Mass, Volume


@final
@dataclass(frozen=True, slots=True)
class PressLog:
    """How the patient's presses were answered."""

    requested: int = 0
    granted: int = 0
    denied: int = 0
    reasons: Mapping[Denial, int] | None = None

    def with_answer(self, denial: Denial | None) -> PressLog:
        """Return the log with one more press."""
        reasons = dict(self.reasons or {})
        if denial is not None:
            reasons[denial] = reasons.get(denial, 0) + 1
        return PressLog(
            self.requested + 1,
            self.granted + (denial is None),
            self.denied + (denial is not None),
            reasons,
        )


@final
@dataclass(frozen=True, slots=True)
class RefusedOrder:
    """An order of the file that the pump's own guard refused."""

    event: int
    why: str


_CHANGES_THE_COURSE = (
    Program,
    Prime,
    Stop,
    Resume,
    Bolus,
    Fill,
    Empty,
    Replace,
    Explant,
    Mri,
    Fault,
    SetClock,
)


@final
class Replay:
    """A therapy on its virtual pump, with the memory that the checks need.

    Parameters
    ----------
    therapy
        What to replay.
    sink
        Called with every delivery; None where nobody asks.
    for_review
        Whether to remember what only the checks ask: what was received and what could be.

    Attributes
    ----------
    alarms_before
        Those of pumps that were replaced; `pump` knows its own alone.
    """

    def __init__(
        self, therapy: Therapy, sink: DeliverySink | None = None, *, for_review: bool = False
    ) -> None:
        self.therapy = therapy
        self._for_review = for_review
        self.hardware: Hardware = build_hardware(therapy.pump, therapy.catheter)
        self.catheter_record = therapy.catheter
        self.pump_record = therapy.pump
        look_back = threshold("K12", "look-back", Duration).value.base
        self.received = ReceivedDoses(look_back)
        self._sink = sink
        start = therapy.instant(therapy.events[0].time)
        self.start = start
        self.pump = Pump.implanted(
            self.hardware.setup, start, self._deliver if for_review else sink
        )
        know_battery(self.pump, therapy.pump, therapy)
        self.alarms_before: tuple[Alarm, ...] = ()
        self.timeline = Timeline()
        self.presses = PressLog()
        self.refused: list[RefusedOrder] = []
        self.residuals: list[ResidualAssessment] = []
        self.last_fill: Fill | None = None
        self.therapy_before: WrittenProgram | None = None
        self.worst_before: Mapping[str, Mass] | None = None
        self.therapy_since: Instant | None = None
        self.increases: list[Instant] = []
        self.closed_gap: Gap | None = None
        self.gap_start: Instant | None = None
        self.gap_kind = ""
        self.outlook: Forecast | None = None
        self.faults = FaultLog()
        self._mishaps = faults_of_fills(therapy)

    def _deliver(self, delivery: Delivery) -> None:
        self.received(delivery)
        if self._sink is not None:
            self._sink(delivery)

    # -- moving on ------------------------------------------------------------------------------

    def advance_to(self, instant: Instant) -> None:
        """Let time pass until `instant`."""
        self.pump.advance(instant)

    def apply(self, index: int) -> None:
        """Apply event `index` at its time; an order that the pump refuses is logged and left."""
        event = self.therapy.events[index]
        self.advance_to(self.therapy.instant(event.time))
        self.faults.follow(self.pump.state)
        before = self.pump.state.program
        try:
            self._apply(index, event)
        except (PumpRefusalError, NotProgrammableError, CannotComputeError) as error:
            self.refused.append(RefusedOrder(index, error.what))
            return
        finally:
            self.faults.follow(self.pump.state)
        if isinstance(event, _CHANGES_THE_COURSE):
            if not isinstance(event, Fill) or before is None:
                self.timeline.rewrite(self.pump)
            if self._for_review:
                self.outlook = forecast(self.pump, self.hardware.model)
        self._note_therapy(event, before)

    def _apply(self, index: int, event: Event) -> None:
        pump = self.pump
        match event:
            case Fill():
                self._fill(index, event)
            case Empty():
                self._take_aspirate(event)
                pump.empty(event.aspirated)
            case Prime():
                self._prime(event)
            case Program():
                self._write(event)
            case Press():
                self.presses = self.presses.with_answer(pump.press())
            case Bolus():
                self._bolus(event)
            case Stop():
                pump.stop()
            case Resume():
                pump.resume()
            case AccessPort():
                pump.access_port(
                    aspirated=event.aspirated, injected=event.injected, mixture=event.mixture
                )
            case Mri():
                apply_scan(index, event, pump, self.hardware.model, self.faults)
            case Fault():
                apply_fault(self.therapy, index, event, pump, self.hardware.model, self.faults)
            case Environment():
                apply_environment(event, pump)
            case InfectionCare() if "set" in event.done:
                pump.change_set()
            case Interrogate():
                pump.interrogated()
                self.faults.follow(pump.state)
                self.faults.interrogated(pump.state.now)
            case SetClock():
                pump.set_clock()
            case Replace():
                self.pump_record = event.pump
                self._rebuild()
                self.alarms_before += pump.replace_pump(self.hardware.setup)
                self.faults.new_pump()
                know_battery(pump, event.pump, self.therapy)
                self.last_fill = None
                self.residuals.clear()
                if event.line is not None:
                    pump.set_line(event.line)
            case Revise():
                self.catheter_record = event.catheter
                self._rebuild()
                pump.replace_catheter(self.hardware.setup)
                if event.line is not None:
                    pump.set_line(event.line)
            case Explant():
                pump.explant()
            case _:
                pass

    def _rebuild(self) -> None:
        self.hardware = build_hardware(self.pump_record, self.catheter_record)

    def _write(self, event: Program) -> None:
        try:
            self.pump.write(event.program)
        except BadFileError as error:
            # A missed refill left another solution in the pump than this program was made for.
            raise PumpRefusalError(error.what) from None

    def _fill(self, index: int, event: Fill) -> None:
        state = self.pump.state
        numbers = self._mishaps.get(index, ())
        mishaps = mishaps_of(self.therapy, numbers)
        for number, (kind, _) in zip(numbers, mishaps, strict=True):
            self.faults.begin(number, kind.id, state.now, until_fill=True)
        if any(kind.id == MISSED for kind, _ in mishaps):
            return
        self._take_aspirate(event)
        if state.dry and state.dry_since is not None and self.therapy_before is not None:
            self.closed_gap = Gap("empty", state.dry_since, state.now, self._doses_before())
        self.pump.fill(
            event.volume,
            event.mixture,
            programmed_volume=event.programmed_volume,
            aspirated=event.aspirated,
            mishaps=mishaps,
        )
        self.last_fill = event
        self.faults.filled(state.now)

    def _take_aspirate(self, event: Fill | Empty) -> None:
        self._note_aspirate(event)
        assessment = self.assess(event)
        if assessment is not None:
            self.residuals.append(assessment)

    def _note_aspirate(self, event: Fill | Empty) -> None:
        """Let the aspirate show faults: the recorded one, else what is really there."""
        state = self.pump.state
        if self.last_fill is None or state.last_fill is None or not self.faults.records:
            return
        there = max(Fraction(0), state.physical - self.hardware.setup.residual.base)
        drawn = Volume(there) if event.aspirated is None else event.aspirated
        found = self.assess(replace(event, aspirated=drawn))
        if found is not None:
            self.faults.refill(state.now, state.last_fill, found)

    def _prime(self, event: Prime) -> None:
        volume = self.pump.prime(event.kind, event.volume)
        past = self.drug_past_tip(volume, event)
        state = self.pump.state
        if past and state.prime is not None:
            seconds = state.prime.left / state.prime.rate.base
            self.timeline.add_known(state.now, state.now + seconds, past, state.solution.written)

    def drug_past_tip(self, volume: Volume, event: Prime) -> Volume:
        """Return the volume with drug in it that a prime drives out at the tip."""
        if event.kind == "back-table":
            return Volume.zero()
        return max(Volume.zero(), volume - self.pump.state.line.drug_free_at_tip)

    def _bolus(self, event: Bolus) -> None:
        self.pump.clinician_bolus(event.dose, event.duration)
        state = self.pump.state
        assert state.bolus is not None
        self.timeline.add_known(
            state.now, state.bolus.end, state.grants[-1].volume, state.grants[-1].mixture
        )

    # -- what the checks ask --------------------------------------------------------------------

    @property
    def counted_from(self) -> Volume | None:
        """What the count began with at the last fill, nothing once emptied; None: never filled."""
        if self.last_fill is None:
            return None
        if self.pump.state.emptied:
            return Volume.zero()
        return self.last_fill.programmed_volume or self.last_fill.volume

    def assess(self, event: Fill | Empty) -> ResidualAssessment | None:
        """Return the delivered ratio that an aspirate gives; None where there is none."""
        counted, state = self.counted_from, self.pump.state
        if counted is None or event.aspirated is None:
            return None
        # The first fill of a pump leaves its residual behind: it can never be delivered.
        usable = Volume(counted.base - state.dry_at_computed)
        return assess_residual(
            usable, self.pump.expected_aspirate(), event.aspirated, earlier=tuple(self.residuals)
        )

    def _doses_before(self) -> Mapping[str, Mass]:
        return {} if self.therapy_before is None else self.therapy_before.daily_doses()

    def _stood(self) -> bool:
        """Whether an order for therapy given now would end a gap; `gaps` says which."""
        closed = self.closed_gap
        visit = threshold("K12", "visit", Duration).value.base
        just_closed = closed is not None and self.pump.state.now - closed.end <= visit
        return self.pump.state.dry or self.gap_start is not None or just_closed

    def _note_therapy(self, event: Event, before: WrittenProgram | None) -> None:
        """Keep track of therapy and its gaps after an event."""
        state = self.pump.state
        if isinstance(event, Program):
            written = state.pending[0] if state.pending is not None else state.program
            if written is not None and written.program.is_therapy:
                self._therapy_starts(written)
                return
        if isinstance(event, Resume) and state.activity is not Activity.STOPPED:
            if state.program is not None and state.program.program.is_therapy:
                self._therapy_starts(state.program)
            return
        closed = self.closed_gap
        if isinstance(event, Fill) and closed is not None and closed.end == state.now:
            self.therapy_since = state.now
        stands = isinstance(event, Stop | Program | Explant) or (
            isinstance(event, Fault) and _gives_no_therapy(state)
        )
        if stands and self.therapy_before is not None and self.gap_start is None:
            self.gap_start = state.now
            if isinstance(event, Fault) and state.stopped_since is not None:
                self.gap_start = state.stopped_since
            self.gap_kind = "stopped"
            running = None if state.program is None else state.program.program
            order = event.program if isinstance(event, Program) else running
            if order is not None and order.mode == "minimum-rate":
                self.gap_kind = "at minimum rate"

    def _therapy_starts(self, written: WrittenProgram) -> None:
        now = self.pump.state.now
        if self.therapy_before is None or self._stood():
            self.therapy_since = now
        elif _rises(written.daily_doses(), self._doses_before()):
            self.increases.append(now)
        self.therapy_before = written
        self.worst_before = own_worst_case(written) if self._for_review else None
        self.gap_start = None
        self.closed_gap = None


def _gives_no_therapy(state: PumpState) -> bool:
    """Whether the pump itself has stopped its therapy."""
    if state.stopped_since is not None or state.program is None:
        return True
    return state.program.program.mode == "minimum-rate"


def _rises(new: Mapping[str, Mass], old: Mapping[str, Mass]) -> bool:
    none = Mass.zero()
    return any(mass > old.get(drug, none) for drug, mass in new.items())
