"""What a patient's own device shows at a time: a view of the replayed pump that changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import final

from thecal.device.controller import PatientController, patient_controller
from thecal.errors import BadFileError, CannotComputeError
from thecal.program.clock import Instant
from thecal.program.program import WrittenProgram
from thecal.program.refill_dates import RefillBy
from thecal.pump.alarms import Alarm, AlarmKind, most_urgent_first
from thecal.pump.battery import due_of
from thecal.pump.guard import Denial
from thecal.pump.press_outlook import NextBolus, answer_now, boluses_left, next_bolus
from thecal.pump.pump import Pump
from thecal.pump.state import Activity
from thecal.therapy.events import (
    Empty,
    Event,
    Explant,
    Fill,
    Interrogate,
    Mri,
    Press,
    Prime,
    Program,
    Replace,
    Resume,
    Stop,
    Therapy,
)
from thecal.therapy.forecast import forecast, when_counted
from thecal.therapy.replay import Replay
from thecal.therapy.simulation import start_replay
from thecal.units import Volume

_RESETS_DATE = (Fill, Empty, Prime, Program, Stop, Resume, Replace, Explant)


@final
@dataclass(frozen=True, slots=True)
class PressAnswer:
    """How one press was answered.

    Attributes
    ----------
    asked
        Whether it was put to the pump on top of the file; else it stands in the file.
    later
        After a denial of a press that was asked: when the next one would be granted.
    """

    time: Instant
    asked: bool
    denial: Denial | None
    later: NextBolus | None


@final
@dataclass(frozen=True, slots=True)
class ControllerView:
    """The controller's screen, before any words.

    Attributes
    ----------
    program
        The one that runs; None before the first.
    denial
        Why a press would be denied now; None: it would be granted.
    later
        When a press will be granted, or what waiting does not change.
    left
        Boluses that count and dose of 24 hours still allow; None where neither is limited.
    running_until, last_bolus
        Of the bolus that runs, and the start of the patient's last one.
    refill
        By the controller's own rule; None where nothing is used up.
    refill_computed
        When that date was computed.
    clinic_refill
        What alarm volume, stability and the model's interval allow: the clinic's date goes first.
    alarms
        That are on now, each kind once, the most urgent first.
    unread_scan
        The last MRI after which the pump was not read.
    """

    therapy: Therapy
    controller: PatientController
    at: Instant
    activity: Activity
    program: WrittenProgram | None
    denial: Denial | None
    later: NextBolus
    left: int | None
    running_until: Instant | None
    last_bolus: Instant | None
    refill: Instant | None
    refill_computed: Instant
    clinic_refill: RefillBy | None
    alarms: tuple[Alarm, ...]
    unread_scan: Instant | None
    presses: tuple[PressAnswer, ...]


def view_controller(
    therapy: Therapy, *, at: Instant | None = None, presses: Sequence[datetime] = ()
) -> ControllerView:
    """Replay a therapy and look at the patient's controller.

    Parameters
    ----------
    therapy
        As read from its file; it is not reviewed here, for the device asks the pump alone.
    at
        When to look; None: at the last of `presses`, without any at the last event.
    presses
        Presses on top of those of the file. At equal times the file's events come first.

    Raises
    ------
    BadFileError
        If the catheter's length is unknown, or a time lies before the first event or after `at`.
    CannotComputeError
        If no patient controller is known for the pump.
    """
    end = _end(therapy, at, presses)
    joined = [(event, False) for event in therapy.events]
    joined += [(Press(time=time), True) for time in presses]
    joined.sort(key=lambda pair: therapy.instant(pair[0].time))
    asked = [is_asked for _, is_asked in joined]
    whole = replace(therapy, events=tuple(event for event, _ in joined))
    replay = start_replay(whole)
    answers: list[PressAnswer] = []
    refill, computed, scan = None, replay.start, None
    for index, event in enumerate(whole.events):
        instant = therapy.instant(event.time)
        if instant > end:
            break
        refill, computed = _advance(replay, instant) or (refill, computed)
        granted = False
        faults = replay.pump.state.faults
        if isinstance(event, Press):
            answers.append(_answer(replay.pump, asked[index]))
            granted = answers[-1].denial is None
        replay.apply(index)
        if granted or isinstance(event, _RESETS_DATE) or replay.pump.state.faults is not faults:
            refill, computed = _refill_date(replay), instant
        scan = _scan(event, instant, scan)
    refill, computed = _advance(replay, end) or (refill, computed)
    controller = _controller(replay)
    if not controller.frozen_date:
        refill, computed = _refill_date(replay), end
    pump, state = replay.pump, replay.pump.state
    return ControllerView(
        therapy=whole,
        controller=controller,
        at=state.now,
        activity=state.activity,
        program=state.program,
        denial=answer_now(pump),
        later=next_bolus(pump),
        left=boluses_left(pump),
        running_until=None if state.bolus is None else state.bolus.end,
        last_bolus=max((g.start for g in state.grants if g.by_patient), default=None),
        refill=refill,
        refill_computed=computed,
        clinic_refill=forecast(pump, replay.hardware.model).refill_by,
        alarms=_alarms_on(pump),
        unread_scan=scan if controller.after_scan is not None else None,
        presses=tuple(answers),
    )


def _advance(replay: Replay, until: Instant) -> tuple[Instant | None, Instant] | None:
    """Let time pass; return the refill date that the end of a fault or battery left, and when."""
    state, found = replay.pump.state, None
    while state.now < until:
        moments = [one.end for one in state.faults if one.end is not None]
        moments += [time for one in state.faults for time, _ in one.alarms]
        moments += [] if (due := due_of(state)) is None else [due]
        before, dead = state.faults, state.dead
        replay.advance_to(min([until, *(one for one in moments if one > state.now)]))
        if {one.source for one in before} != {one.source for one in state.faults} or (
            state.dead is not dead
        ):
            found = _refill_date(replay), state.now
    return found


def _end(therapy: Therapy, at: Instant | None, presses: Sequence[datetime]) -> Instant:
    first = therapy.instant(therapy.events[0].time)
    times = [therapy.instant(time) for time in presses]
    end = at
    if end is None:
        end = max(times) if times else therapy.instant(therapy.events[-1].time)
    if min([end, *times]) < first:
        raise BadFileError(
            "the controller cannot be looked at before the first event",
            remedy=f"the first event is at {therapy.moment(first).isoformat()}",
        )
    if max([end, *times]) > end:
        raise BadFileError(
            "a press lies after the time of the screen", remedy="choose a later --at"
        )
    return end


def _answer(pump: Pump, asked: bool) -> PressAnswer:
    denial = answer_now(pump)
    later = next_bolus(pump) if asked and denial is not None else None
    return PressAnswer(pump.state.now, asked, denial, later)


def _controller(replay: Replay) -> PatientController:
    found = patient_controller(replay.hardware.model.id)
    if found is None:
        raise CannotComputeError(
            f"no patient controller is known for {replay.hardware.model.id}",
            remedy="one belongs to the SynchroMed II and III and to the Prometra pumps",
            place="pump.model",
        )
    return found


def _refill_date(replay: Replay) -> Instant | None:
    own = _controller(replay).refill_volume
    volume: Volume = replay.pump.setup.low_reservoir_alarm if own is None else own.value
    return when_counted(replay.pump, volume)


def _scan(event: Event, instant: Instant, before: Instant | None) -> Instant | None:
    if isinstance(event, Mri):
        return instant
    return None if isinstance(event, Interrogate | Program | Fill) else before


def _alarms_on(pump: Pump) -> tuple[Alarm, ...]:
    """Return the alarms whose cause stands, each kind once, from when it began."""
    first: dict[AlarmKind, Alarm] = {}
    for alarm in pump.state.alarms:
        if alarm.ended is None:
            first.setdefault(alarm.kind, alarm)
    return most_urgent_first(first.values())
