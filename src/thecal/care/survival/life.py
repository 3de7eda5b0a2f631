"""The lives of the pumps and catheters of one patient, from the events of the therapy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import final

from thecal.care.complications.recorded import Recorded
from thecal.care.complications.rules import CATHETER, PUMP, failures
from thecal.device import pump_model
from thecal.therapy.events import Event, Explant, Replace, Revise, Therapy

_EXTERNAL = "external"


@final
class End(StrEnum):
    """How the observation of a device ended."""

    FAILURE = "failure"
    REMOVED = "removed"
    DEATH = "death"
    TRANSFERRED = "transferred"
    CEASED = "ceased"
    RUNNING = "running"

    @property
    def competes(self) -> bool:
        """Whether the device can no longer fail after it: it is no mere end of watching."""
        return self in (End.REMOVED, End.DEATH)


@final
@dataclass(frozen=True, slots=True)
class DeviceLife:
    """One implanted device.

    Attributes
    ----------
    device
        `pump` or `catheter`.
    entered
        First day on which it was observed here.
    from_implant
        Whether that is the day of its implantation: only such a life may stand in a curve, for
        of those that came later nobody counted the ones that had failed before.
    gone
        Last day on which it was implanted and observed, whatever had happened to it.
    until, end
        When and how the observation of its first failure ended.
    """

    device: str
    model: str
    entered: date
    from_implant: bool
    gone: date
    until: date
    end: End

    @property
    def days(self) -> int:
        """How long it was followed for its first failure."""
        return (self.until - self.entered).days


def device_lives(
    therapy: Therapy,
    recorded: Iterable[Recorded],
    last: date,
    why: End = End.RUNNING,
) -> tuple[DeviceLife, ...]:
    """Return the implanted devices of a patient in order of time.

    Parameters
    ----------
    recorded
        Complications of the register; those of `register_rules.csv` are failures.
    last, why
        The last day of observation and what ended it: death, transfer, end of therapy, or nothing.
    """
    noted = tuple(recorded)
    pumps = _with_failures(_pumps(therapy, last, why), noted)
    return (*pumps, *_with_failures(_catheters(therapy, last, why), noted))


def _pumps(therapy: Therapy, last: date, why: End) -> Iterator[DeviceLife]:
    pump, began = therapy.pump, therapy.events[0].time.date()
    whole = pump.implanted is None or pump.implanted >= began
    for event in therapy.events:
        if not isinstance(event, Replace | Explant) or event.time.date() > last:
            continue
        end = _taken_out(event, last, why)
        yield from _life(PUMP, pump.model, began, whole, event.time.date(), end)
        if isinstance(event, Explant):
            return
        pump, began, whole = event.pump, event.time.date(), True
    yield from _life(PUMP, pump.model, began, whole, last, why)


def _catheters(therapy: Therapy, last: date, why: End) -> Iterator[DeviceLife]:
    if pump_model(therapy.pump.model).kind == _EXTERNAL:
        return
    model, began = therapy.catheter.model, therapy.events[0].time.date()
    implanted = therapy.pump.implanted
    whole = implanted is None or implanted >= began
    for event in therapy.events:
        if not isinstance(event, Revise | Explant) or event.time.date() > last:
            continue
        end = _taken_out(event, last, why)
        yield from _life(CATHETER, model, began, whole, event.time.date(), end)
        if isinstance(event, Explant):
            return
        model, began, whole = event.catheter.model, event.time.date(), True
    yield from _life(CATHETER, model, began, whole, last, why)


def _taken_out(event: Event, last: date, why: End) -> End:
    """Return what ended a device that was taken out: on the day of a death it was the death."""
    died = why is End.DEATH and isinstance(event, Explant) and event.time.date() >= last
    return End.DEATH if died else End.REMOVED


def _life(
    device: str, model: str, began: date, whole: bool, ended: date, end: End
) -> Iterator[DeviceLife]:
    if device == PUMP and pump_model(model).kind == _EXTERNAL:
        return
    yield DeviceLife(device, model, began, whole, max(ended, began), max(ended, began), end)


def _with_failures(
    lives: Iterable[DeviceLife], recorded: tuple[Recorded, ...]
) -> Iterator[DeviceLife]:
    """Yield each life ended by its first failure; on the day of an exchange it is the old one's."""
    claimed: set[int] = set()
    for life in lives:
        own = [
            one
            for one in recorded
            if one.number not in claimed
            and one.id in failures(life.device)
            and life.entered <= one.began <= life.gone
        ]
        claimed |= {one.number for one in own}
        if own:
            life = replace(life, until=min(one.began for one in own), end=End.FAILURE)
        yield life
