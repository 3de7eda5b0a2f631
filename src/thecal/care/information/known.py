"""What the pages of information need of a record: the pump that is in the patient, and its days."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import final

from thecal.device import PumpModel
from thecal.device.controller import PatientController, patient_controller
from thecal.pharmacy import drug, restart_rule
from thecal.therapy.events import Event, Explant, Fill, PumpRecord, Replace, Revise
from thecal.therapy.simulation import Simulation

CONSTANT_FLOW, EXTERNAL = "constant-flow", "external"


@final
@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one patient on a day.

    Attributes
    ----------
    today
        On the clinic's clock.
    model, drugs
        What is in the patient and in the pump; None and nothing before there is a pump.
    began
        The day of the operation; where the record has none, of the first filling.
    began_by_fill
        Whether it is a first filling.
    operated
        The last operation on pump or catheter: recovery counts from it.
    replaced
        Whether the pump followed another one.
    last_fill, refill_by
        The last filling, and the last day for the next one; None where it is not known.
    bolus
        Whether the program allows boluses on demand.
    """

    today: date
    model: PumpModel | None = None
    drugs: tuple[str, ...] = ()
    began: date | None = None
    began_by_fill: bool = False
    operated: date | None = None
    replaced: bool = False
    last_fill: date | None = None
    refill_by: date | None = None
    bolus: bool = False

    @property
    def external(self) -> bool:
        """Whether the pump is outside the body."""
        return self.model is not None and self.model.kind == EXTERNAL

    @property
    def controller(self) -> PatientController | None:
        """The controller that the patient has; None: no bolus is programmed, or none is known."""
        return patient_controller(self.model.id) if self.model is not None and self.bolus else None

    @property
    def hazards(self) -> tuple[str, ...]:
        """The drugs whose sudden loss endangers."""
        return tuple(one for one in self.drugs if restart_rule(one).stop_is_hazard)

    def of_classes(self, classes: frozenset[str]) -> tuple[str, ...]:
        """Return the drugs that belong to one of some classes."""
        return tuple(one for one in self.drugs if drug(one).drug_class in classes)


def known_from(
    simulation: Simulation | None, today: date, refill_by: date | None, *, uncertain: bool = False
) -> Known:
    """Return what is known from a replay; `uncertain`: the pump is being worked on just now."""
    if simulation is None:
        return Known(today)
    pump, events, replaced = _current(simulation)
    if any(isinstance(one, Explant) for one in events):
        return Known(today)
    began, by_fill = _began(simulation, pump, events)
    therapy, last = simulation.therapy, simulation.last_fill
    written = simulation.program
    return Known(
        today=today,
        model=simulation.model,
        drugs=tuple(sorted(simulation.reservoir_written)),
        began=began,
        began_by_fill=by_fill,
        operated=_operated(simulation, began, events),
        replaced=replaced,
        last_fill=None if last is None or uncertain else therapy.moment(last).date(),
        refill_by=None if uncertain else refill_by,
        bolus=written is not None and written.program.patient_bolus is not None,
    )


def _current(simulation: Simulation) -> tuple[PumpRecord, tuple[Event, ...], bool]:
    """Return the pump that is in the patient, the events since it is, and whether it followed."""
    pump, since, replaced = simulation.therapy.pump, 0, False
    events = tuple(_until(simulation))
    for number, event in enumerate(events):
        if isinstance(event, Replace):
            pump, since, replaced = event.pump, number, True
    return pump, events[since:], replaced


def _began(
    simulation: Simulation, pump: PumpRecord, events: tuple[Event, ...]
) -> tuple[date | None, bool]:
    if pump.implanted is not None:
        return pump.implanted, False
    therapy = simulation.therapy
    for event in events:
        if isinstance(event, Fill | Replace):
            day = therapy.moment(therapy.instant(event.time)).date()
            return day, isinstance(event, Fill)
    return None, False


def _operated(simulation: Simulation, began: date | None, events: tuple[Event, ...]) -> date | None:
    """Return the later of the day of the pump and that of the last new catheter."""
    therapy = simulation.therapy
    revised = [
        therapy.moment(therapy.instant(one.time)).date()
        for one in events
        if isinstance(one, Revise)
    ]
    return max((*revised, *(() if began is None else (began,))), default=None)


def _until(simulation: Simulation) -> Iterator[Event]:
    therapy = simulation.therapy
    for event in therapy.events:
        if therapy.instant(event.time) <= simulation.end:
            yield event
