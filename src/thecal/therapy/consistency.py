"""References between events: a program can only name drugs that were filled before it."""

from __future__ import annotations

from thecal.errors import BadFileError
from thecal.pharmacy import DRUG_FREE, Mixture
from thecal.therapy.events import Event, Fill, Program, Replace


def check_references(events: tuple[Event, ...], place: str) -> None:
    """Refuse a program whose primary drug, or whose bridge's drug, no fill before it holds.

    Raises
    ------
    BadFileError
        Naming the event and the key.
    """
    mixture: Mixture = DRUG_FREE
    previous: Mixture = DRUG_FREE
    for index, event in enumerate(events):
        if isinstance(event, Fill):
            previous, mixture = mixture, event.mixture
        elif isinstance(event, Replace):
            previous = mixture = DRUG_FREE
        elif isinstance(event, Program):
            _check_program(event, mixture, previous, f"{place}: event {index} (program)")


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
