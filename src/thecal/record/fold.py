"""From the entries of a patient to the therapy they tell, now or as it was known on a day."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, final

from thecal.errors import BadFileError
from thecal.record.entry import Entry
from thecal.record.errors import FoldError
from thecal.therapy.events import Event, Therapy
from thecal.therapy.file_reader import SCHEMA, read_event_table, read_therapy_table
from thecal.therapy.file_writer import write_event, write_therapy

SETUP = "therapy.setup"
EVENT = "therapy.event"
PLAN = "therapy.plan"
CORRECTION = "correction"
_MOMENTS = frozenset({"time", "pump_clock", "programmer_clock"})
_DATES = frozenset({"birth_date", "beyond_use", "implanted", "next_visit"})


@final
@dataclass(frozen=True, slots=True)
class Effective:
    """An entry as it stands after its corrections; `body` None means it was withdrawn."""

    entry: Entry
    body: Mapping[str, Any] | None
    corrected_by: tuple[int, ...] = ()


def effective(entries: Iterable[Entry]) -> tuple[Effective, ...]:
    """Return every entry but the corrections, each as it stands after them.

    Raises
    ------
    FoldError
        If a correction names an entry that is not before it, or one that is a correction.
    """
    standing: dict[int, Effective] = {}
    for entry in entries:
        if entry.kind != CORRECTION:
            standing[entry.seq] = Effective(entry, entry.body)
            continue
        named = entry.body.get("replaces")
        old = standing.get(named) if isinstance(named, int) else None
        if old is None:
            raise FoldError(
                f"the correction {entry.seq} replaces entry {named}, which it cannot",
                remedy="name an entry before it that is no correction",
            )
        standing[old.entry.seq] = Effective(
            old.entry, entry.body.get("body"), (*old.corrected_by, entry.seq)
        )
    return tuple(standing.values())


def known_on(entries: Iterable[Entry], moment: datetime) -> tuple[Entry, ...]:
    """Return the entries that had been written by a moment."""
    return tuple(entry for entry in entries if entry.written <= moment)


def therapy_values(entries: Iterable[Entry]) -> dict[str, Any] | None:
    """Return the tables of the therapy file that the entries tell; None before the first event."""
    root: dict[str, Any] = {}
    events: list[tuple[datetime, int, dict[str, Any]]] = []
    for one in effective(entries):
        if one.body is None:
            continue
        if one.entry.kind == SETUP:
            root = {"schema": SCHEMA, **_typed(one.body)}
        elif one.entry.kind == PLAN:
            root.pop("plan", None)
            if one.body.get("next_visit"):
                root["plan"] = {"next_visit": _typed(one.body)["next_visit"]}
        elif one.entry.kind == EVENT:
            table = _typed(one.body)
            events.append((_instant(table), one.entry.seq, table))
    if not root or not events:
        return None
    events.sort(key=lambda item: item[:2])
    return {**root, "events": [table for _, _, table in events]}


def fold_therapy(entries: Iterable[Entry]) -> Therapy | None:
    """Return the therapy of a patient's entries; None before pump and first event are recorded.

    Raises
    ------
    FoldError
        If a correction cannot be applied.
    BadFileError
        If the entries cannot be a therapy; the message names event and key.
    """
    values = therapy_values(entries)
    return None if values is None else read_therapy_table(values, "the record")


def event_body(event: Event) -> dict[str, Any]:
    """Return the body of an entry for an event; raises `CannotComputeError` as a file does."""
    return _plain(tomllib.loads(write_event(event))["events"][0])  # type: ignore[no-any-return]


def setup_body(therapy: Therapy) -> dict[str, Any]:
    """Return the body of the entry that names patient, pump and catheter of a therapy."""
    values = tomllib.loads(write_therapy(therapy))
    kept = {key: values[key] for key in ("utc_offset", "patient", "pump", "catheter")}
    return _plain(kept)  # type: ignore[no-any-return]


def read_event(body: Mapping[str, Any], therapy: Therapy) -> Event:
    """Return the event of an entry's body on the pump clock of a therapy; raises `BadFileError`."""
    return read_event_table(_typed(body), "the entry", therapy.utc_offset)


def event_of(body: Mapping[str, Any]) -> Event:
    """Return the event of an entry's body on the clock that its time names.

    Raises
    ------
    BadFileError
        If it cannot be an event, or its time has no offset.
    """
    table = _typed(body)
    offset = _moment(table).utcoffset()
    assert offset is not None
    return read_event_table(table, "the entry", offset)


def _instant(table: Mapping[str, Any]) -> datetime:
    return _moment(table).astimezone(UTC)


def _moment(table: Mapping[str, Any]) -> datetime:
    moment = table.get("time")
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise BadFileError("an event of the record has no time with an offset", place="the record")
    return moment


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return {"decimal": repr(value)}
    return value


def _typed(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _typed_value(key, value) for key, value in table.items()}


def _typed_value(key: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return float(value["decimal"]) if set(value) == {"decimal"} else _typed(value)
    if isinstance(value, list):
        return [_typed_value(key, inner) for inner in value]
    try:
        if key in _MOMENTS and isinstance(value, str):
            return datetime.fromisoformat(value)
        if key in _DATES and isinstance(value, str):
            return date.fromisoformat(value)
    except ValueError:
        raise BadFileError(f'"{value}" is no time', place=f"the record: {key}") from None
    return value
