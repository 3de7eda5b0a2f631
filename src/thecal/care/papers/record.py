"""A therapy at one time as the papers need it: what holds now, and what held before the visit."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import final

from thecal.care.document import Text
from thecal.care.emergency.status import SystemStatus, status_at
from thecal.care.papers.contact import ClinicContact
from thecal.care.papers.words import day, say
from thecal.device import PumpModel
from thecal.program.clock import Instant
from thecal.program.program import PatientBolus
from thecal.pump.state import Activity
from thecal.therapy.events import (
    AccessPort,
    Bolus,
    Empty,
    Event,
    Explant,
    Fill,
    Interrogate,
    Prime,
    Program,
    Replace,
    Resume,
    Revise,
    SetClock,
    Stop,
    Therapy,
)
from thecal.therapy.replay import PressLog
from thecal.therapy.simulation import Simulation
from thecal.units import Mass, Volume

_IN_CLINIC = (
    *(AccessPort, Bolus, Empty, Explant, Fill, Interrogate, Prime, Program, Replace, Resume),
    *(Revise, SetClock, Stop),
)
CONSTANT_FLOW = "constant-flow"
_GIVES = (Activity.RUNNING, Activity.BRIDGING, Activity.PRIMING)


@final
@dataclass(frozen=True, slots=True)
class Visit:
    """One day on which the clinic worked on the pump.

    Attributes
    ----------
    first
        Number of its first event.
    events
        All events from the first one of that day to the time of the paper.
    """

    first: int
    start: Instant
    events: tuple[Event, ...]


@final
@dataclass(frozen=True, slots=True)
class PaperRecord:
    """What a paper is made from.

    Attributes
    ----------
    status
        The system at the time of the paper.
    visit
        The last day on which the clinic worked on the pump; None: there was none.
    before
        The system just before that visit; None: nothing was on record then.
    since, presses_before
        When the visit before that one began (None: there was none), and the presses until then.
    patient_name
        None: the papers name the id of the record alone.
    visit_at
        The time of the next visit, where one is named.
    doubt
        What makes the reservoir uncertain just now, for the place of its figure; None: nothing.
    """

    status: SystemStatus
    visit: Visit | None
    before: SystemStatus | None
    since: Instant | None
    presses_before: PressLog = field(default_factory=PressLog)
    contact: ClinicContact = field(default_factory=ClinicContact)
    patient_name: str | None = None
    visit_at: datetime | None = None
    doubt: Text | None = None

    @property
    def therapy(self) -> Therapy:
        """The therapy file."""
        return self.status.simulation.therapy

    @property
    def done(self) -> Simulation:
        """The replay to the time of the paper."""
        return self.status.simulation

    @property
    def model(self) -> PumpModel:
        """The pump that is in the patient now."""
        return self.done.model

    @property
    def drugs(self) -> tuple[str, ...]:
        """The drugs that were filled last, in the order of their ids."""
        return tuple(sorted(self.done.reservoir_written))

    @property
    def gives(self) -> bool:
        """Whether drug flows by the pump's own program or flow."""
        return is_giving(self.done)

    @property
    def changed(self) -> bool:
        """Whether the last visit started the therapy or changed a dose or the patient's bolus."""
        if self.before is None or not is_giving(self.before.simulation):
            return self.visit is not None
        return _doses(self.before.simulation) != _doses(self.done)

    @property
    def has_alarms(self) -> bool:
        """Whether the pump can be read and sounds: nothing in a constant-flow pump could."""
        return self.model.kind != CONSTANT_FLOW

    @property
    def external(self) -> bool:
        """Whether the pump is outside the body."""
        return self.model.kind == "external"

    def events(self, since: Instant | None = None) -> tuple[tuple[int, Event], ...]:
        """Return the events after `since` up to the time of the paper, each with its number."""
        therapy, end = self.therapy, self.done.end
        return tuple(
            (number, one)
            for number, one in enumerate(therapy.events)
            if (since is None or therapy.instant(one.time) > since)
            and therapy.instant(one.time) <= end
        )

    def clock(self, event: Event) -> datetime:
        """Return the time of an event on the pump's clock."""
        return self.therapy.moment(self.therapy.instant(event.time))

    def whose(self) -> Text:
        """Return who the patient is in one line."""
        patient = self.therapy.patient
        born = day(patient.birth_date)
        if self.patient_name is None:
            return say("whose", id=patient.id, born=born)
        return say("whose-named", name=self.patient_name, id=patient.id, born=born)


def record_at(
    therapy: Therapy,
    at: Instant | None = None,
    *,
    contact: ClinicContact | None = None,
    patient_name: str | None = None,
) -> PaperRecord:
    """Replay a therapy to `at` (None: to its last event) for a paper.

    Raises
    ------
    BadFileError
        If `at` lies before the first event.
    """
    status = status_at(therapy, at)
    end = status.simulation.end
    visit = _visit(therapy, end, len(therapy.events))
    earlier = None if visit is None else _visit(therapy, visit.start, visit.first)
    then = None if earlier is None else state_before(therapy, earlier.first)
    return PaperRecord(
        status=status,
        visit=visit,
        before=None if visit is None else state_before(therapy, visit.first),
        since=None if earlier is None else earlier.start,
        presses_before=PressLog() if then is None else then.simulation.presses,
        contact=contact or ClinicContact(),
        patient_name=patient_name,
    )


def state_before(therapy: Therapy, event: int) -> SystemStatus | None:
    """Return the system just before an event, at its time; None for the first event."""
    if not event:
        return None
    shortened = replace(therapy, events=therapy.events[:event])
    return status_at(shortened, therapy.instant(therapy.events[event].time))


def is_giving(done: Simulation) -> bool:
    """Return whether drug flows by the pump's own program or flow."""
    return done.activity in _GIVES


def daily_doses(status: SystemStatus) -> dict[str, Mass]:
    """Return what is programmed for the fullest 24 hours; of a pump without program, its flow."""
    return doses_of_day(status.simulation)


def doses_of_day(done: Simulation) -> dict[str, Mass]:
    """Return what `daily_doses` does, of a replay: no bolus that a patient asks for is in it."""
    if done.program is not None:
        return {drug: mass for drug, mass in done.program.daily_doses().items() if mass}
    written: dict[str, Mass] = {}
    flow: Volume = done.background.per_day()
    for drug in done.reservoir_written if flow else ():
        written[drug] = done.reservoir_written.mass_of(drug, flow)
    return written


def _doses(done: Simulation) -> tuple[dict[str, Mass], PatientBolus | None]:
    bolus = None if done.program is None else done.program.program.patient_bolus
    return doses_of_day(done), bolus


def _visit(therapy: Therapy, end: Instant, before: int) -> Visit | None:
    """Return the last day of the clinic among the events before number `before`, up to `end`."""
    seen = [
        number
        for number, one in enumerate(therapy.events[:before])
        if isinstance(one, _IN_CLINIC) and therapy.instant(one.time) <= end
    ]
    if not seen:
        return None
    on = _day(therapy, seen[-1])
    first = next(number for number in seen if _day(therapy, number) == on)
    events = tuple(one for one in therapy.events[first:before] if therapy.instant(one.time) <= end)
    return Visit(first, therapy.instant(therapy.events[first].time), events)


def _day(therapy: Therapy, number: int) -> object:
    return therapy.moment(therapy.instant(therapy.events[number].time)).date()
