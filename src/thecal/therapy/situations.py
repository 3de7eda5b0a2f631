"""Filling in the `Situation` that the checks judge, from the replay just before an event."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from thecal.device import CatheterModel, PumpModel, catheter_model, pump_model
from thecal.errors import (
    PumpRefusalError,
    RateRefusalError,
)
from thecal.program.clock import SECONDS_PER_DAY
from thecal.pump.pump import Pump
from thecal.safety.situation import (
    BolusOrder,
    ClockOrder,
    Gap,
    InterrogationRecord,
    Order,
    OtherRecord,
    PatientFacts,
    ScanRecord,
    Situation,
    StopOrder,
)
from thecal.therapy.events import (
    AccessPort,
    Bolus,
    Empty,
    Environment,
    Event,
    Fault,
    Fill,
    InfectionCare,
    Interrogate,
    Mri,
    Prime,
    Program,
    Replace,
    Resume,
    Revise,
    SetClock,
    Stop,
    StrayBag,
)
from thecal.therapy.external import EXTERNAL
from thecal.therapy.fault_events import why_not_replayed
from thecal.therapy.fill_orders import empty_order, fill_order
from thecal.therapy.first_doses import first_doses
from thecal.therapy.gaps import doses_in_force, gap_now
from thecal.therapy.line_orders import access_port_order, prime_order, revision_order, set_order
from thecal.therapy.program_orders import program_order, resume_order, timeline_after
from thecal.therapy.replay import Replay
from thecal.therapy.visits import visit_end
from thecal.units import Mass, Volume, VolumeRate


def situation_of(replay: Replay, index: int, instead: Event | None = None) -> Situation:
    """Return the situation of event `index`; the replay has been advanced to its time.

    `instead` asks what would be if another event stood in its place.
    """
    therapy, hardware, state = replay.therapy, replay.hardware, replay.pump.state
    event = instead or therapy.events[index]
    before = doses_in_force(replay)
    gap = gap_now(replay, index)
    changes = isinstance(event, Program | Resume | Bolus | Fill | AccessPort)
    outlook = replay.outlook
    by = outlook.refill_by if outlook is not None else None
    running = state.pending[0] if state.pending is not None else state.program
    return Situation(
        index=index,
        now=state.now,
        moment=event.time,
        order=_order(replay, index, event),
        patient=_patient(replay, event),
        model=hardware.model,
        setup=hardware.setup,
        serial=hardware.serial,
        clock_offset_differs=event.time.utcoffset() != therapy.utc_offset,
        joined=_joined(replay, index, event),
        catheter_length_known=hardware.catheter_length_known,
        catheter_length_is_range=hardware.catheter_length_is_range,
        range_note=hardware.range_note(),
        line=state.line,
        solution=state.solution,
        fills=state.fills,
        last_fill=state.last_fill,
        running=running,
        running_since=state.program_start,
        therapy_before=before,
        worst_before=replay.worst_before,
        priming=state.prime is not None,
        bridging=state.bridge is not None and state.prime is None,
        stopped_since=state.stopped_since,
        dry_since=state.dry_since if state.dry else None,
        received=replay.received.highest_day(state.now) if changes else {},
        received_without_boluses=(
            replay.received.highest_day(state.now, clinician_boluses=False) if changes else {}
        ),
        first_doses=_young_doses(replay, index, gap) if changes and before else {},
        increases=tuple(replay.increases),
        first_dose=replay.therapy_since,
        gap=gap,
        refill_by=None if by is None else by.instant,
        refill_by_reason="" if by is None else by.decided_by,
        stability=None if outlook is None else outlook.stability,
    )


def _young_doses(replay: Replay, index: int, gap: Gap | None) -> Mapping[str, Mass]:
    """Return with what each drug began that has been given for less than a day."""
    received = replay.received
    until = replay.pump.state.now if gap is None else gap.start
    old = {drug for drug, since in received.first.items() if until - since >= SECONDS_PER_DAY}
    drugs = set(replay.pump.state.solution.written)
    if drugs <= old:
        return {}
    grid = replay.hardware.setup.grid
    begun = first_doses(replay.therapy, index, received.restarts, grid)
    return {drug: dose for drug, dose in begun.items() if drug not in old}


def _patient(replay: Replay, event: Event) -> PatientFacts:
    patient = replay.therapy.patient
    return PatientFacts(
        age=patient.age_at(event.time.date()),
        therapy=patient.therapy,
        setting=patient.setting,
        origin=patient.origin,
        opioid_tolerant=patient.opioid_tolerant,
    )


def _order(replay: Replay, index: int, event: Event) -> Order:
    gone = replay.pump.state.removed
    match event:
        case Fill() | Empty() | AccessPort() | InfectionCare() | SetClock() | Fault() if gone:
            return OtherRecord(type=event.type, not_replayed="pump and catheter were taken out")
        case Fill():
            return fill_order(replay, index, event)
        case Empty():
            return empty_order(replay, index, event)
        case Program():
            return program_order(replay, event)
        case Resume():
            return resume_order(replay)
        case Prime():
            return prime_order(replay, event)
        case Stop():
            return StopOrder(reason=event.reason, left_stopped=_left_stopped(replay, index))
        case Bolus():
            return _bolus_order(replay, event)
        case Interrogate():
            return InterrogationRecord(
                serial=event.serial,
                pump_clock=_on_the_pump_clock(replay, event.pump_clock),
                programmer_clock=_on_the_pump_clock(replay, event.programmer_clock),
            )
        case SetClock():
            return _clock_order(replay, event)
        case AccessPort():
            return access_port_order(replay, index, event)
        case Revise():
            return revision_order(replay, index, event)
        case Mri() | Fault() | Environment():
            why = why_not_replayed(replay.therapy, index, event, replay.hardware.model)
            if isinstance(event, Mri):
                return ScanRecord(
                    type=event.type, field_strength=event.field_strength, not_replayed=why
                )
            return OtherRecord(type=event.type, not_replayed=why)
        case InfectionCare() if "set" in event.done and _is_external(replay):
            return set_order(replay, index)
        case StrayBag() | InfectionCare():
            why = "" if _is_external(replay) else "it is not an external pump"
            return OtherRecord(type=event.type, not_replayed=why)
        case _:
            return OtherRecord(type=event.type, not_replayed="")


def _on_the_pump_clock(replay: Replay, clock: datetime | None) -> datetime | None:
    """Return a clock that was read with its offset: the pump's, where none was written."""
    return None if clock is None else replay.therapy.moment(replay.therapy.instant(clock))


