"""What an outsider typed: read strictly, refused in their own language, and turned into a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, final

from thecal.care.document import Text
from thecal.care.enquiry.questions import REFERRAL, Question, questions
from thecal.care.enquiry.words import limit, said
from thecal.care.selection.reader import read_selection
from thecal.care.selection.referral import ReferralField, referral
from thecal.errors import BadFileError, EntryError
from thecal.therapy.table import Table
from thecal.units import Duration, MassRate, parse_quantity

_FIRST_YEAR = 1900
_QUANTITIES: Mapping[str, type[MassRate] | type[Duration]] = {"mg/d": MassRate, "d": Duration}
_TO_THE_CASE = ("pathway", "indication", "symptoms_since", "birth_date")


@final
@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it was read.

    Attributes
    ----------
    values
        Question to what was typed; empty ones are left out.
    errors
        Question to what is wrong.
    """

    kind: str
    values: Mapping[str, str]
    errors: Mapping[str, Text] = field(default_factory=dict)


def read_sent(kind: str, typed: Mapping[str, str], today: date) -> Sent:
    """Return what was typed into a form; raises `UnknownIdError` for a form that there is not."""
    values: dict[str, str] = {}
    errors: dict[str, Text] = {}
    for one in questions(kind):
        text = _clean(one, typed.get(one.id, ""))
        wrong = _wrong(one, text, today)
        if wrong is not None:
            errors[one.id] = wrong
        if text:
            values[one.id] = text
    if kind == REFERRAL:
        errors |= {name: wrong for name, wrong in _rows(values).items() if name not in errors}
        if not errors:
            errors |= _as_a_case(values)
    return Sent(kind, values, errors)


def selection_case(values: Mapping[str, str]) -> dict[str, Any]:
    """Return a referral as the rules of the selection read it; what is no answer is left out."""
    case: dict[str, Any] = {}
    for one in questions(REFERRAL):
        text = values.get(one.id, "")
        if text and (one.item or one.id in _TO_THE_CASE):
            case[one.id] = date.fromisoformat(text) if one.kind == "date" else text
        elif text and one.unit:
            case[one.id] = f"{text} {one.unit}"
    for name in ("current_drugs", "goals"):
        if values.get(name):
            case[name] = values[name].split("\n")
    therapies = [
        {"kind": values[f"therapy_{row}"], "outcome": values[f"outcome_{row}"]}
        for row in _numbers()
        if f"therapy_{row}" in values
    ]
    return {**case, "prior_therapies": therapies} if therapies else case


def standing(values: Mapping[str, str]) -> tuple[ReferralField, ...]:
    """Return what a referral holds of what its pathway asks; raises `BadFileError`."""
    return referral(read_selection(Table(selection_case(values), "selection")))


def _numbers() -> range:
    return range(1, limit("length", "rows") + 1)


def _clean(one: Question, text: str) -> str:
    """Return a text without white space at its ends, one line unless the question has several."""
    if one.kind in ("long", "lines"):
        lines = (" ".join(line.split()) for line in text.splitlines())
        return "\n".join(line for line in lines if line or one.kind == "long").strip("\n")
    return " ".join(text.split())


def _wrong(one: Question, text: str, today: date) -> Text | None:
    if not text:
        return said("needed") if one.required else None
    if len(text) > one.most:
        return said("too-long", most=str(one.most))
    if not text.replace("\n", "").isprintable():
        return said("unprintable")
    match one.kind:
        case "lines" if text.count("\n") >= limit("length", "lines"):
            return said("too-many", most=str(limit("length", "lines")))
        case "choice" if text not in one.choices:
            return said("no-choice")
        case "flag" if text != "yes":
            return said("needed")
        case "date":
            return _wrong_day(text, today)
        case "number":
            return _wrong_number(one, text)
    return None


def _wrong_day(text: str, today: date) -> Text | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return said("no-date")
    if day > today:
        return said("date-ahead")
    return said("no-date") if day.year < _FIRST_YEAR else None


def _wrong_number(one: Question, text: str) -> Text | None:
    try:
        parse_quantity(f"{text} {one.unit}", _QUANTITIES[one.unit], zero_allowed=True)
    except EntryError:
        return said("no-number")
    return None


def _rows(values: Mapping[str, str]) -> dict[str, Text]:
    """Return the earlier treatments of which one half is missing."""
    found = {}
    for row in _numbers():
        kind, outcome = f"therapy_{row}", f"outcome_{row}"
        if (kind in values) != (outcome in values):
            found[kind if kind not in values else outcome] = said("row")
    return found


def _as_a_case(values: Mapping[str, str]) -> dict[str, Text]:
    """Return what the rules of the selection cannot read, as an indication of another pathway."""
    try:
        standing(values)
    except BadFileError as error:
        name = error.place.rpartition(": ")[2]
        return {name if name in values else "pathway": said("no-sense")}
    return {}
