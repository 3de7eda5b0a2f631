"""A visit as rows for people: what each step recorded, and what it was for the therapy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from thecal.care.visit import steps
from thecal.clinic.refill.lines import dose_rows
from thecal.clinic.refill.situation import Situation
from thecal.pharmacy import Mixture, drug
from thecal.record.fold import EVENT, effective, read_event
from thecal.safety.identity import shown_mixture
from thecal.therapy.events import Event, Fill, Interrogate, Note, Observe, Prime, Program
from thecal.units import (
    Concentration,
    Length,
    MassRate,
    Quantity,
    Volume,
    show,
    show_date,
    show_time,
)

_UNITS: Mapping[type[Quantity], str] = {Volume: "mL", Length: "cm", Concentration: "mg/mL"}


def summary_of(situation: Situation) -> dict[str, Any]:
    """Return what the printed page of a visit shows."""
    visit = situation.visit
    told = []
    for one in steps():
        record = visit.record(one.key)
        if record is not None:
            told.append({"step": one, "rows": _rows(record, situation)})
    return {
        "visit": visit,
        "told": told,
        "answers": visit.answers,
        "second": situation.given,
        "doses": dose_rows(situation.simulation.program, situation.written),
        "events": event_rows(_written(situation)),
        "refill_by": situation.knowledge.refill_by,
        "decided_by": situation.knowledge.refill_by_decided_by,
        "next_visit": None if visit.leave is None else visit.leave.next_visit,
    }


def _written(situation: Situation) -> tuple[Event, ...]:
    """Return what the visit wrote to the therapy, and what it would write while it goes on."""
    begun, ended = situation.running.begun.seq, situation.running.ended
    written = tuple(
        read_event(one.body, situation.therapy)
        for one in effective(situation.chart.entries)
        if one.body is not None
        and one.entry.kind == EVENT
        and begun < one.entry.seq
        and (ended is None or one.entry.seq < ended.seq)
    )
    return written if ended is not None else (*written, *situation.final_events())


def event_rows(events: Iterable[Event]) -> list[dict[str, str]]:
    """Return what is written to the therapy, one row each."""
    return [{"time": show_time(one.time), "what": _event(one)} for one in events]


def _event(event: Event) -> str:
    match event:
        case Fill():
            drawn = "" if event.aspirated is None else f"{show(event.aspirated, 'mL')} drawn, "
            typed = event.programmed_volume
            told = "" if typed is None else f", {show(typed, 'mL')} typed into the pump"
            return f"{drawn}{show(event.volume, 'mL')} of {shown_mixture(event.mixture)}{told}"
        case Program():
            return f"program: {event.program.mode.value}"
        case Prime():
            return f"prime: {event.kind.value}"
        case Observe():
            return f"{event.scale}: {event.value}"
        case Note():
            return event.text
        case Interrogate():
            return "the pump was read"
    return event.type


def _rows(record: Any, situation: Situation) -> list[dict[str, str]]:
    found = []
    for one in fields(record):
        value = getattr(record, one.name)
        if value is None or value == ():
            continue
        found.append({"name": one.name.replace("_", " "), "value": _words(value, situation)})
    return found


def _words(value: Any, situation: Situation) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case Mixture():
            return shown_mixture(value)
        case Quantity():
            return show(value, _UNITS[type(value)])
        case datetime():
            return show_time(value.astimezone(situation.now.tzinfo))
        case date():
            return show_date(value)
        case tuple():
            return "; ".join(_part(one) for one in value)
    return str(value)


def _part(value: Any) -> str:
    dose = getattr(value, "daily_dose", None)
    if isinstance(dose, MassRate):
        return f"{value.drug} {show(dose, drug(value.drug).mass_unit + '/d')}"
    name, told = getattr(value, "name", None), getattr(value, "value", None)
    if name is not None and told is not None and not isinstance(value, str):
        return f"{name}: {told}"
    return str(getattr(value, "kind", value))
