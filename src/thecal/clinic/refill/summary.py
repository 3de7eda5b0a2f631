"""A visit as rows for people: what each step recorded, and what it was for the therapy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from thecal.care.papers.summary import call_signs
from thecal.care.visit import steps
from thecal.clinic.refill.outcome import outcome_of, vouched
from thecal.clinic.refill.record_words import names_of, record_rows
from thecal.clinic.refill.screens import not_asked, why_needless
from thecal.clinic.refill.situation import Situation
from thecal.record.fold import EVENT, effective, read_event
from thecal.safety.identity import shown_mixture
from thecal.therapy.events import (
    Empty,
    Event,
    Fill,
    Interrogate,
    Note,
    Observe,
    Prime,
    Program,
)
from thecal.units import show, show_time


def summary_of(situation: Situation) -> dict[str, Any]:
    """Return what the printed page of a visit shows."""
    visit, ended = situation.visit, situation.running.ended
    people = names_of(situation)
    return {
        "visit": visit,
        "told": list(_told(situation)),
        "operator": people.get(visit.operator, visit.operator),
        "hands": [people.get(one, one) for one in sorted(situation.running.people)],
        "checked_by": "" if situation.given is None else people.get(situation.given.by),
        "vouched": vouched(situation),
        "answers": visit.answers,
        "second": situation.given,
        "events": event_rows(_written(situation)),
        "call": [one.en for one in call_signs(situation.solution)],
        "left_standing": {} if ended is None else ended.body.get("left_standing", {}),
        **outcome_of(situation),
    }


def _told(situation: Situation) -> Iterator[dict[str, Any]]:
    """Yield each step with what it recorded, or with why it did not."""
    visit = situation.visit
    reasons = {one.key: why for one, why in not_asked(situation)}
    left_out = {one.step: one.reason for one in visit.skipped}
    for one in steps():
        record = visit.record(one.key)
        if record is not None:
            rows = [*record_rows(one.key, record, situation), *_score(situation, one.key)]
            yield {"step": one, "rows": rows}
        elif one.key in left_out:
            said = "decided" if one.key == "decide" else "left out"
            yield {"step": one, "without": f"{said}: {left_out[one.key]}"}
        elif why := reasons.get(one.key) or why_needless(situation, one):
            yield {"step": one, "without": f"not needed: {why}"}
        else:
            yield {"step": one, "without": "not recorded"}


def _score(situation: Situation, key: str) -> Iterator[dict[str, str]]:
    """Yield the score that stands beside the record of a step."""
    score = situation.beside(key).get("score")
    if score is not None:
        yield {"name": f"Pain or spasm, {score['scale'].upper()}", "value": f"{score['value']}"}


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
    in_time = sorted(events, key=lambda one: one.time)
    return [{"time": show_time(one.time), "what": _event(one)} for one in in_time]


def _event(event: Event) -> str:
    match event:
        case Fill():
            drawn = "" if event.aspirated is None else f"{show(event.aspirated, 'mL')} drawn, "
            typed = event.programmed_volume
            told = "" if typed is None else f", {show(typed, 'mL')} typed into the pump"
            return f"{drawn}{show(event.volume, 'mL')} of {shown_mixture(event.mixture)}{told}"
        case Empty():
            drawn = "" if event.aspirated is None else f": {show(event.aspirated, 'mL')} drawn"
            why = "" if event.reason is None else f": {event.reason}"
            return f"emptied{drawn}, nothing filled{why}"
        case Program():
            return f"program: {event.program.mode.value}"
        case Prime():
            return f"prime: {event.kind.value}"
        case Observe():
            return f"{event.scale.upper()}: {event.value}"
        case Note():
            return event.text
        case Interrogate():
            return "the pump was read"
    return event.type
