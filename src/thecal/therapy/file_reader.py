"""Reading a therapy file: TOML in, a `Therapy` out, or one error that names the place."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from thecal.errors import BadFileError
from thecal.pharmacy import indications
from thecal.program.clock import Instant, instant_of
from thecal.therapy.bedside import Bedside
from thecal.therapy.bedside_reader import read_bedside
from thecal.therapy.consistency import check_implants, check_references
from thecal.therapy.event_reader import EVENT_READERS, read_overrides
from thecal.therapy.events import Event, Patient, Therapy
from thecal.therapy.external import bind_to_pump
from thecal.therapy.fault_events import missed_fills
from thecal.therapy.hardware_reader import read_catheter, read_pump
from thecal.therapy.table import Table
from thecal.units import Length, Mass

SCHEMA = "thecal.therapy/1"
_OFFSET = re.compile(r"([+-])([0-9]{2}):([0-9]{2})", re.ASCII)
_LONG_KEY = re.compile(
    r"""(?<![\w-])(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
    r"""(?:[ \t]*+\.[ \t]*+(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')){64}""",
    re.ASCII,
)
"""The TOML parser takes quadratic time for these; no key of a therapy has more than two parts."""
_MOST_BYTES = 64 * 1024 * 1024


def read_therapy_file(path: Path) -> Therapy:
    """Read a therapy file.

    Raises
    ------
    BadFileError
        If the file cannot be read or cannot be a therapy; the message names the place.
    """
    return read_therapy(read_bytes(path), path.name)


def read_bytes(path: Path) -> bytes:
    """Return the content of a file of at most 64 MiB; raises `BadFileError`."""
    try:
        with path.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
    except ValueError:
        raise BadFileError(
            "cannot be read: the path holds a NUL byte", remedy="check the path", place=str(path)
        ) from None
    except OSError as error:
        raise BadFileError(
            f"cannot be read: {error.strerror or error}", remedy="check the path", place=str(path)
        ) from None
    if len(data) > _MOST_BYTES:
        raise BadFileError("the file is larger than 64 MiB", place=path.name)
    return data


def read_therapy(data: bytes, name: str) -> Therapy:
    """Read a therapy from the bytes of a file called `name`; raises `BadFileError`."""
    return read_with_bedside(data, name)[0]


def read_therapy_table(values: dict[str, Any], name: str) -> Therapy:
    """Read a therapy from tables as TOML gives them; raises `BadFileError` as a file does."""
    return _read_root(Table(values, name))[0]


def read_event_table(values: dict[str, Any], place: str, offset: timedelta) -> Event:
    """Read one event on a pump clock; raises `BadFileError`."""
    return _read_event(values, place, 0, offset)


def read_with_bedside(data: bytes, name: str) -> tuple[Therapy, Bedside | None]:
    """Read a therapy and its table `[bedside]`, None where it has none; raises `BadFileError`."""
    return _read_root(read_toml(data, name))


