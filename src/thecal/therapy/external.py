"""What a file says of an external pump, made into what every other room knows.

A bag change is a fill there, and a rate typed in place of a daily dose becomes the dose that it
gives with the solution as written.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from thecal.device import pump_model
from thecal.errors import BadFileError
from thecal.pharmacy import DRUG_FREE, Mixture
from thecal.therapy.events import BagChange, Event, Fill, Program, PumpRecord, Replace, StrayBag

EXTERNAL = "external"


def bind_to_pump(
    events: tuple[Event, ...], pump: PumpRecord, place: str, missed: Collection[int] = ()
) -> tuple[Event, ...]:
    """Return the events with bags and typed rates as the pump of that time takes them.

    `missed` are the numbers of fills that did not happen: a rate runs with the solution before.

    Raises
    ------
    BadFileError
        If a rate is typed for a pump that is programmed in doses.
    """
    bound: list[Event] = []
    external = _is_external(pump)
    mixture = filled = DRUG_FREE
    for index, event in enumerate(events):
        if isinstance(event, Replace):
            external, mixture, filled = _is_external(event.pump), DRUG_FREE, DRUG_FREE
        if isinstance(event, BagChange) and not external:
            event = StrayBag(time=event.time, override=event.override, bag=event)
        elif isinstance(event, Fill):
            filled = event.mixture
            if index not in missed:
                mixture = filled
        elif isinstance(event, Program) and event.rate is not None:
            if not external:
                raise BadFileError(
                    "only an external pump is programmed by a rate",
                    remedy='write daily_dose = "2 mg/d"',
                    place=f"{place}: event {index} (program): rate",
                )
            # A drug that it does not hold the pump refuses: what was meant tells the dose.
            event = _with_dose(event, mixture if event.program.primary in mixture else filled)
        bound.append(event)
    return tuple(bound)


def _is_external(pump: PumpRecord) -> bool:
    return pump_model(pump.model).kind == EXTERNAL


def _with_dose(event: Program, mixture: Mixture) -> Program:
    """Give a program the daily dose of its rate; a primary that is not there is refused later."""
    order = event.program
    if event.rate is None or order.primary is None or order.primary not in mixture:
        return event
    return replace(event, program=replace(order, daily_dose=event.rate * mixture[order.primary]))
