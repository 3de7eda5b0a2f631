"""When needle, dressing, set, filter, bag and catheter of an external pump are due: from events."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import final

from thecal.data import Fact
from thecal.device import PumpModel, care_tasks, catheter_model, pump_model
from thecal.device.infection_care import DWELL
from thecal.program.clock import Instant
from thecal.safety.infection_care import CareDate, CareOutlook
from thecal.therapy.events import (
    CatheterRecord,
    Explant,
    Fill,
    InfectionCare,
    PumpRecord,
    Replace,
    Revise,
    Therapy,
)
from thecal.therapy.external import EXTERNAL
from thecal.units import Duration

BAG = "bag"
_FILTER_COMES_WITH = "set"


@final
@dataclass(slots=True)
class CareLog:
    """Infection care up to an instant: what is due next, and what was done after its date."""

    dates: dict[str, CareDate] = field(default_factory=dict)
    late: list[CareDate] = field(default_factory=list)

    def all_dates(self) -> tuple[CareDate, ...]:
        """Return what was done late, in order of time, then what is due next, earliest first."""
        return (*self.late, *self.due())

    def due(self) -> tuple[CareDate, ...]:
        """Return what is due next, earliest first."""
        return tuple(sorted(self.dates.values(), key=lambda date: date.due))

    def start(self, task: str, name: str, interval: Fact[Duration], now: datetime) -> None:
        """Let a task begin to run."""
        self.dates[task] = CareDate(task, name, interval, now, _after(now, interval))

    def change(self, task: str, now: datetime, event: int) -> None:
        """Note that something was changed; a task that this access does not have is left."""
        before = self.dates.get(task)
        if before is None:
            return
        done = CareDate(
            task, before.name, before.interval, before.last, before.due, done=now, event=event
        )
        if done.overdue(now):
            self.late.append(done)
        self.start(task, before.name, before.interval, now)


def infection_care(therapy: Therapy, until: Instant | None = None) -> CareLog:
    """Return the infection care of an external pump; nothing for an implanted one.

    All of it runs from the first event with the pump. Another pump brings its own bag, another
    catheter all but the bag. `until` None: all events.
    """
    log = CareLog()
    pump, catheter = therapy.pump, therapy.catheter
    _begin(log, pump, catheter, therapy.events[0].time)
    for index, event in enumerate(therapy.events):
        if until is not None and therapy.instant(event.time) > until:
            break
        match event:
            case Fill():
                log.change(BAG, event.time, index)
            case InfectionCare():
                _note(log, event, index)
            case Replace():
                pump = event.pump
                _with_other_pump(log, pump, catheter, event.time)
            case Revise():
                catheter = event.catheter
                log.change(DWELL, event.time, index)
                bag = log.dates.get(BAG)
                log.dates.clear()
                _begin(log, pump, catheter, event.time)
                if bag is not None:
                    log.dates[BAG] = bag
            case Explant():
                log.change(DWELL, event.time, index)
                log.dates.clear()
            case _:
                pass
    return log


def care_outlook(therapy: Therapy, until: Instant) -> CareOutlook:
    """Return what infection care is due next at an instant."""
    return CareOutlook(therapy.moment(until), infection_care(therapy, until).due())


def _note(log: CareLog, event: InfectionCare, index: int) -> None:
    done = dict.fromkeys(event.done)
    if _FILTER_COMES_WITH in done:
        done["filter"] = None
    for task in done:
        log.change(task, event.time, index)


def _with_other_pump(
    log: CareLog, pump: PumpRecord, catheter: CatheterRecord, now: datetime
) -> None:
    kept = dict(log.dates)
    log.dates.clear()
    _begin(log, pump, catheter, now)
    log.dates |= {task: date for task, date in kept.items() if task in log.dates and task != BAG}


def _begin(log: CareLog, pump: PumpRecord, catheter: CatheterRecord, now: datetime) -> None:
    model = pump_model(pump.model)
    if model.kind != EXTERNAL:
        return
    if model.maximum_refill_interval is not None:
        log.start(BAG, "bag changed", model.maximum_refill_interval, now)
    for task in care_tasks(_access(model, catheter)):
        log.start(task.id, task.name, task.interval, now)


def _access(model: PumpModel, catheter: CatheterRecord) -> str:
    own = model.facts.get("access")
    kept = "" if own is None else own.of_kind(str).value
    return catheter_model(catheter.model).access or kept


def _after(now: datetime, interval: Fact[Duration]) -> datetime:
    return now + timedelta(seconds=int(interval.value.in_unit("s")))
