"""Running a therapy to an end: what was delivered, what is where, and what comes next."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import final

from thecal.device import PumpModel
from thecal.errors import BadFileError
from thecal.pharmacy import Mixture
from thecal.program.clock import SECONDS_PER_DAY, Instant
from thecal.program.delivery import Purpose
from thecal.program.holes import Place
from thecal.program.line import Parcel
from thecal.program.program import WrittenProgram
from thecal.pump.alarms import Alarm
from thecal.pump.flow import DeliverySink
from thecal.pump.pump import Pump
from thecal.pump.state import Activity
from thecal.safety.infection_care import CareOutlook
from thecal.therapy.battery import BatteryOutlook, battery_outlook
from thecal.therapy.events import Therapy
from thecal.therapy.fault_log import FaultRecord
from thecal.therapy.forecast import Forecast, forecast
from thecal.therapy.hardware import Hardware
from thecal.therapy.infection_care import care_outlook
from thecal.therapy.replay import PressLog, RefusedOrder, Replay
from thecal.units import Mass, Volume, VolumeRate

_CHUNK = 30 * SECONDS_PER_DAY
Progress = Callable[[Fraction], None]


@final
@dataclass(frozen=True, slots=True)
class DrugBalance:
    """Where one drug's mass is: filled = withdrawn + reservoir + line + delivered + unaccounted."""

    filled: Mass
    withdrawn: Mass
    reservoir: Mass
    line: Mass
    delivered: Mass
    unaccounted: Mass


@final
@dataclass(frozen=True, slots=True)
class Simulation:
    """The state of a therapy at the end of its replay.

    Attributes
    ----------
    hardware, catheter_tip
        What is in the patient at the end, and at which level its tip lies.
    last_fill, first_fill
        When the reservoir was filled last (None: never), and whether that was the pump's first.
    emptied
        Whether somebody emptied the reservoir since that fill.
    reservoir_volume
        By the pump's count; what is physically there is larger by the unusable residual.
    reservoir_mixture, reservoir_written
        The solution as it is, old residual mixed in, and as it was written at the fill.
    line, catheter
        Parcels from the tip to the reservoir; those of the catheter alone, up to the access port.
    program
        What is written in the pump; None before the first program.
    background
        What the reservoir gives now by the orders, boluses and faults left out.
    faults
        Every fault of the record that the replay followed, in order.
    lost
        Drug to place to mass: of what was withdrawn, what no syringe of the clinic drew.
    care
        What infection care is due next; empty for an implanted pump.
    """

    therapy: Therapy
    end: Instant
    activity: Activity
    model: PumpModel
    hardware: Hardware
    catheter_tip: str
    last_fill: Instant | None
    first_fill: bool
    emptied: bool
    reservoir_volume: Volume
    reservoir_mixture: Mixture
    reservoir_written: Mixture
    balance: Mapping[str, DrugBalance]
    delivered_by_purpose: Mapping[str, Mapping[Purpose, Mass]]
    presses: PressLog
    refused: tuple[RefusedOrder, ...]
    alarms: tuple[Alarm, ...]
    outlook: Forecast
    battery: BatteryOutlook
    line: tuple[Parcel, ...]
    catheter: tuple[Parcel, ...]
    program: WrittenProgram | None
    background: VolumeRate
    faults: tuple[FaultRecord, ...]
    lost: Mapping[str, Mapping[Place, Mass]]
    care: CareOutlook | None = None


def simulate(
    therapy: Therapy,
    *,
    until: Instant | None = None,
    sink: DeliverySink | None = None,
    progress: Progress | None = None,
    length_needed: bool = True,
) -> Simulation:
    """Replay a therapy as recorded.

    Parameters
    ----------
    therapy
        As read from its file; it is not reviewed here.
    until
        Where to end; None: at the last event. Later events are left out.
    sink
        Called with every delivery in order of time.
    progress
        Called with the seconds that have been replayed since the last call.
    length_needed
        False: a catheter of unknown length runs as if it held nothing; what is in the line and
        when it leaves is then not known, and the reservoir is off by what primes should have taken.

    Raises
    ------
    BadFileError
        If the catheter's length is unknown and needed, or `until` lies before the first event.
    """
    replay = start_replay(therapy, sink, length_needed=length_needed)
    end = therapy.instant(therapy.events[-1].time) if until is None else until
    if end < replay.start:
        raise BadFileError("the end lies before the first event", remedy="choose a later time")
    for index, event in enumerate(therapy.events):
        instant = therapy.instant(event.time)
        if instant > end:
            break
        _advance(replay, instant, progress)
        replay.apply(index)
    _advance(replay, end, progress)
    return _result(therapy, replay)


