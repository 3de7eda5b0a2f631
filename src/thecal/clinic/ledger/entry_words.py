"""What an entry of a patient says, in plain words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from thecal.care.visit.steps import steps
from thecal.clinic.ledger.kind_words import kind_words
from thecal.clinic.ledger.projection import REMOVED, STAGE
from thecal.clinic.ledger.signatures import SIGNATURE
from thecal.clinic.ledger.tasks import DONE, OPENED
from thecal.errors import ThecalError
from thecal.record.body_text import texts_of
from thecal.record.fold import EVENT, event_of
from thecal.report.events_table import event_words
from thecal.report.words import clean
from thecal.units import NO_BREAK_SPACE, show_time, show_unit

_SEALED = "sealed"
STEP = "visit.step"
_OF_A_STEP = ("step", "record", "visit")
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
        text, name = one.text, one.name
        if one.path[0] == _SEALED:
            text = personal.get(text, REMOVED)
            name = name.partition(", ")[2]
        lines.append(str(clean(f"{name}: {_as_people_write(text)}")))
    return tuple(lines)


def _as_people_write(text: str) -> str:
    """Return a quantity with its unit as people read it; every other text as it stands."""
    found = _QUANTITY.fullmatch(text)
    return text if found is None else f"{Decimal(found[1]):,}{NO_BREAK_SPACE}{show_unit(found[2])}"


def _in_words(moment: object) -> str:
    """Return a time with its month spelled out; what is none as it stands."""
    try:
        return f"{show_time(datetime.fromisoformat(str(moment)).astimezone(UTC))} UTC"
    except (ValueError, OverflowError):
        return str(moment)
