"""Filling in the `Situation` that the checks judge, from the replay just before an event."""

from __future__ import annotations

from fractions import Fraction

from thecal.errors import (
    CannotComputeError,
    PumpRefusalError,
    RateRefusalError,
    ThecalError,
)
from thecal.pharmacy import Mixture
from thecal.program.clock import SECONDS_PER_DAY, Instant
from thecal.program.line import Parcel, Solution, mass_in
from thecal.program.prime_bridge import prime_volume
from thecal.program.program import WrittenProgram, write_program
from thecal.program.refill_dates import PumpingStretch, when_pumped
from thecal.program.schedule import WeeklySchedule
from thecal.pump.pump import Pump
from thecal.pump.state import PumpState
from thecal.safety.rules import threshold
from thecal.safety.situation import (
    BolusOrder,
    FillOrder,
    InterrogationRecord,
    LineInjection,
    Order,
    OtherRecord,
    PatientFacts,
    PrimeOrder,
    ProgramOrder,
    Situation,
    StopOrder,
    TipStretch,
)
from thecal.therapy.events import (
    AccessPort,
    BagChange,
    Bolus,
    Environment,
    Event,
    Fault,
    Fill,
    Interrogate,
    Mri,
    Prime,
    Program,
    Resume,
    Stop,
)
from thecal.therapy.replay import Replay
from thecal.therapy.timeline import Timeline, own_worst_case
from thecal.units import Duration, Mass, Volume, VolumeRate


def situation_of(replay: Replay, index: int, instead: Event | None = None) -> Situation:
    """Return the situation of event `index`; the replay has been advanced to its time.

    `instead` asks what would be if another event stood in its place.
    """
    therapy, hardware, state = replay.therapy, replay.hardware, replay.pump.state
    event = instead or therapy.events[index]
    before = replay.therapy_before
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
        catheter_length_known=hardware.catheter_length_known,
        catheter_length_is_range=hardware.catheter_length_is_range,
        range_note=hardware.range_note(),
        line=state.line,
        solution=state.solution,
        fills=state.fills,
        last_fill=state.last_fill,
        running=running,
        running_since=state.program_start,
        therapy_before=None if before is None else before.daily_doses(),
        worst_before=replay.worst_before,
        therapy_is_young=replay.therapy_is_young(),
        priming=state.prime is not None,
        bridging=state.bridge is not None and state.prime is None,
        stopped_since=state.stopped_since,
        dry_since=state.dry_since if state.dry else None,
        received=replay.received.highest_day(state.now)
        if isinstance(event, Program | Resume)
        else {},
        increases=tuple(replay.increases),
        first_dose=replay.therapy_since,
        gap=replay.gap_now(),
        refill_by=None if by is None else by.instant,
        refill_by_reason="" if by is None else by.decided_by,
        stability=None if outlook is None else outlook.stability,
    )


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
    match event:
        case Fill():
            return _fill_order(replay, index, event)
        case Program():
            return program_order(replay, event)
        case Resume():
            return _resume_order(replay)
        case Prime():
            return _prime_order(replay, event)
        case Stop():
            return StopOrder(reason=event.reason, left_stopped=_left_stopped(replay, index))
        case Bolus():
            return _bolus_order(replay, event)
        case Interrogate():
            return InterrogationRecord(
                serial=event.serial,
                pump_clock=event.pump_clock,
                programmer_clock=event.programmer_clock,
            )
        case AccessPort():
            return _injection(replay, event)
        case Mri():
            return OtherRecord(type=event.type, replayed=replay.hardware.model.kind == "roller")
        case Fault() | Environment() | BagChange():
            return OtherRecord(type=event.type, replayed=False)
        case _:
            return OtherRecord(type=event.type, replayed=True)


def _visit_end(replay: Replay, event: Event) -> Instant:
    visit = threshold("K12", "visit", Duration).value.base
    return replay.therapy.instant(event.time) + visit


def _left_stopped(replay: Replay, index: int) -> bool:
    """Whether nothing in the same visit starts the pump again."""
    events = replay.therapy.events
    until = _visit_end(replay, events[index])
    for later in events[index + 1 :]:
        if replay.therapy.instant(later.time) > until:
            return True
        if isinstance(later, Resume) or (isinstance(later, Program) and later.program.is_therapy):
            return False
    return True