def _is_external(replay: Replay) -> bool:
    return replay.hardware.model.kind == EXTERNAL


def _joined(replay: Replay, index: int, event: Event) -> tuple[PumpModel, CatheterModel] | None:
    """Return pump and catheter where an event joins them: at the beginning and when one is new."""
    pump, catheter = replay.pump_record, replay.catheter_record
    match event:
        case Replace():
            pump = event.pump
        case Revise():
            catheter = event.catheter
        case _ if index:
            return None
    return pump_model(pump.model), catheter_model(catheter.model)


def _clock_order(replay: Replay, event: SetClock) -> ClockOrder:
    """Return what the program gives twice, or leaves out, when the clock jumps."""
    state = replay.pump.state
    old, new = state.now + state.clock_offset, state.now
    written = state.program
    given: dict[str, Mass] = {}
    if written is not None and state.stopped_since is None and not written.achievable.is_constant:
        volume = written.achievable.volume_between(min(old, new), max(old, new))
        given = {drug: written.mixture.mass_of(drug, volume) for drug in written.mixture}
    return ClockOrder(reason=event.reason, old=old, new=new, between=given)


def _left_stopped(replay: Replay, index: int) -> bool:
    """Whether nothing in the same visit starts the pump again."""
    events = replay.therapy.events
    until = visit_end(replay, events[index])
    for later in events[index + 1 :]:
        if replay.therapy.instant(later.time) > until:
            return True
        if isinstance(later, Resume) or (isinstance(later, Program) and later.program.is_therapy):
            return False
    return True


def _bolus_order(replay: Replay, event: Bolus) -> BolusOrder:
    state = replay.pump.state
    trial = Pump(replay.hardware.setup, state.copy())
    written = state.program
    primary = written.program.primary if written is not None else None
    if written is None or primary is None:
        return BolusOrder(
            masses={},
            duration=event.duration,
            rate=None,
            worst_case_24h={},
            problem="no bolus can be given: no program with a primary drug runs",
        )
    volume = event.dose / written.mixture[primary]
    masses = {drug: written.mixture.mass_of(drug, volume) for drug in written.mixture}
    problem = ""
    background = VolumeRate.zero()
    if not state.dry and state.stopped_since is None:
        background = written.achievable.rate_at(state.now)
    given = replay.hardware.setup.grid.achievable_volume(volume)
    try:
        trial.clinician_bolus(event.dose, event.duration)
    except RateRefusalError:
        pass  # the check of rates says it, with the figure and its source; its mass still counts
    except PumpRefusalError as error:
        problem, given = error.what, Volume.zero()
    timeline = timeline_after(replay, trial)
    timeline.add_known(state.now, state.now + event.duration.base, given, written.mixture)
    return BolusOrder(
        masses=masses,
        duration=event.duration,
        rate=background + volume / event.duration,
        worst_case_24h=timeline.worst_case(state.now),
        problem=problem,
    )
