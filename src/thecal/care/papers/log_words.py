"""The events of a record in the words of the papers, with what the replay adds: alarms, presses."""

from __future__ import annotations

from collections.abc import Iterator

from thecal.care.document import Text
from thecal.care.names import drug_name
from thecal.care.papers.record import PaperRecord
from thecal.care.papers.words import joined, minute, say, solution
from thecal.device import pump_model
from thecal.pharmacy import both_units
from thecal.program.clock import Instant
from thecal.therapy.events import (
    BagChange,
    Bolus,
    Empty,
    Event,
    Fault,
    Fill,
    Interrogate,
    Mri,
    Note,
    Observe,
    Press,
    Program,
    Replace,
)
from thecal.units import show

_NOTHING = Text.same("")


def log_rows(
    record: PaperRecord, since: Instant | None, kinds: tuple[type[Event], ...] = (Event,)
) -> tuple[tuple[Text, Text], ...]:
    """Return the events of `kinds` after `since`, alarms and refused orders among them, in order.

    Presses are left out: there may be thousands.
    """
    therapy = record.therapy
    found = [
        (therapy.instant(event.time), event_words(record, event))
        for _, event in record.events(since)
        if isinstance(event, kinds) and not isinstance(event, Press)
    ]
    found += _alarms(record, since)
    numbers = {number for number, _ in record.events(since)}
    found += [
        (therapy.instant(therapy.events[one.event].time), say("log-refused", why=one.why))
        for one in record.done.refused
        if one.event in numbers
    ]
    found.sort(key=lambda one: one[0])
    return tuple((minute(therapy.moment(instant)), words) for instant, words in found)


def _alarms(record: PaperRecord, since: Instant | None) -> Iterator[tuple[Instant, Text]]:
    for one in record.done.alarms:
        name = say(f"alarm-{one.kind}")
        if since is None or one.time > since:
            yield one.time, say("log-alarm", alarm=name)
        if one.ended is not None and (since is None or one.ended > since):
            yield one.ended, say("log-alarm-over", alarm=name)


def event_words(record: PaperRecord, event: Event) -> Text:
    """Return one event in words."""
    match event:
        case Fill():
            return _fill(event)
        case Empty():
            return _empty(event)
        case Program():
            return _program(record, event)
        case Bolus():
            return _bolus(record, event)
        case Interrogate():
            return _interrogation(event)
        case Replace():
            return say("event-replace", pump=pump_model(event.pump.model).name)
        case Mri():
            return say("event-mri", field=show(event.field_strength, "T"))
        case Fault():
            return say("event-fault", kind=say(f"fault-{event.kind}"))
        case Observe():
            return say("event-observe", scale=event.scale, value=str(event.value))
        case Note():
            return say("event-note", text=event.text)
        case _:
            return say(f"event-{event.type}")


def _fill(event: Fill) -> Text:
    aspirated = _NOTHING
    if event.aspirated is not None:
        aspirated = say("event-aspirated", volume=show(event.aspirated, "mL"))
    return say(
        "event-bag-change" if isinstance(event, BagChange) else "event-fill",
        volume=show(event.volume, "mL"),
        mixture=solution(event.mixture),
        aspirated=aspirated,
    )


def _empty(event: Empty) -> Text:
    if event.aspirated is None:
        return say("event-empty-unsaid")
    return say("event-empty", volume=show(event.aspirated, "mL"))


def _program(record: PaperRecord, event: Program) -> Text:
    program = event.program
    dose = _NOTHING
    if program.primary is not None and program.daily_dose is not None:
        mass = both_units(program.primary, program.daily_dose.per_day())
        dose = joined((_NOTHING, drug_name(program.primary), Text.same(f"{mass} a day")), " ")
    return say("event-program", mode=say(f"mode-{program.mode}"), dose=dose)


def _bolus(record: PaperRecord, event: Bolus) -> Text:
    primary = None if record.done.program is None else record.done.program.program.primary
    shown = show(event.dose, "mg") if primary is None else both_units(primary, event.dose)
    return say("event-bolus", dose=shown)


def _interrogation(event: Interrogate) -> Text:
    if event.pump_clock is None or event.programmer_clock is None:
        return say("event-interrogate")
    return say(
        "event-clocks", pump=minute(event.pump_clock), programmer=minute(event.programmer_clock)
    )
