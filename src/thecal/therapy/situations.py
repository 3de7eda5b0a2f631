"""Filling in the `Situation` that the checks judge, from the replay just before an event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from thecal.errors import (
    CannotComputeError,
    PumpRefusalError,
    RateRefusalError,
    ThecalError,
)
from thecal.pharmacy import Mixture
from thecal.program.clock import SECONDS_PER_DAY, Instant
from thecal.program.line import NO_DRUG, Line, Parcel, Segment, Solution, mass_in
from thecal.program.prime_bridge import PrimeKind, prime_volume
from thecal.program.program import InfusionProgram, Mode, WrittenProgram, write_program
from thecal.program.refill_dates import PumpingStretch, when_pumped
from thecal.program.schedule import WeeklySchedule
from thecal.pump.pump import Pump
from thecal.pump.state import PumpState
from thecal.safety.rules import threshold
from thecal.safety.situation import (
    BolusOrder,
    FillOrder,
    Gap,
    InterrogationRecord,
    LineChange,
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
    Explant,
    Fault,
    Fill,
    Interrogate,
    Mri,
    Prime,
    Program,
    Replace,
    Resume,
    Revise,
    Stop,
)
from thecal.therapy.first_doses import first_doses
from thecal.therapy.gaps import doses_in_force, gap_now
from thecal.therapy.hardware import build_hardware
from thecal.therapy.replay import Replay
from thecal.therapy.timeline import Timeline, own_worst_case
from thecal.units import DAY, HOUR, Duration, Mass, Volume, VolumeRate


def situation_of(replay: Replay, index: int, instead: Event | None = None) -> Situation:
    """Return the situation of event `index`; the replay has been advanced to its time.

    `instead` asks what would be if another event stood in its place.
    """
    therapy, hardware, state = replay.therapy, replay.hardware, replay.pump.state
    event = instead or therapy.events[index]
    before = doses_in_force(replay)
    gap = gap_now(replay)
    changes = isinstance(event, Program | Resume | Bolus | Fill)
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
            return _access_port(replay, index, event)
        case Revise():
            return _revision(replay, index, event)
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
    expected = replay.pump.expected_aspirate()
    due = Volume.zero()
    if previous is not None:
        usable = (previous.programmed_volume or previous.volume).base - state.dry_at_computed
        due = Volume(max(Fraction(0), usable - expected.base))
    return FillOrder(
        volume=event.volume,
        mixture=event.mixture,
        programmed_volume=event.programmed_volume,
        aspirated=event.aspirated,
        expected=expected,
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
        reaches_tip_first=_reaches_tip_first(replay, index),
        due=due,
        starts=_constant_flow(replay, event),
    )


def _constant_flow(replay: Replay, fill: Fill) -> WrittenProgram | None:
    """Return what a constant-flow pump gives from a fill on; None where its flow is not known."""
    setup = replay.hardware.setup
    if setup.programmable or setup.nominal_flow is None:
        return None
    flow = WeeklySchedule.constant(setup.nominal_flow)
    return WrittenProgram(InfusionProgram(Mode.CONTINUOUS), fill.mixture, flow, flow, None)


def _reaches_tip_first(replay: Replay, index: int) -> bool:
    """Whether at the rate that runs the new solution leaves the tip before the next program."""
    state, events = replay.pump.state, replay.therapy.events
    if state.program is None or state.stopped_since is not None:
        return False
    for later in events[index + 1 :]:
        if isinstance(later, Fill):
            break
        if isinstance(later, Program | Stop | Explant | Replace):
            until = replay.therapy.instant(later.time)
            pumped = state.program.achievable.volume_between(state.now, until)
            return pumped > state.line.volume
    return True


def _following(replay: Replay, index: int, fill: Fill) -> tuple[WrittenProgram | None, bool]:
    """Return the therapy that runs when the visit of a fill ends, and whether the visit orders it.

    A stop in between changes nothing: what is started again in the same visit counts.
    """
    events, state = replay.therapy.events, replay.pump.state
    until = _visit_end(replay, fill)
    ordered, stands = False, state.stopped_since is not None
    program = _constant_flow(replay, fill)
    if program is None and state.program is not None:
        program = _with_solution(state.program, fill.mixture)
    for later in events[index + 1 :]:
        if replay.therapy.instant(later.time) > until or isinstance(later, Fill):
            break
        if isinstance(later, Stop):
            ordered = True
            stands = True
        elif isinstance(later, Resume):
            ordered = True
            stands = False
        elif isinstance(later, Program):
            ordered = True
            stands = not later.program.is_therapy
            try:
                grid = replay.hardware.setup.grid
                program = write_program(later.program, fill.mixture, grid)
            except ThecalError:
                program = None
    return (None if stands else program), ordered


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
        worst_case_1h=timeline.worst_case(trial.state.now, window=HOUR),
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
    if state.program is None:
        return ProgramOrder(written=None, problem="there is no program to resume", is_resume=True)
    written = _with_solution(state.program, state.solution.written)
    worst = own_worst_case(written)
    return ProgramOrder(
        written=written,
        own_worst_case_24h=worst,
        worst_case_24h=worst,
        is_resume=True,
        resumes_other_solution=state.program.mixture != state.solution.written,
        wanted_drug=written.program.primary or "",
        wanted_dose=written.program.daily_dose,
    )


def _with_solution(written: WrittenProgram, mixture: Mixture) -> WrittenProgram:
    """Return a program's volumes with the solution that they now move."""
    primary = written.program.primary
    if primary is not None and primary not in mixture:
        # Its boluses and limits are masses of a drug that is no longer there.
        order = InfusionProgram(Mode.CONTINUOUS)
        return WrittenProgram(order, mixture, written.programmed, written.achievable, None)
    return replace(written, mixture=mixture)


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


