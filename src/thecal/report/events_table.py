"""The events of the file in a line each; presses are counted elsewhere."""

from __future__ import annotations

from thecal.program.clock import Instant
from thecal.report.figure import Table
from thecal.report.words import daily_dose, duration, solution, when
from thecal.therapy.events import (
    AccessPort,
    Bolus,
    Empty,
    Environment,
    Event,
    Explant,
    Fault,
    Fill,
    InfectionCare,
    Mri,
    Note,
    Observe,
    Press,
    Prime,
    Program,
    Replace,
    Revise,
    SetClock,
    Stop,
    StrayBag,
    Therapy,
)
from thecal.units import show


def events_table(therapy: Therapy, end: Instant) -> Table:
    """Return the events with their numbers, by which findings and programs name them."""
    rows = []
    for index, event in enumerate(therapy.events):
        if isinstance(event, Press):
            continue
        instant = therapy.instant(event.time)
        after = " (after the end of this run)" if instant > end else ""
        rows.append((str(index), when(therapy, instant) + after, event.type, event_words(event)))
    return Table(
        "Events of the file, presses left out", ("No.", "Time", "Type", "What"), tuple(rows)
    )


def event_words(event: Event) -> str:
    """Return what an event says, a line for each thing."""
    lines = _lines(event)
    for override in event.override:
        by = f" (by {override.by})" if override.by else ""
        lines.append(f"override of {override.check}: {override.reason}{by}")
    return "\n".join(line for line in lines if line)


def _lines(event: Event) -> list[str]:
    match event:
        case Fill():
            return _fill_lines(event)
        case Empty():
            drawn = "not said" if event.aspirated is None else show(event.aspirated, "mL")
            seen = f"destruction seen by {event.witness}" if event.witness else ""
            return [f"drawn: {drawn}, nothing filled", event.reason or "no reason given", seen]
        case Prime():
            volume = "" if event.volume is None else f", {show(event.volume, 'mL')}"
            return [f"{event.kind}{volume}"]
        case Program():
            order = event.program
            dose = ""
            if order.primary is not None and order.daily_dose is not None:
                dose = f": {order.primary} {daily_dose(order.primary, order.daily_dose)}"
            if event.rate is not None:
                dose += f", typed as {show(event.rate, 'mL/h')}"
            bridge = ", with a bridge" if order.bridge is not None else ""
            return [f"{order.mode}{dose}{bridge}", event.reason or ""]
        case Bolus():
            return [
                f"{show(event.dose, 'mg')} ({show(event.dose, 'ug')}) in {duration(event.duration)}"
            ]
        case Stop() | Explant() | SetClock():
            return [event.reason or "no reason given"]
        case AccessPort():
            drawn = f"drawn {show(event.aspirated, 'mL')}" if event.aspirated else ""
            pushed = ""
            if event.injected:
                pushed = f"pushed {show(event.injected, 'mL')} of {solution(event.mixture)}"
            return [drawn, pushed]
        case Replace():
            return [f"pump {event.pump.model}, serial number {event.pump.serial}"]
        case Revise():
            return [f"catheter {event.catheter.model}, tip {event.catheter.tip}"]
        case StrayBag():
            bag = event.bag
            return [f"{show(bag.volume, 'mL')} of {solution(bag.mixture)}; this pump has no bag"]
        case InfectionCare():
            return [f"changed: {', '.join(event.done)}"]
        case Mri():
            return [f"{show(event.field_strength, 'T')}, {duration(event.duration)}"]
        case Environment():
            return [f"for {duration(event.duration)}"]
        case Fault():
            return [event.kind]
        case Observe():
            return [f"{event.scale}: {event.value}"]
        case Note():
            return [event.text]
        case _:
            return []


def _fill_lines(event: Fill) -> list[str]:
    lines = []
    if event.aspirated is not None:
        lines.append(f"aspirated {show(event.aspirated, 'mL')}")
    lines.append(f"filled {show(event.volume, 'mL')} of {solution(event.mixture)}")
    if event.programmed_volume is not None:
        lines.append(f"typed into the pump: {show(event.programmed_volume, 'mL')}")
    if event.lot is not None:
        lines.append(f"lot {event.lot}")
    return lines