def simulate_on(replay: Replay, until: Instant) -> Simulation:
    """Return how a replay stands at a later time; the replay itself stays where it is.

    Raises
    ------
    BadFileError
        If `until` lies before the replay's now.
    """
    return _result(replay.therapy, ahead_of(replay, until))


def ahead_of(replay: Replay, until: Instant) -> Replay:
    """Return a replay at a later time, for `simulate_on`; the one given stays where it is.

    Raises
    ------
    BadFileError
        If `until` lies before the replay's now.
    """
    if until < replay.pump.state.now:
        raise BadFileError("the end lies before the last event", remedy="choose a later time")
    ahead = copy.copy(replay)
    ahead.pump = Pump(replay.pump.setup, replay.pump.state.copy())
    ahead.faults = copy.deepcopy(replay.faults)
    ahead.advance_to(until)
    return ahead


def start_replay(
    therapy: Therapy, sink: DeliverySink | None = None, *, length_needed: bool = True
) -> Replay:
    """Return the replay of a therapy before its first event.

    Raises
    ------
    BadFileError
        If the catheter's length is unknown and `length_needed`.
    """
    replay = Replay(therapy, sink)
    if length_needed and not replay.hardware.catheter_length_known:
        raise BadFileError(
            "the implanted catheter length is not known, so nothing can be replayed",
            remedy="write implanted_length, trimmed_length or implanted_length_range",
            place="catheter",
        )
    return replay


def _advance(replay: Replay, until: Instant, progress: Progress | None) -> None:
    """Advance in chunks, so that a long stretch without events shows its progress."""
    if progress is None:
        replay.advance_to(until)
        return
    while replay.pump.state.now < until:
        before = replay.pump.state.now
        replay.advance_to(min(until, before + _CHUNK))
        progress(replay.pump.state.now - before)


def _result(therapy: Therapy, replay: Replay) -> Simulation:
    state = replay.pump.state
    account = state.account
    line = state.line.mass()
    none = Fraction(0)
    drugs = sorted({*account.filled, *account.withdrawn})
    balance = {
        drug: DrugBalance(
            filled=Mass(account.filled.get(drug, none)),
            withdrawn=account.left_otherwise(drug),
            reservoir=state.solution.actual.mass_of(drug, Volume(state.physical)),
            line=line.get(drug, Mass.zero()),
            delivered=account.delivered(drug),
            unaccounted=Mass(account.unaccounted.get(drug, none)),
        )
        for drug in drugs
    }
    return Simulation(
        therapy=therapy,
        end=state.now,
        activity=state.activity,
        model=replay.hardware.model,
        hardware=replay.hardware,
        catheter_tip=replay.catheter_record.tip,
        last_fill=state.last_fill,
        first_fill=state.fills == 1,
        emptied=state.emptied,
        reservoir_volume=Volume(state.computed),
        reservoir_mixture=state.solution.actual,
        reservoir_written=state.solution.written,
        balance=balance,
        delivered_by_purpose={
            drug: {purpose: account.delivered(drug, purpose) for purpose in Purpose}
            for drug in drugs
        },
        presses=replay.presses,
        refused=tuple(replay.refused),
        alarms=(*replay.alarms_before, *state.alarms),
        outlook=forecast(replay.pump, replay.hardware.model),
        battery=battery_outlook(replay.pump, replay.hardware.model),
        line=state.line.parcels,
        catheter=state.line.catheter.parcels,
        program=state.program,
        background=replay.pump.background_rate,
        faults=_faults(replay),
        lost={
            drug: {place: account.lost(drug, place) for place in Place if account.lost(drug, place)}
            for drug in drugs
        },
        care=care_outlook(therapy, state.now),
    )


def _faults(replay: Replay) -> tuple[FaultRecord, ...]:
    replay.faults.follow(replay.pump.state)
    return tuple(replay.faults.records)
