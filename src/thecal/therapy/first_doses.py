"""With what dose each drug began, and what was ordered at a time: what a change is held against."""

from __future__ import annotations

from collections.abc import Mapping

from thecal.pharmacy import DRUG_FREE, Mixture
from thecal.program.clock import Instant
from thecal.program.program import InfusionProgram, write_program
from thecal.program.quantise import DeliveryGrid
from thecal.therapy.events import Fill, Program, Resume, Therapy
from thecal.units import Mass


def doses_ordered_at(
    therapy: Therapy, before: int, instant: Instant, grid: DeliveryGrid
) -> dict[str, Mass]:
    """Return the scheduled 24 hours of the therapy last ordered before `instant`, empty if none.

    Only events before index `before` count. A program written while the pump gave nothing says
    nothing about the dose before that.
    """
    mixture: Mixture = DRUG_FREE
    doses: dict[str, Mass] = {}
    for event in therapy.events[:before]:
        if therapy.instant(event.time) >= instant:
            break
        if isinstance(event, Fill):
            mixture = event.mixture
        elif (
            isinstance(event, Program)
            and event.program.is_therapy
            and event.program.primary in mixture
        ):
            doses = write_program(event.program, mixture, grid).daily_doses()
    return doses


def first_doses(
    therapy: Therapy, before: int, restarts: Mapping[str, Instant], grid: DeliveryGrid
) -> dict[str, Mass]:
    """Return per drug the scheduled 24 hours of the program that it began with.

    Parameters
    ----------
    therapy
        The file.
    before
        Only events before this index count.
    restarts
        When a drug began again after a long gap; it begins there anew.
    grid
        What the pump can deliver.
    """
    first: dict[str, Mass] = {}
    waiting = dict(restarts)
    mixture: Mixture = DRUG_FREE
    running: InfusionProgram | None = None
    for event in therapy.events[:before]:
        if isinstance(event, Fill):
            mixture = event.mixture
            first = {drug: dose for drug, dose in first.items() if drug in mixture}
        elif isinstance(event, Program) and event.program.is_therapy:
            running = event.program
        elif not isinstance(event, Resume):
            continue
        if running is None or running.primary not in mixture:
            continue
        now = therapy.instant(event.time)
        begun = {drug for drug, at in waiting.items() if now >= at}
        doses = write_program(running, mixture, grid).daily_doses()
        for drug, dose in doses.items():
            # A fill alone begins nothing new: the program that follows it does.
            if drug in begun or (drug not in first and not isinstance(event, Fill)):
                first[drug] = dose
        waiting = {drug: at for drug, at in waiting.items() if drug not in begun}
    return first
