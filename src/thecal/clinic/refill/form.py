"""A step of a visit as fields: what is asked, what stands there, what was typed as a record."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, final

from thecal.care.visit import RECORDS, read_record, write_record
from thecal.care.visit.said import said
from thecal.clinic.refill.mixture_text import mixture_table, read_mixture, write_mixture
from thecal.clinic.refill.situation import Situation, at_now
from thecal.clinic.web.sheet import Sheet, SheetField
from thecal.errors import ThecalError
from thecal.pharmacy import Mixture
from thecal.therapy.file_writer import write_quantity
from thecal.therapy.table import MISSING_KEY, Table
from thecal.units import Quantity

YES_NO = (("yes", "yes"), ("no", "no"))
Typed = dict[str, Any]


@final
@dataclass(frozen=True, slots=True)
class Recorded:
    """What a form gives: the table of the record, and what stands beside it in the entry."""

    table: Mapping[str, Any]
    beside: Mapping[str, Any] = field(default_factory=dict)


@final
@dataclass(frozen=True, slots=True)
class Form:
    """The fields of one step.

    Attributes
    ----------
    fields
        For a visit as it stands.
    read
        The record of what was typed, by whom; it marks the fields that are wrong.
    typed
        What stands in the fields at first, where nothing is recorded yet.
    shown
        What stands in the fields of a record that is corrected, beyond its plain fields.
    """

    key: str
    fields: Callable[[Situation], Sequence[SheetField]]
    read: Callable[[Sheet, Situation, str], Recorded | None]
    typed: Callable[[Situation], Typed] = lambda _: {}
    shown: Callable[[Situation], Typed] = lambda _: {}

    def sheet(self, situation: Situation) -> Sheet:
        """Return the fields as they stand: what is recorded, else what they begin with."""
        fields = self.fields(situation)
        record = situation.visit.record(self.key)
        if record is None:
            return Sheet(fields, self.typed(situation))
        typed = _typed(record, fields, situation)
        return Sheet(fields, {**self.typed(situation), **typed, **self.shown(situation)})


def yes_no(name: str, label: str, hint: str = "") -> SheetField:
    """Return a question that is answered with yes or no: nothing stands there at first."""
    return SheetField(name, label, kind="choice", choices=YES_NO, hint=hint)


def choice(
    name: str, label: str, kind: Any, *, required: bool = True, hint: str = ""
) -> SheetField:
    """Return a choice of the words of a type."""
    words = tuple((str(one), str(one).replace("-", " ")) for one in kind)
    return SheetField(name, label, kind="choice", choices=words, required=required, hint=hint)


def count(name: str, label: str, *, required: bool = True, hint: str = "") -> SheetField:
    """Return a field for a whole number."""
    return SheetField(name, label, kind="count", required=required, hint=hint)


def table_of(sheet: Sheet, situation: Situation) -> dict[str, Any]:
    """Return what was typed as a table of the record; fields that are wrong are marked."""
    table: dict[str, Any] = {}
    for one in sheet.fields:
        value = sheet.typed.get(one.name)
        if one.kind == "flag":
            table[one.name] = bool(value)
        elif value in ("", None, []):
            continue
        elif one.kind == "choice" and one.choices == YES_NO:
            table[one.name] = value == "yes"
        elif one.kind == "count":
            table[one.name] = _count(sheet, one, str(value))
        elif one.kind == "moment":
            table[one.name] = _moment(sheet, one, str(value), situation)
        elif one.unit:
            table[one.name] = f"{value} {one.unit}"
        else:
            table[one.name] = value
    return table


def mixture_in(sheet: Sheet, name: str) -> Mixture | None:
    """Return the solution that a field holds; None where it is wrong, and marked."""
    try:
        return read_mixture(str(sheet.typed.get(name, "")))
    except ThecalError as error:
        sheet.refuse(name, f"{error.what}; {error.remedy}")
        return None


def mixture_typed(sheet: Sheet, name: str, table: dict[str, Any]) -> None:
    """Put the solution of a field into a table; a wrong one is marked."""
    found = mixture_in(sheet, name) if table.get(name) else None
    if found is not None:
        table[name] = mixture_table(found)


def parts(text: str) -> list[str]:
    """Return what is listed in a line of text, parted by semicolons; "none" lists nothing."""
    return list(said(one.strip() for one in text.split(";")))


def record_of(key: str, sheet: Sheet, recorded: Recorded | None) -> Any:
    """Return the record of a step; None where a field is wrong, and marked."""
    if recorded is None or sheet.errors:
        return None
    names = {one.name for one in sheet.fields}
    try:
        return read_record(RECORDS[key], Table(_given(recorded.table), "typed"))
    except ThecalError as error:
        name = next((one for one in reversed(error.place.split(": ")) if one in names), "")
        label = next((one.label for one in sheet.fields if one.name == name), "This step")
        told = (error.what, error.why, error.remedy)
        words = "; ".join(one for one in told if one)
        if error.what == MISSING_KEY:
            words = "this is needed"
        sheet.refuse(name or sheet.fields[0].name, f"{label}: {words}")
        return None


def _given(table: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out the lists that are empty, as a record does."""
    return {key: value for key, value in table.items() if value != []}


def _count(sheet: Sheet, one: SheetField, text: str) -> int:
    if text.isascii() and text.isdecimal() and len(text) < len("1000000"):
        return int(text)
    sheet.refuse(one.name, f'{one.label}: "{text[:20]}" is no whole number; write digits alone')
    return 0


def _moment(sheet: Sheet, one: SheetField, text: str, situation: Situation) -> str:
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        sheet.refuse(one.name, f'{one.label}: "{text[:30]}" is no date with a time of day')
        return ""
    if local.tzinfo is None:
        local = local.replace(tzinfo=situation.now.tzinfo)
    return local.isoformat()


def _typed(record: object, fields: Sequence[SheetField], situation: Situation) -> Typed:
    """Return a record as it would have been typed."""
    table = write_record(record)
    typed: Typed = {}
    for one in fields:
        value = getattr(record, one.name, None)
        if value is None or value == ():
            continue
        if isinstance(value, bool):
            typed[one.name] = "yes" if value else "no"
            if one.kind == "flag":
                typed[one.name] = value
        elif isinstance(value, Quantity):
            typed[one.name] = _digits(value, one)
        elif isinstance(value, Mixture):
            typed[one.name] = write_mixture(value)
        elif isinstance(value, datetime):
            typed[one.name] = at_now(value.astimezone(situation.now.tzinfo))
        elif isinstance(value, tuple):
            typed[one.name] = table[one.name]
            if one.kind != "choices":
                typed[one.name] = "; ".join(str(part) for part in table[one.name])
        else:
            typed[one.name] = str(table[one.name])
    return typed


def _digits(value: Quantity, one: SheetField) -> str:
    return figure(value, one.unit)


def figure(value: Quantity, unit: str) -> str:
    """Return a quantity as its digits in a unit; empty where it has none that read back."""
    written = write_quantity(value, unit) if value.base else f"0 {unit}"
    number, _, given = written.partition(" ")
    return number if given == unit else ""
