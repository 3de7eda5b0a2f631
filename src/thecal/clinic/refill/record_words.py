"""The records of a visit's steps as people read them: fields by their labels, people by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any

from thecal.care.visit.needle import Filling
from thecal.care.visit.programming import ProgramLine, changed_lines, lines_of
from thecal.clinic.models import Membership
from thecal.clinic.refill.forms import FORMS
from thecal.clinic.refill.needle import portions_shown
from thecal.clinic.refill.situation import Situation
from thecal.pharmacy import Mixture, drug
from thecal.safety.identity import shown_mixture
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

Row = dict[str, str]

_UNITS: Mapping[type[Quantity], str] = {Volume: "mL", Length: "cm", Concentration: "mg/mL"}
_LABELS = {
    "serial": "Serial number that the pump told",
    "read_at": "Read at",
    "mixture": "Solution that the pump was told",
    "mode": "Mode",
    "daily_doses": "Each day",
    "expected": "Volume that it reckons is left",
    "volume": "Volume drawn",
    "programmed_volume": "Volume told to the pump",
    "started": "Watched from",
    "released_by": "Released by",
    "decided_by": "Decided by",
    "ticked": "Lines looked at, old beside new",
}
"""Labels of what a record holds and no field asks for."""
_PEOPLE = ("released_by", "decided_by", "witness", "restart_reviewed_by")
_MAY_BE_NOT_DONE = "imaged"
_PORTIONS = ("portions", "portion", "given")
"""How many, of how much each, and each: told in one row."""
_OLD_AND_NEW, _MEANT_AND_READ = {"old", "new"}, {"intended", "read"}


def record_rows(key: str, record: Any, situation: Situation) -> list[Row]:
    """Return what a step recorded, one row for each field that holds something."""
    labels, choices = _labels(key, situation), _choices(key, situation)
    people = names_of(situation)
    told = {one["name"] for one in _compared(record)}
    rows = []
    for one in fields(record):
        value = getattr(record, one.name)
        if one.name == _MAY_BE_NOT_DONE and value is None:
            rows.append({"name": labels[one.name], "value": "not done"})
            continue
        if value is None or value == () or one.name in _OLD_AND_NEW | _MEANT_AND_READ:
            continue
        if isinstance(record, Filling) and one.name in _PORTIONS:
            if one.name == "portions":
                rows.append({"name": labels[one.name], "value": portions_shown(record)})
            continue
        label = labels.get(one.name) or one.name.replace("_", " ").capitalize()
        if label in told:
            continue
        words = people.get(value, value) if one.name in _PEOPLE else _words(value, situation)
        words = choices.get(one.name, {}).get(str(value), words)
        rows.append({"name": label, "value": words})
    return [*rows, *_compared(record)]


def names_of(situation: Situation) -> dict[str, str]:
    """Return the name and role of everybody of the clinic, by user name.

    A user name that is the role's own word is not said twice.
    """
    members = Membership.objects.select_related("user").filter(clinic=situation.clinic)
    return {
        one.user.username: f"{one.user.name}, {one.get_role_display()}"
        + ("" if one.user.username == one.get_role_display() else f" ({one.user.username})")
        for one in members
    }


def _labels(key: str, situation: Situation) -> dict[str, str]:
    form = FORMS.get(key)
    asked = () if form is None else form.fields(situation)
    return _LABELS | {one.name: one.label for one in asked}


def _choices(key: str, situation: Situation) -> dict[str, dict[str, str]]:
    """Return the words of what was chosen, by field and value."""
    form = FORMS.get(key)
    asked = () if form is None else form.fields(situation)
    return {one.name: dict(one.choices) for one in asked if one.kind == "choice"}


def _compared(record: Any) -> Iterator[Row]:
    """Yield the lines of a program beside those they are held against."""
    held = {one.name for one in fields(record)}
    if held >= _OLD_AND_NEW:
        changed = changed_lines(lines_of(record.old), lines_of(record.new))
        for one in changed:
            value = f"from {one.old or 'nothing'} to {one.new or 'nothing'}"
            yield {"name": f"{one.name}, changed", "value": value}
    if held >= _MEANT_AND_READ:
        same = record.intended == record.read
        yield {"name": "Read back", "value": "every line as meant" if same else "NOT as meant"}
        yield from _lines(record.intended, record.read)


def _lines(meant: tuple[ProgramLine, ...], read: tuple[ProgramLine, ...]) -> Iterator[Row]:
    said, wanted = lines_of(read), lines_of(meant)
    for name in dict.fromkeys((*wanted, *said)):
        value = said.get(name, "nothing")
        differs = value != wanted.get(name)
        meant_words = f", meant was {wanted.get(name, 'nothing')}" if differs else ""
        yield {"name": name, "value": f"{value}{meant_words}"}


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
    return str(getattr(value, "kind", value)).replace("-", " ")
