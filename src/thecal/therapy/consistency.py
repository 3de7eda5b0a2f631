"""References between events: a program can only name drugs that were filled before it."""

from __future__ import annotations

from datetime import timedelta

from thecal.errors import BadFileError
from thecal.pharmacy import DRUG_FREE, Mixture
from thecal.program.clock import instant_of, moment_of
from thecal.therapy.events import Event, Explant, Fill, Program, PumpRecord, Replace


def check_references(events: tuple[Event, ...], place: str) -> None:
    """Refuse a program for a pump that was taken out, or for a drug that no fill before it holds.

    Raises
    ------
    BadFileError
        Naming the event and the key.
    """
    mixture: Mixture = DRUG_FREE
    previous: Mixture = DRUG_FREE
    explanted: int | None = None
    for index, event in enumerate(events):
        if isinstance(event, Explant):
            explanted = index
        elif isinstance(event, Replace):
            previous = mixture = DRUG_FREE
            explanted = None
        elif isinstance(event, Fill) and explanted is None:
            previous, mixture = mixture, event.mixture
        elif isinstance(event, Program):
            here = f"{place}: event {index} (program)"
            if explanted is not None and event.program.is_therapy:
                raise BadFileError(
                    f"there is no pump to program: event {explanted} took it out",
                    remedy="record the new pump in a replace event before",
                    place=here,
                )
            _check_program(event, mixture, previous, here)


def check_implants(
    pump: PumpRecord, events: tuple[Event, ...], utc_offset: timedelta, place: str
) -> None:
    """Refuse a pump that was implanted after the event at which it begins here.

    Raises
    ------
    BadFileError
        Naming the table and the key.
    """
    begun = [("pump", pump, events[0])]
    for index, event in enumerate(events):
        if isinstance(event, Replace):
            begun.append((f"event {index} (replace): pump", event.pump, event))
    for table, record, event in begun:
        day = moment_of(instant_of(event.time, utc_offset), utc_offset).date()
        if record.implanted is not None and record.implanted > day:
            raise BadFileError(
                "the pump is used here before it was implanted",
                remedy="correct the date, or leave it out: the first fill is taken then",
                place=f"{place}: {table}: implanted",
            )


def _check_program(event: Program, mixture: Mixture, previous: Mixture, place: str) -> None:
    order = event.program
    if order.is_therapy and order.primary not in mixture:
        raise BadFileError(
            f"the mixture holds no {order.primary}",
            remedy=(
                "name one of " + ", ".join(mixture)
                if mixture
                else "fill the pump before this event"
            ),
            place=f"{place}: primary",
        )
    if order.bridge is None:
        return
    drug = order.bridge.drug or order.primary
    if drug not in previous:
        raise BadFileError(
            f"the solution before the last fill holds no {drug}: nothing to bridge from",
            remedy=(
                "name its drug in bridge.drug: " + ", ".join(previous)
                if previous
                else "leave the bridge out: this is the pump's first solution"
            ),
            place=f"{place}: bridge",
        )