def read_toml(data: bytes, name: str) -> Table:
    """Return the root table of a TOML file called `name`; raises `BadFileError`."""
    try:
        text = data.decode("utf-8")
        if _LONG_KEY.search(text):
            raise BadFileError("a key has far too many parts", place=name)
        values = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise BadFileError(
            f"byte {error.start} is not UTF-8 text",
            remedy="write the file as TOML text",
            place=name,
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise BadFileError(f"is not TOML: {error}", place=name) from None
    except (ValueError, OverflowError, RecursionError) as error:
        raise BadFileError(f"is not TOML that can be read: {error}", place=name) from None
    return Table(values, name)


def _read_root(root: Table) -> tuple[Therapy, Bedside | None]:
    root.take_choice("schema", (SCHEMA,))
    offset = _read_offset(root)
    patient = _read_patient(root.take_table("patient"))
    pump = read_pump(root.take_table("pump"))
    catheter = read_catheter(root.take_table("catheter"))
    entries = root.take_any("events")
    if not isinstance(entries, list) or not entries:
        raise root.error("there are no events", "add [[events]] with a fill", "events")
    next_visit = None
    if root.has("plan"):
        plan = root.take_table("plan")
        next_visit = plan.optional("next_visit", plan.take_date)
        plan.finish()
    bedside = read_bedside(root.take_table("bedside")) if root.has("bedside") else None
    root.finish()
    events = _read_events(entries, root.place, offset)
    typed = Therapy(offset, patient, pump, catheter, events, next_visit)
    events = bind_to_pump(events, pump, root.place, missed_fills(typed))
    check_references(events, root.place)
    check_implants(pump, events, offset, root.place)
    return replace(typed, events=events), bedside


def _read_offset(root: Table) -> timedelta:
    text = root.take_text("utc_offset")
    match = _OFFSET.fullmatch(text)
    if match is None:
        raise root.error(f'"{text}" is no offset', 'write "+01:00"', "utc_offset")
    size = timedelta(hours=int(match.group(2)), minutes=int(match.group(3)))
    if int(match.group(3)) > 59 or size > timedelta(hours=14):
        raise root.error(f'"{text}" is no offset of any place', 'write "+01:00"', "utc_offset")
    return -size if match.group(1) == "-" else size


def _read_patient(table: Table) -> Patient:
    therapy_ids = ("pain", "spasticity")
    indication_ids = tuple(indication.id for indication in indications())
    patient_id = table.take_text("id")
    birth_date = table.take_date("birth_date")
    sex = table.take_choice("sex", ("female", "male", "other", "unknown"))
    weight = table.take_quantity("weight", Mass)
    therapy = table.take_choice("therapy", therapy_ids)
    setting = _conditional(table, "setting", ("cancer", "non-cancer"), needed=therapy == "pain")
    origin = _conditional(table, "origin", ("spinal", "cerebral"), needed=therapy == "spasticity")
    patient = Patient(
        id=patient_id,
        birth_date=birth_date,
        sex=sex,
        weight=weight,
        therapy=therapy,
        height=table.optional("height", lambda key: table.take_quantity(key, Length)),
        setting=setting,
        origin=origin,
        opioid_tolerant=table.optional("opioid_tolerant", table.take_flag),
        indication=table.optional("indication", lambda key: table.take_choice(key, indication_ids)),
    )
    table.finish()
    return patient


def _conditional(table: Table, key: str, choices: tuple[str, ...], *, needed: bool) -> str | None:
    if needed or table.has(key):
        return table.take_choice(key, choices)
    return None


def _read_events(entries: list[Any], place: str, offset: timedelta) -> tuple[Event, ...]:
    events: list[Event] = []
    before: Instant | None = None
    for index, entry in enumerate(entries):
        event = _read_event(entry, place, index, offset)
        instant = instant_of(event.time, offset)
        if before is not None and instant < before:
            raise BadFileError(
                "this event is earlier than the one before it",
                remedy="put events in order of time",
                place=f"{place}: event {index} ({event.type}): time",
            )
        before = instant
        events.append(event)
    return tuple(events)


def _read_event(entry: Any, place: str, index: int, offset: timedelta) -> Event:
    unnamed = Table(entry, f"{place}: event {index}")
    kind = unnamed.take_choice("type", tuple(EVENT_READERS))
    table = Table(entry, f"{place}: event {index} ({kind})")
    table.take_text("type")
    moment = table.take_moment("time")
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone(offset))
    override = read_overrides(table)
    event = EVENT_READERS[kind](table, moment, override)
    table.finish()
    return event


def parse_moment(text: str, offset: timedelta) -> datetime:
    """Return the time that an option names; without an offset it is on the pump clock.

    Raises
    ------
    BadFileError
        If the text is no ISO 8601 date and time.
    """
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=timezone(offset))
        if not 1900 <= moment.year <= 2200:
            raise ValueError
    except ValueError:
        raise BadFileError(
            f'"{text}" is no time between 1900 and 2200', remedy="write 2026-03-02T10:00:00"
        ) from None
    return moment
