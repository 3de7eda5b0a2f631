"""What an implant visit is for the therapy: its events, as the review reads them.

The same review as of everything else judges them, in the record as it would be with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timezone
from typing import Any, final

from thecal.care.implant_visit import (
    REVISION,
    PrimeAdvice,
    catheter_record,
    prime_advice,
    pump_record,
    revision_advice,
)
from thecal.care.programming.fields import ReadDraft, read_draft
from thecal.clinic.flows.implant_visit import RunningVisit
from thecal.clinic.ledger.candidates import folded_with
from thecal.clinic.ledger.chart import Chart
from thecal.clinic.ledger.log import Draft
from thecal.clinic.ledger.registration import CANCER_PAIN, SPASTICITY
from thecal.clinic.pumps.telemetry import MANUAL
from thecal.errors import EntryError
from thecal.pharmacy import Mixture
from thecal.program.prime_bridge import PrimeKind
from thecal.program.program import InfusionProgram, Mode, WrittenProgram, write_program
from thecal.record.fold import EVENT, SETUP, event_body, setup_body
from thecal.safety.finding import Finding
from thecal.therapy.events import (
    AccessPort,
    Empty,
    Event,
    Fill,
    Override,
    Patient,
    Prime,
    Program,
    Replace,
    Revise,
    Therapy,
)
from thecal.therapy.hardware import Hardware, build_hardware
from thecal.therapy.review import review_events
from thecal.units import Mass, Volume, parse_quantity

_BY_HAND = "typed into the programmer at the implant and written down"


@final
@dataclass(frozen=True)
class Planned:
    """A visit as the therapy that it makes.

    Attributes
    ----------
    hardware
        The new pump with the catheter that it is joined to.
    advice
        Which prime it needs.
    written
        The program as volumes; None where there is none, or it is not recorded yet.
    """

    chart: Chart
    running: RunningVisit
    hardware: Hardware
    solution: Mixture
    advice: PrimeAdvice
    events: tuple[Event, ...]
    setup: Therapy | None
    written: WrittenProgram | None

    def drafts(self, answers: Sequence[Override] = ()) -> tuple[Draft, ...]:
        """Return the entries of the therapy, each event with the answers that were given."""
        found = [] if self.setup is None else [Draft(SETUP, setup_body(self.setup))]
        for one in self.events:
            event = replace(one, override=tuple(answers))
            if isinstance(event, Program):
                found.append(Draft(MANUAL, {"what": event.type}, _BY_HAND))
            found.append(Draft(EVENT, event_body(event), pump_time=event.time))
        return tuple(found)

    def findings(self, answers: Sequence[Override] = ()) -> tuple[Finding, ...]:
        """Return what the review says of these events in the record; raises `ThecalError`."""
        therapy = folded_with(self.chart.entries, self.drafts(answers)).therapy
        assert therapy is not None
        first = len(therapy.events) - len(self.events)
        found, _ = review_events(therapy)
        return tuple(
            replace(one, event=None) for one in found if one.event is None or one.event >= first
        )


def setup_needed(chart: Chart) -> bool:
    """Return whether the record holds no pump so far, not even one that was taken out."""
    return chart.therapy is None


def catheter_holds(chart: Chart, at: datetime) -> tuple[Mixture, ...]:
    """Return the solutions in the catheter at a time, as they were written; none: drug-free."""
    stood = chart.simulation(at)
    if stood is None:
        return ()
    return tuple(
        dict.fromkeys(one.solution.written for one in stood.catheter if one.solution.written)
    )


def _tubing_holds(chart: Chart) -> tuple[Mixture, ...]:
    replay = chart.folded.replay
    assert replay is not None
    parcels = replay.pump.state.line.tubing.parcels
    return tuple(dict.fromkeys(one.solution.written for one in parcels if one.solution.written))


def reservoir_solution(chart: Chart) -> Mixture:
    """Return what the pump of the record is filled with, as it was written."""
    replay = chart.folded.replay
    assert replay is not None
    return replay.pump.state.solution.written


def line_advice(chart: Chart, running: RunningVisit, hardware: Hardware) -> PrimeAdvice:
    """Return which prime the line of a visit needs, its fill recorded or its pump staying."""
    if running.visit.purpose == REVISION:
        return revision_advice(
            volume=hardware.setup.catheter_volume if hardware.catheter_length_known else None,
            tubing=_tubing_holds(chart),
            solution=reservoir_solution(chart),
        )
    solution = running.visit.filled.get("mixture", Mixture)
    assert solution is not None
    # The old pump ran on until it was emptied: what its last event told may be long past the tip.
    at = datetime.fromisoformat(
        running.visit.said("old", "drawn_at") or running.visit.said("fill", "filled_at")
    )
    return prime_advice(
        new_catheter=running.visit.new_catheter,
        volume=hardware.setup.catheter_volume if hardware.catheter_length_known else None,
        holds=() if running.visit.new_catheter else catheter_holds(chart, at),
        solution=solution,
    )


def hardware_of(chart: Chart, running: RunningVisit) -> Hardware:
    """Return the pump with the catheter, of which one may stay."""
    visit = running.visit
    if visit.purpose == REVISION:
        replay = chart.folded.replay
        assert replay is not None
        return build_hardware(replay.pump_record, catheter_record(visit))
    if visit.new_catheter:
        return build_hardware(pump_record(visit), catheter_record(visit))
    replay = chart.folded.replay
    assert replay is not None
    return build_hardware(pump_record(visit), replay.catheter_record)


def planned(chart: Chart, running: RunningVisit) -> Planned:
    """Return the therapy that a visit makes, every step of it recorded.

    Raises
    ------
    ThecalError
        If what was typed makes no therapy; the message says what.
    """
    if running.visit.purpose == REVISION:
        return _revised(chart, running)
    found = _filled(chart, running)
    if not found.hardware.setup.programmable:
        return found
    read = read_program(chart, running, running.visit.asked["program"])
    if read.event is None:
        raise EntryError("the program cannot be read again", remedy="write its step down anew")
    events = (*found.events, read.event)
    setup = None if found.setup is None else replace(found.setup, events=events)
    written = write_program(read.event.program, found.solution, found.hardware.setup.grid)
    return replace(found, events=events, setup=setup, written=written)


def read_program(chart: Chart, running: RunningVisit, asked: Mapping[str, Any]) -> ReadDraft:
    """Return the first program as it was typed, or what is wrong with which field.

    Raises
    ------
    ThecalError
        If the steps before it make no therapy.
    """
    found = _filled(chart, running)
    therapy = found.setup
    if therapy is None:
        assert chart.therapy is not None
        therapy = replace(chart.therapy, events=(*chart.therapy.events, *found.events))
    at = datetime.fromisoformat(str(asked["programmed_at"]))
    primary = running.visit.said("fill", "primary")
    return read_draft(program_typed(asked, primary), found.solution, therapy, at)


def _revised(chart: Chart, running: RunningVisit) -> Planned:
    """Return the new catheter on the pump that stays, primed where it was."""
    visit, hardware = running.visit, hardware_of(chart, running)
    advice = line_advice(chart, running, hardware)
    at = datetime.fromisoformat(visit.said("line", "revised_at"))
    events: list[Event] = [Revise(time=at, catheter=catheter_record(visit))]
    if visit.said("line", "primed") == "yes" and advice.kind is not None:
        events.append(Prime(time=at, kind=advice.kind))
    solution = reservoir_solution(chart)
    return Planned(chart, running, hardware, solution, advice, tuple(events), None, None)


def _filled(chart: Chart, running: RunningVisit) -> Planned:
    """Return the visit up to its prime."""
    visit = running.visit
    filled = visit.filled
    hardware = hardware_of(chart, running)
    advice = line_advice(chart, running, hardware)
    solution, volume = filled.get("mixture", Mixture), filled.get("fill_volume", Volume)
    assert solution is not None
    assert volume is not None
    at = datetime.fromisoformat(visit.said("fill", "filled_at"))
    fill = Fill(
        time=at,
        volume=volume,
        mixture=solution,
        order=solution,
        label=solution,
        lot=filled.get("fill_lot", str),
        beyond_use=date.fromisoformat(visit.said("fill", "beyond_use")),
    )
    events: list[Event] = [*_exchange(chart, running, at), fill]
    if hardware.setup.programmable and advice.kind is not None:
        if advice.draw_off and visit.said("fill", "drawn_off") == "yes":
            events.append(AccessPort(time=at, aspirated=advice.draw_off))
        events.append(Prime(time=at, kind=advice.kind))
    setup = _setup(chart, running, tuple(events)) if setup_needed(chart) else None
    return Planned(chart, running, hardware, solution, advice, tuple(events), setup, None)


def _exchange(chart: Chart, running: RunningVisit, at: datetime) -> list[Event]:
    """Return how the old pump came out and the new one in; nothing at a first implant."""
    if setup_needed(chart):
        return []
    visit = running.visit
    found: list[Event] = []
    drawn, when = visit.said("old", "drawn"), visit.said("old", "drawn_at")
    if when:
        found.append(
            Empty(
                time=datetime.fromisoformat(when),
                aspirated=parse_quantity(drawn, Volume, zero_allowed=True) if drawn else None,
                reason="the pump is replaced",
                witness=running.witness or None,
            )
        )
    found.append(Replace(time=at, pump=pump_record(visit)))
    if visit.new_catheter:
        found.append(Revise(time=at, catheter=catheter_record(visit)))
    return found


def _setup(chart: Chart, running: RunningVisit, events: tuple[Event, ...]) -> Therapy:
    visit, known = running.visit, chart.content
    offset = events[0].time.utcoffset()
    assert offset is not None
    spastic = known["pathway"] == SPASTICITY
    tolerant = visit.said("before", "opioid_tolerant")
    setting = "cancer" if known["pathway"] == CANCER_PAIN else "non-cancer"
    patient = Patient(
        id=known["number"],
        birth_date=datetime.fromisoformat(known["birth_date"]).date(),
        sex=known["sex"],
        weight=parse_quantity(visit.said("before", "weight"), Mass),
        therapy="spasticity" if spastic else "pain",
        setting=None if spastic else setting,
        origin=visit.said("before", "origin") or None if spastic else None,
        opioid_tolerant=None if spastic or not tolerant else tolerant == "yes",
        indication=visit.said("before", "indication") or None,
    )
    return Therapy(
        utc_offset=offset,
        patient=patient,
        pump=pump_record(visit),
        catheter=catheter_record(visit),
        events=events,
    )


def program_typed(asked: Mapping[str, Any], primary: str) -> dict[str, str]:
    """Return a first program as the fields of a draft hold it."""
    names = ("daily_dose", "bolus_dose", "bolus_duration", "bolus_lockout", "bolus_most")
    typed = {name: str(asked[name]) for name in names if asked.get(name)}
    return {"mode": Mode.CONTINUOUS.value, "primary": primary, **typed}


def on_clock(chart: Chart, moment: datetime) -> datetime:
    """Return a moment with the offset of the pump clock, or its own before there is a pump."""
    whole = moment.replace(microsecond=0)
    if chart.therapy is None:
        return whole
    return whole.astimezone(timezone(chart.therapy.utc_offset))


def ordered_program(found: Planned) -> InfusionProgram | None:
    """Return the program of a visit; None for a constant flow."""
    last = found.events[-1]
    return last.program if isinstance(last, Program) else None


def prime_volume(found: Planned) -> Volume | None:
    """Return what the prime of a visit drives into the line; None where there is none."""
    setup, kind = found.hardware.setup, found.advice.kind
    if kind is None or not any(isinstance(one, Prime) for one in found.events):
        return None
    return {
        PrimeKind.FULL: setup.tubing_volume + setup.catheter_volume,
        PrimeKind.CATHETER: setup.catheter_volume,
        PrimeKind.BACK_TABLE: setup.tubing_volume,
    }[kind]