def _tubing(replay: Replay) -> Segment:
    return replay.pump.state.line.tubing


def _revision(replay: Replay, index: int, event: Revise) -> Order:
    """What a new catheter means: it holds no drug, or what the record says."""
    if event.line:
        return LineChange(drug_free=None)
    hardware = build_hardware(replay.pump_record, event.catheter)
    catheter = Segment.filled(hardware.setup.catheter_volume, NO_DRUG)
    return LineChange(drug_free=_drug_free(replay, index, Line(_tubing(replay), catheter)))


def _drug_free(replay: Replay, index: int, line: Line) -> Duration | None:
    """How long a pump that runs gives no drug through `line`; None where it stands or is primed."""
    state, events = replay.pump.state, replay.therapy.events
    if state.program is None or state.stopped_since is not None or state.dry:
        return None
    until = _visit_end(replay, events[index])
    for later in events[index + 1 :]:
        if replay.therapy.instant(later.time) > until:
            break
        if isinstance(later, Prime | Program):
            return None
    free = line.drug_free_at_tip
    rate = state.program.achievable.volume_between(state.now, state.now + SECONDS_PER_DAY)
    return free / (rate / DAY) if free and rate else None


def _prime_order(replay: Replay, event: Prime) -> PrimeOrder:
    state, setup = replay.pump.state, replay.hardware.setup
    volume = event.volume or prime_volume(
        event.kind, tubing=setup.tubing_volume, catheter=setup.catheter_volume
    )
    past = replay.drug_past_tip(volume, event)
    joined = event.kind is PrimeKind.BACK_TABLE and state.program is not None
    if joined:
        past = max(Volume.zero(), volume - state.line.drug_free_at_tip)
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
        catheter_joined=joined,
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
    given = replay.hardware.setup.grid.achievable_volume(volume)
    try:
        trial.clinician_bolus(event.dose, event.duration)
    except RateRefusalError:
        pass  # the check of rates says it, with the figure and its source; its mass still counts
    except PumpRefusalError as error:
        problem, given = error.what, Volume.zero()
    timeline = _timeline_after(replay, trial)
    timeline.add_known(state.now, state.now + event.duration.base, given, written.mixture)
    return BolusOrder(
        masses=masses,
        duration=event.duration,
        rate=background + volume / event.duration,
        worst_case_24h=timeline.worst_case(state.now),
        problem=problem,
    )


def _access_port(replay: Replay, index: int, event: AccessPort) -> Order:
    if not event.injected:
        catheter = replay.pump.state.line.catheter
        if event.aspirated:
            catheter, _ = catheter.drawn_back(event.aspirated, NO_DRUG)
        return LineChange(drug_free=_drug_free(replay, index, Line(_tubing(replay), catheter)))
    line = replay.pump.state.line
    catheter = line.catheter
    solution = Solution(event.mixture, event.mixture)
    if event.aspirated:
        catheter, _ = catheter.drawn_back(event.aspirated, Solution(Mixture(()), Mixture(())))
    _, out = catheter.pushed((Parcel(event.injected, solution),))
    return LineInjection(past_tip=mass_in(out))
