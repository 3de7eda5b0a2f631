"""How long, and how often, somebody could have had a complication: what a rate is divided by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import final

from thecal.device import pump_model
from thecal.therapy.events import BagChange, Event, Explant, Fill, Replace, Revise, Therapy

_EXTERNAL = "external"


@final
@dataclass(frozen=True, slots=True)
class Segment:
    """A time with one implanted pump and one solution in it; `ended` is the first day after it."""

    began: date
    ended: date
    pump: str
    drugs: frozenset[str]


@final
@dataclass(frozen=True, slots=True)
class Happened:
    """A refill or an operation: its day, the pump, and the drugs in it."""

    day: date
    pump: str
    drugs: frozenset[str]


@final
@dataclass(frozen=True, slots=True)
class Exposure:
    """What one patient was exposed to: times, refills, operations."""

    segments: tuple[Segment, ...] = ()
    refills: tuple[Happened, ...] = ()
    procedures: tuple[Happened, ...] = ()

    def on(self, day: date) -> Segment | None:
        """Return pump and drugs of a day; the last before it where none was in then."""
        before = [one for one in self.segments if one.began <= day]
        return before[-1] if before else None


def exposure(therapy: Therapy, last: date) -> Exposure:
    """Return what a therapy exposed its patient to up to the last day of observation.

    Implanted pumps alone: an external one is no pump-year. A refill is a fill through the skin: the
    first of a pump that was implanted here is none. Operations of one day count once.
    """
    return Exposure(
        tuple(_segments(therapy, last)),
        tuple(_refills(therapy, last)),
        tuple(_procedures(therapy, last)),
    )


def _segments(therapy: Therapy, last: date) -> Iterator[Segment]:
    began: date | None = None
    pump: str | None = therapy.pump.model
    drugs: frozenset[str] = frozenset()
    for event in therapy.events:
        day = event.time.date()
        began = day if began is None else began
        if not isinstance(event, Fill | Replace | Explant) or day > last:
            continue
        if pump is not None and day > began and _implanted(pump):
            yield Segment(began, day, pump, drugs)
        began = day
        pump, drugs = _after(event, pump, drugs)
    if began is not None and pump is not None and last > began and _implanted(pump):
        yield Segment(began, last, pump, drugs)


def _after(
    event: Event, pump: str | None, drugs: frozenset[str]
) -> tuple[str | None, frozenset[str]]:
    if isinstance(event, Fill):
        return pump, frozenset(event.mixture)
    if isinstance(event, Replace):
        return event.pump.model, frozenset()
    return None, frozenset()


def _refills(therapy: Therapy, last: date) -> Iterator[Happened]:
    pump = therapy.pump.model
    first = not _came_with_it(therapy)
    for event in therapy.events:
        day = event.time.date()
        if isinstance(event, Replace):
            pump, first = event.pump.model, True
        elif isinstance(event, Fill) and not isinstance(event, BagChange) and _implanted(pump):
            if not first and day <= last:
                yield Happened(day, pump, frozenset(event.mixture))
            first = False


def _procedures(therapy: Therapy, last: date) -> Iterator[Happened]:
    pump, drugs = therapy.pump.model, frozenset[str]()
    days: set[date] = set()
    begun = therapy.events[0].time.date()
    if not _came_with_it(therapy) and _implanted(pump):
        days.add(begun)
        yield Happened(begun, pump, drugs)
    for event in therapy.events:
        if isinstance(event, Fill):
            drugs = frozenset(event.mixture)
        if not isinstance(event, Replace | Revise | Explant):
            continue
        pump = event.pump.model if isinstance(event, Replace) else pump
        day = event.time.date()
        if day <= last and day not in days:
            days.add(day)
            yield Happened(day, pump, drugs)


def _came_with_it(therapy: Therapy) -> bool:
    """Whether the pump was implanted before the record of this clinic begins."""
    implanted = therapy.pump.implanted
    return implanted is not None and implanted < therapy.events[0].time.date()


def _implanted(model: str) -> bool:
    return pump_model(model).kind != _EXTERNAL
