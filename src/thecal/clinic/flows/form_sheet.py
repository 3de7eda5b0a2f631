"""A form of the pathway as fields of a page, and back: what was typed, as the core reads it.

The names of the controls: `serial`; in row 2 of a repeated section `segments.2.trimmed`; the unit
of a quantity that has several, `dose.unit`; drug 1 of a solution, `mixture.drug1`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, final
from zoneinfo import ZoneInfo

from django.http import QueryDict

from thecal.care.forms import FieldError, Form, FormField, FormSection, Kind
from thecal.care.forms.choice import choices, word
from thecal.care.forms.entry import CONCENTRATION, DRUG, bounds_of, scale_codes, units_of
from thecal.clinic.web.sheet import FieldKind, Sheet, SheetField
from thecal.clinic.web.wall_clock import local_text, with_offset
from thecal.therapy.hardware_reader import LEVELS
from thecal.units import Concentration, show_unit

ROWS = "rows."
"""With the id of a repeated section or of a solution: how many rows the page shows."""
_PLAIN_ROWS, _DRUG_ROWS = 1, 3
_MOST_ROWS = 200
_YES, _NO = "yes", "no"


@final
@dataclass(frozen=True, slots=True)
class SectionSheet:
    """A section as a page shows it: its fields once, or row by row.

    Attributes
    ----------
    sheets
        One for each row; one where the section is filled once.
    count
        Name of the hidden field that says how many rows there are; empty without rows.
    error
        What is wrong with the rows as a whole.
    """

    section: FormSection
    sheets: tuple[Sheet, ...]
    count: str
    error: str


@final
class FormSheet:
    """A form with what was typed into it.

    Parameters
    ----------
    known
        The form.
    typed
        Name of a control to its text, or to the list of a field with several answers.
    zone
        In which the clinic's clocks go.
    """

    def __init__(self, known: Form, typed: Mapping[str, Any], zone: ZoneInfo) -> None:
        self.form = known
        self.typed = dict(typed)
        self.zone = zone
        self.errors: dict[str, str] = {}

    @classmethod
    def sent(cls, known: Form, post: QueryDict, zone: ZoneInfo) -> FormSheet:
        """Return the form as it was sent by a browser."""
        several = {name for name, one in _controls(known, post) if one.kind is Kind.CHOICES}
        typed = {
            name: post.getlist(name) if name in several else str(post[name]).strip()
            for name in post
        }
        return cls(known, typed, zone)

    @classmethod
    def from_values(cls, known: Form, values: Mapping[str, Any], zone: ZoneInfo) -> FormSheet:
        """Return the form with what `Filled.to_json` holds, to be filled anew."""
        typed: dict[str, Any] = {}
        for field in known.plain_fields():
            typed |= _shown(field, field.id, values.get(field.id), zone)
        for section in known.repeated_sections():
            rows = values.get(section.id, ())
            typed[ROWS + section.id] = str(max(len(rows), 1))
            for number, row in enumerate(rows, start=1):
                for field in section.fields:
                    name = _in_row(section, number, field)
                    typed |= _shown(field, name, row.get(field.id), zone)
        return cls(known, typed, zone)

    def add_row(self, of: str) -> None:
        """Show one more row of a repeated section or of a solution."""
        shown = self._rows(of, _DRUG_ROWS if self._is_solution(of) else _PLAIN_ROWS)
        self.typed[ROWS + of] = str(min(shown + 1, _MOST_ROWS))

    def values(self) -> dict[str, Any]:
        """Return what was typed as `read_form` takes it; what is no time is left as it is."""
        found: dict[str, Any] = {
            one.id: self._value(one, one.id) for one in self.form.plain_fields() if one.typed
        }
        for section in self.form.repeated_sections():
            found[section.id] = [
                {
                    one.id: self._value(one, _in_row(section, number, one))
                    for one in section.fields
                    if one.typed
                }
                for number in range(1, self._rows(section.id, _PLAIN_ROWS) + 1)
            ]
        return found

    def refuse(self, errors: Sequence[FieldError]) -> None:
        """Mark the fields that are wrong, each with its label."""
        for one in errors:
            name, label = self._named(one.place)
            told = "; ".join(part for part in (one.what, one.remedy) if part)
            self.errors.setdefault(name, f"{label}: {told}")

    def sections(self) -> tuple[SectionSheet, ...]:
        """Return the sections as the page shows them."""
        return tuple(self._section(one) for one in self.form.sections)

    def summary(self) -> list[tuple[str, str]]:
        """Return every error with the control that it leads to."""
        return [(self._first(name), told) for name, told in self.errors.items()]

    def _section(self, section: FormSection) -> SectionSheet:
        if section.least_rows is None:
            fields = [
                made
                for one in section.fields
                for made in self._fields(one, one.id, required=one.required)
            ]
            return SectionSheet(section, (self._sheet(fields),), "", "")
        sheets = tuple(
            self._sheet(
                [
                    made
                    for one in section.fields
                    for made in self._fields(one, _in_row(section, number, one), required=False)
                ]
            )
            for number in range(1, self._rows(section.id, _PLAIN_ROWS) + 1)
        )
        return SectionSheet(section, sheets, ROWS + section.id, self.errors.get(section.id, ""))

    def _sheet(self, fields: Sequence[SheetField]) -> Sheet:
        errors = {one.name: self.errors[one.name] for one in fields if one.name in self.errors}
        return Sheet(fields, self.typed, errors)

    def _fields(self, field: FormField, name: str, *, required: bool) -> Iterator[SheetField]:
        if not field.typed:
            return
        if field.kind is Kind.MIXTURE:
            yield from self._solution(field, name)
            return
        units = units_of(field) if field.kind is Kind.QUANTITY else ()
        yield SheetField(
            name,
            field.label.en,
            _kind(field),
            unit=units[0] if len(units) == 1 else "",
            choices=_choices(field),
            required=required,
            hint=_hint(field),
            when="" if required else _when(field),
        )
        if len(units) > 1:
            yield _unit_of(name, field.label.en, units)

    def _solution(self, field: FormField, name: str) -> Iterator[SheetField]:
        yield SheetField(ROWS + name, "", "hidden", required=False)
        drugs = tuple((id, said.en) for id, said in choices("@drugs").items())
        for row in range(1, self._rows(name, _DRUG_ROWS) + 1):
            label, strength = f"{field.label.en}: drug {row}", f"{name}.concentration{row}"
            yield SheetField(
                f"{name}.drug{row}",
                label,
                "choice",
                choices=drugs,
                required=False,
                when="needed" if row == 1 and field.required else "where there is one more",
            )
            yield SheetField(strength, f"{label}, concentration", "quantity", required=False)
            yield _unit_of(strength, f"{label}, concentration", Concentration.unit_codes())

    def _value(self, field: FormField, name: str) -> Any:
        typed = self.typed.get(name, "")
        match field.kind:
            case Kind.CHOICES:
                return list(typed)
            case Kind.FLAG:
                return {_YES: True, _NO: False}.get(typed, typed)
            case Kind.MOMENT:
                return with_offset(typed, self.zone)
            case Kind.QUANTITY if len(units_of(field)) == 1:
                return f"{typed} {units_of(field)[0]}" if typed else ""
            case Kind.QUANTITY:
                return self._with_unit(name)
            case Kind.MIXTURE:
                return self._drugs(name)
            case _:
                return typed

    def _with_unit(self, name: str) -> str:
        typed, unit = self.typed.get(name, ""), self.typed.get(f"{name}.unit", "")
        return f"{typed} {unit}".strip() if typed else ""

    def _drugs(self, name: str) -> list[dict[str, str]]:
        rows = (
            {
                DRUG: self.typed.get(f"{name}.drug{row}", ""),
                CONCENTRATION: self._with_unit(f"{name}.concentration{row}"),
            }
            for row in range(1, self._rows(name, _DRUG_ROWS) + 1)
        )
        return [row for row in rows if any(row.values())]

    def _rows(self, of: str, least: int) -> int:
        told = str(self.typed.get(ROWS + of, ""))
        shown = int(told) if told.isdecimal() and len(told) <= len(str(_MOST_ROWS)) else least
        return max(least, min(shown, _MOST_ROWS))

    def _is_solution(self, name: str) -> bool:
        return any(one.id == name and one.kind is Kind.MIXTURE for one in self.form.plain_fields())

    def _named(self, place: str) -> tuple[str, str]:
        """Return control and label of a place, as in `segments 2: trimmed`."""
        row, colon, inner = place.partition(": ")
        plain = {one.id: one for one in self.form.plain_fields()}
        if not colon:
            if place in plain:
                return place, plain[place].label.en
            for section in self.form.repeated_sections():
                if place == section.id:
                    return place, section.title.en
            return place, place
        of, _, number = row.rpartition(" ")
        for section in self.form.repeated_sections():
            for one in section.fields:
                if section.id == of and one.id == inner:
                    label = f"{section.title.en}, row {number}, {one.label.en}"
                    return _in_row(section, int(number), one), label
        return place, place

    def _first(self, name: str) -> str:
        """Return the control where a person mends an error."""
        return f"{name}.drug1" if self._is_solution(name) else name


def _in_row(section: FormSection, number: int, field: FormField) -> str:
    return f"{section.id}.{number}.{field.id}"


def _controls(known: Form, post: QueryDict) -> Iterator[tuple[str, FormField]]:
    for field in known.plain_fields():
        yield field.id, field
    for section in known.repeated_sections():
        for number in range(1, _MOST_ROWS + 1):
            for field in section.fields:
                if _in_row(section, number, field) in post:
                    yield _in_row(section, number, field), field


def _kind(field: FormField) -> FieldKind:
    match field.kind:
        case Kind.LONG_TEXT:
            return "long"
        case Kind.DATE:
            return "date"
        case Kind.MOMENT:
            return "moment"
        case Kind.CHOICES:
            return "choices"
        case Kind.QUANTITY | Kind.COUNT | Kind.NUMBER:
            return "quantity"
        case Kind.SCORE if not scale_codes(field.detail):
            return "quantity"
        case Kind.FLAG | Kind.CHOICE | Kind.LEVEL | Kind.SCORE:
            return "choice"
    return "text"


def _unit_of(name: str, label: str, units: Sequence[str]) -> SheetField:
    choices = tuple((one, show_unit(one)) for one in units)
    return SheetField(
        f"{name}.unit",
        f"{label}: unit",
        "choice",
        choices=choices,
        required=False,
        when="with the number",
    )


def _hint(field: FormField) -> str:
    if field.kind not in (Kind.COUNT, Kind.NUMBER):
        return ""
    ends = bounds_of(field)
    parts = [f"in {show_unit(ends.unit)}"] if ends.unit else []
    if ends.highest is not None:
        parts.append(f"from {ends.lowest or 0} to {ends.highest}")
    return ", ".join(parts)


def _when(field: FormField) -> str:
    """Return when a field has to be filled in that is not required by itself."""
    if field.when is not None:
        answers = " or ".join(field.when.answers)
        where = "unless" if field.when.unless else "where"
        return f"needed {where} {field.when.field.replace('_', ' ')} is {answers}"
    return "needed in every row that is filled in" if field.required else ""


def _choices(field: FormField) -> tuple[tuple[str, str], ...]:
    match field.kind:
        case Kind.FLAG:
            return tuple((one, word(one).en) for one in (_YES, _NO))
        case Kind.LEVEL:
            return tuple((one, one) for one in LEVELS)
        case Kind.SCORE:
            return tuple((one, one) for one in scale_codes(field.detail))
        case Kind.CHOICE | Kind.CHOICES:
            return tuple((id, said.en) for id, said in choices(field.detail).items())
    return ()


def _shown(field: FormField, name: str, value: Any, zone: ZoneInfo) -> dict[str, Any]:
    """Return the controls of a field with the value that a filled form holds."""
    if value is None:
        return {}
    match field.kind:
        case Kind.FLAG:
            return {name: _YES if value else _NO}
        case Kind.MOMENT:
            return {name: local_text(datetime.fromisoformat(value), zone)}
        case Kind.QUANTITY if len(units_of(field)) == 1:
            return {name: value.partition(" ")[0]}
        case Kind.QUANTITY:
            return _split(name, value)
        case Kind.MIXTURE:
            rows: dict[str, Any] = {ROWS + name: str(max(len(value), _DRUG_ROWS))}
            for row, one in enumerate(value, start=1):
                rows[f"{name}.drug{row}"] = one[DRUG]
                rows |= _split(f"{name}.concentration{row}", one[CONCENTRATION])
            return rows
        case _:
            return {name: value}


def _split(name: str, value: str) -> dict[str, str]:
    number, _, unit = value.partition(" ")
    return {name: number, f"{name}.unit": unit.replace("mcg", "ug")}