# -- fills --------------------------------------------------------------------------------------


def _fill_order(replay: Replay, index: int, event: Fill) -> FillOrder:
    state, setup = replay.pump.state, replay.hardware.setup
    left = Volume(min(state.physical, setup.residual.base))
    following, program_follows = _following(replay, index, event)
    previous = replay.last_fill
    return FillOrder(
        volume=event.volume,
        mixture=event.mixture,
        programmed_volume=event.programmed_volume,
        aspirated=event.aspirated,
        expected=replay.pump.expected_aspirate(),
        filled_before=None if previous is None else previous.programmed_volume or previous.volume,
        residual=replay.assess(event),
        mixed=event.mixture.blended(event.volume, state.solution.actual, left),
        order=event.order,
        label=event.label,
        beyond_use=event.beyond_use,
        confirmed_by=event.confirmed_by,
        following=following,
        program_follows=program_follows,
        next_is_program=_program_before_next_fill(replay, index),
    )


def _following(replay: Replay, index: int, fill: Fill) -> tuple[WrittenProgram | None, bool]:
    """Return what runs after the visit of a fill, and whether the visit writes it."""
    events, state = replay.therapy.events, replay.pump.state
    until = _visit_end(replay, fill)
    for later in events[index + 1 :]:
        if replay.therapy.instant(later.time) > until or isinstance(later, Fill):
            break
        if isinstance(later, Stop):
            return None, True
        if isinstance(later, Program):
            try:
                grid = replay.hardware.setup.grid
                return write_program(later.program, fill.mixture, grid), True
            except ThecalError:
                return None, True
    stands = state.stopped_since is not None
    return (None if stands else state.program), False


def _program_before_next_fill(replay: Replay, index: int) -> bool:
    for later in replay.therapy.events[index + 1 :]:
        if isinstance(later, Fill):
            return False
        if isinstance(later, Program):
            return True
    return False


# -- programs -----------------------------------------------------------------------------------


def program_order(replay: Replay, event: Program) -> ProgramOrder:
    """Return the order of a program event: the program in volumes and what it would do."""
    order = event.program
    asked = order.bridge is not None
    trial = Pump(replay.hardware.setup, replay.pump.state.copy())
    problem = ""
    written: WrittenProgram | None = None
    try:
        written = write_program(order, trial.state.solution.written, trial.setup.grid)
        if replay.hardware.setup.programmable:
            trial.write(order)
    except RateRefusalError:
        pass  # the check of rates says it, with the figure and its source
    except (PumpRefusalError, CannotComputeError) as error:
        problem = error.what
    timeline = _timeline_after(replay, trial)
    bridge = trial.state.bridge or (trial.state.pending or (None, None))[1]
    tip = _tip(trial, written) if written is not None and not problem else ()
    return ProgramOrder(
        written=written,
        problem=problem,
        worst_case_24h=timeline.worst_case(trial.state.now),
        own_worst_case_24h=own_worst_case(written) if written is not None else {},
        tip=tip if replay.hardware.catheter_length_known else (),
        bridge_rate=None if bridge is None else bridge.rate,
        bridge_asked=asked,
        wanted_drug=order.primary or "",
        wanted_dose=order.daily_dose,
        reason=event.reason,
        dose_without_effect=event.dose_without_effect,
    )


def _timeline_after(replay: Replay, trial: Pump) -> Timeline:
    timeline = replay.timeline.copy()
    timeline.rewrite(trial)
    return timeline


def _resume_order(replay: Replay) -> ProgramOrder:
    state = replay.pump.state
    written = state.program
    if written is None:
        return ProgramOrder(written=None, problem="there is no program to resume", is_resume=True)
    return ProgramOrder(
        written=written,
        own_worst_case_24h=own_worst_case(written),
        worst_case_24h=own_worst_case(written),
        is_resume=True,
        wanted_drug=written.program.primary or "",
        wanted_dose=written.program.daily_dose,
    )


