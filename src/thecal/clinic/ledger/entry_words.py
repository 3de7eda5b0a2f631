"""What an entry of a patient says, in plain words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from thecal.care.visit.steps import steps
from thecal.clinic.ledger.code_words import code_words, key_words
from thecal.clinic.ledger.kind_words import kind_words
from thecal.clinic.ledger.projection import REMOVED, STAGE
from thecal.clinic.ledger.signatures import SIGNATURE
from thecal.clinic.ledger.tasks import DONE, OPENED
from thecal.errors import ThecalError
from thecal.record.body_text import texts_of
from thecal.record.fold import EVENT, event_of
from thecal.record.second_person import GIVEN, REQUESTED
from thecal.report.events_table import event_words
from thecal.report.words import clean
from thecal.units import NO_BREAK_SPACE, show_date, show_time, show_unit

_SEALED = "sealed"
STEP = "visit.step"
_OF_A_STEP = ("step", "record", "visit")
_CLOCK = r"T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?"
_DATED = re.compile(rf"\d{{4}}-\d{{2}}-\d{{2}}({_CLOCK})?", re.ASCII)
_QUANTITY = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?) ((?:ug|mg|U)(?:/\w+)?)")


def sort_of(kind: str, body: Mapping[str, Any]) -> str:
    """Return the sort by which a timeline filters: the kind, an event with its type."""
    return f"{kind}:{body.get('type', '')}" if kind == EVENT else kind


def sort_words(sort: str) -> str:
    """Return a sort for people, as in `fill`, `signature`."""
    kind, _, event_type = sort.partition(":")
    if event_type:
        return event_type.replace("-", " ")
    return kind_words(kind)


def body_words(kind: str, body: Mapping[str, Any], personal: Mapping[str, str]) -> tuple[str, ...]:
    """Return what a body says, a line for each thing.

    Parameters
    ----------
    personal
        Sealed texts by hash; one that is missing was removed, and is shown so.
    """
    if kind == EVENT:
        try:
            text = event_words(event_of(body))
        except ThecalError:
            # An event that an older version wrote is shown value by value.
            return body_values(body, personal)
        return tuple(str(clean(line)) for line in text.split("\n") if line)
    if kind == STAGE:
        given = body_values(dict(body.get("given", {})), personal)
        return (f"to {str(body.get('to', '')).replace('-', ' ')}", *given)
    if kind == SIGNATURE:
        return (f"signed by {body.get('name', '')}: {body.get('meaning', '')}",)
    if kind == OPENED:
        return (str(clean(body.get("what", ""))), f"due {_in_words(body.get('due', ''))}")
    if kind == DONE:
        return (
            f"ends the task that entry {body.get('task', '')} opened",
            *body_values(body, personal),
        )
    if kind == STEP:
        return _step_words(body, personal)
    if kind == REQUESTED and not isinstance(body.get("blind", ""), str):
        body = {**body, "blind": {one["label"]: one["value"] for one in body["blind"]}}
    if kind == GIVEN and "differs_in" in body:
        body = {**body, "differs_in": [key_words(one) for one in body["differs_in"]]}
    return body_values(body, personal)


def _step_words(body: Mapping[str, Any], personal: Mapping[str, str]) -> tuple[str, ...]:
    """Return the step of a visit by its title, then what it recorded."""
    known = {one.key: one.title.value for one in steps()}
    told = str(body.get("step", ""))
    rest = {name: value for name, value in body.items() if name not in _OF_A_STEP}
    return (
        known.get(told, told),
        *body_values(body.get("record", {}), personal),
        *body_values(rest, personal),
    )


def body_values(body: Mapping[str, Any], personal: Mapping[str, str]) -> tuple[str, ...]:
    """Return every value of a body by its name, as in `mixture, morphine: 5 mg/mL`."""
    lines = []
    for one in texts_of(body):
        text, path = one.text, one.path
        if path[0] == _SEALED:
            text, path = personal.get(text, REMOVED), path[1:]
        name = ", ".join(
            str(part + 1) if isinstance(part, int) else key_words(part) for part in path
        )
        lines.append(str(clean(f"{name}: {_as_people_write(text, str(path[-1] if path else ''))}")))
    return tuple(lines)


def _as_people_write(text: str, key: str) -> str:
    """Return a quantity, a time or a code as people read it; every other text as it stands."""
    found = _QUANTITY.fullmatch(text)
    if found is not None:
        return f"{Decimal(found[1]):,}{NO_BREAK_SPACE}{show_unit(found[2])}"
    return _spelled(text) if _DATED.fullmatch(text) else code_words(text, key)


def _spelled(text: str) -> str:
    """Return a date or a time by the clock that it was written by, with the month spelled out."""
    try:
        if "T" not in text:
            return show_date(date.fromisoformat(text))
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    zone = moment.strftime("%z")
    return show_time(moment) + (f" (UTC {zone[:3]}:{zone[3:5]})" if zone else "")


def _in_words(moment: object) -> str:
    """Return a time with its month spelled out; what is none as it stands."""
    try:
        return f"{show_time(datetime.fromisoformat(str(moment)).astimezone(UTC))} UTC"
    except (ValueError, OverflowError):
        return str(moment)