def _tip(trial: Pump, written: WrittenProgram) -> tuple[TipStretch, ...]:
    """Return what leaves the tip from the program's start until only new solution is left."""
    if not written.program.is_therapy:
        return ()
    state = trial.state
    if state.prime is not None:
        trial.advance(state.now + state.prime.left / state.prime.rate.base)
    bridge = state.bridge
    bridged = Fraction(0) if bridge is None else bridge.left
    parcels = _parcels_until(state, bridged)
    stretches: list[PumpingStretch] = []
    none = VolumeRate.zero()
    if bridge is not None:
        end = state.now + bridge.left / bridge.rate.base
        stretches.append(PumpingStretch(end, WeeklySchedule.constant(bridge.rate), none))
    stretches.append(PumpingStretch(None, written.achievable, none))
    tip: list[TipStretch] = []
    pumped = Fraction(0)
    start = state.now
    for parcel in parcels:
        pumped += parcel.volume.base
        end_or_none = when_pumped(state.now, stretches, Volume(pumped))
        if end_or_none is None or end_or_none == start:
            break
        reckoned = state.previous_written if pumped <= bridged else written.mixture
        rate = parcel.volume / Duration(end_or_none - start)
        tip.append(TipStretch(start, end_or_none, rate, reckoned, parcel.solution))
        start = end_or_none
    day = Fraction(SECONDS_PER_DAY)
    steady = written.achievable.volume_between(start, start + day) / Duration(day)
    tip.append(TipStretch(start, start + day, steady, written.mixture, state.solution))
    return tuple(tip)


def _parcels_until(state: PumpState, bridged: Fraction) -> list[Parcel]:
    """The line's parcels from the tip, topped up to the bridge's volume and cut where it ends."""
    parcels = list(state.line.parcels)
    total = sum((parcel.volume.base for parcel in parcels), Fraction(0))
    if bridged > total:
        parcels.append(Parcel(Volume(bridged - total), state.solution))
    cut: list[Parcel] = []
    passed = Fraction(0)
    for parcel in parcels:
        after = passed + parcel.volume.base
        if passed < bridged < after:
            cut.append(Parcel(Volume(bridged - passed), parcel.solution))
            cut.append(Parcel(Volume(after - bridged), parcel.solution))
        else:
            cut.append(parcel)
        passed = after
    return cut


# -- the rest -----------------------------------------------------------------------------------


def _prime_order(replay: Replay, event: Prime) -> PrimeOrder:
    state, setup = replay.pump.state, replay.hardware.setup
    volume = event.volume or prime_volume(
        event.kind, tubing=setup.tubing_volume, catheter=setup.catheter_volume
    )
    past = replay.drug_past_tip(volume, event)
    masses: dict[str, Mass] = {}
    if past:
        # What the prime drives out is first the line, then what follows it.
        trial = Pump(setup, state.copy())
        _, out = trial.state.line.pushed(volume, trial.state.solution)
        masses = mass_in(out)
    rate = setup.maximum_rate
    return PrimeOrder(
        kind=event.kind,
        volume=volume,
        duration=None if rate is None else volume / rate,
        past_tip=masses,
        past_tip_volume=past,
        drug_free_at_tip=state.line.drug_free_at_tip,
    )


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
    try:
        trial.clinician_bolus(event.dose, event.duration)
    except RateRefusalError:
        pass  # the check of rates says it, with the figure and its source
    except PumpRefusalError as error:
        problem = error.what
    timeline = _timeline_after(replay, trial)
    if trial.state.bolus is not None:
        grant = trial.state.grants[-1]
        timeline.add_known(state.now, trial.state.bolus.end, grant.volume, grant.mixture)
    return BolusOrder(
        masses=masses,
        duration=event.duration,
        rate=background + volume / event.duration,
        worst_case_24h=timeline.worst_case(state.now),
        problem=problem,
    )


def _injection(replay: Replay, event: AccessPort) -> Order:
    if not event.injected:
        return OtherRecord(type=event.type, replayed=True)
    line = replay.pump.state.line
    catheter = line.catheter
    solution = Solution(event.mixture, event.mixture)
    if event.aspirated:
        catheter, _ = catheter.drawn_back(event.aspirated, Solution(Mixture(()), Mixture(())))
    _, out = catheter.pushed((Parcel(event.injected, solution),))
    return LineInjection(past_tip=mass_in(out))
