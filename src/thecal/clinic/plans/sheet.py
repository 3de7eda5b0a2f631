"""A case as fields of a page, and back: values as a case file has them.

The name of a field is its path in the case: `order.patient`, `drugs.1.dose`. A row of which
nothing is typed is left out; so is a field that is empty: unknown is never filled in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, final

from django.http import QueryDict

from thecal.clinic.web.sheet import FieldKind, Sheet, SheetField
from thecal.errors import BadFileError
from thecal.therapy.table import MISSING_KEY
from thecal.units import show_unit

CaseKind = Literal[
    "text", "long", "lines", "choice", "choices", "flag", "count", "date", "moment", "quantity"
]
_KINDS: Mapping[CaseKind, FieldKind] = {
    "text": "text",
    "long": "long",
    "lines": "long",
    "choice": "choice",
    "choices": "choices",
    "flag": "choice",
    "count": "quantity",
    "date": "date",
    "moment": "moment",
    "quantity": "quantity",
}
_YES, _NO = "yes", "no"
_YES_NO = ((_YES, "yes"), (_NO, "no"))


@final
@dataclass(frozen=True, slots=True)
class CaseField:
    """One value of a case.

    Attributes
    ----------
    units
        Of a quantity; with several the person chooses, none is taken for granted. `()` and kind
        `text` for a plain number.
    """

    name: str
    label: str
    kind: CaseKind = "text"
    units: tuple[str, ...] = ()
    choices: Sequence[tuple[str, str]] = ()
    required: bool = False
    hint: str = ""
    when: str = ""


@final
class CaseSheet:
    """The fields of a case with what was typed."""

    def __init__(self, fields: Sequence[CaseField], typed: Mapping[str, Any]) -> None:
        self.fields = tuple(fields)
        self.typed = dict(typed)
        self.errors: dict[str, str] = {}

    @classmethod
    def sent(cls, fields: Sequence[CaseField], post: QueryDict) -> CaseSheet:
        """Return the sheet as a browser sent it."""
        several = {one.name for one in fields if one.kind == "choices"}
        typed = {
            name: post.getlist(name) if name in several else str(post[name]).strip()
            for name in post
        }
        return cls(fields, typed)

    @classmethod
    def from_case(cls, fields: Sequence[CaseField], case: Mapping[str, Any]) -> CaseSheet:
        """Return the sheet of a case; what the case does not say is empty."""
        typed: dict[str, Any] = {}
        for one in fields:
            value = _at(case, one.name.split("."))
            if value is not None:
                typed |= _shown(one, value)
        return cls(fields, typed)

    def case(self, known: Mapping[str, Any]) -> dict[str, Any]:
        """Return what was typed and what is known by path; what cannot be read marks its field."""
        found: dict[str, Any] = {}
        for one in self.fields:
            value = self._value(one)
            if value is None:
                if one.required:
                    self.refuse(one.name, "this is needed")
                continue
            _put(found, one.name.split("."), value)
        for name, value in known.items():
            _put(found, name.split("."), value)
        made: dict[str, Any] = _listed(found)
        return made

    def refuse(self, name: str, what: str) -> None:
        """Mark a field."""
        label = next((one.label for one in self.fields if one.name == name), "")
        self.errors.setdefault(name, f"{label}: {what}" if label else what)

    def refuse_place(self, error: BadFileError) -> None:
        """Mark the field that an error of a rule names; else the sheet as a whole."""
        key = error.place.rpartition(": ")[2].replace(" ", ".")
        told = "; ".join(part for part in (error.what, error.why, error.remedy) if part)
        if error.what == MISSING_KEY:
            # The rest tells how a file is written, and nobody writes one here.
            told = "this is needed"
        names = [one.name for one in self.fields]
        found = next((one for one in names if one == key or one.endswith(f".{key}")), "")
        self.refuse(found or names[0], told if found else f"{error.place}: {told}")

    def sheet(self) -> Sheet:
        """Return the sheet as the page shows it."""
        shown = [made for one in self.fields for made in _fields(one)]
        return Sheet(shown, self.typed, self.errors)

    def _value(self, field: CaseField) -> Any:
        typed = self.typed.get(field.name, "")
        if field.kind == "choices":
            return list(typed) or None
        if not typed:
            return None
        match field.kind:
            case "flag":
                return typed == _YES
            case "lines":
                return [line.strip() for line in typed.splitlines() if line.strip()] or None
            case "long":
                return " ".join(typed.split())
            case "quantity":
                fixed = field.units[0] if len(field.units) == 1 else ""
                unit = fixed or self.typed.get(f"{field.name}.unit", "")
                return f"{typed} {unit}".strip()
            case "count" | "date" | "moment":
                return self._parsed(field, typed)
        return typed

    def _parsed(self, field: CaseField, typed: str) -> Any:
        try:
            if field.kind == "count":
                if not (typed.isascii() and typed.isdecimal()):
                    raise ValueError(typed)
                return int(typed)
            if field.kind == "date":
                return date.fromisoformat(typed)
            moment = datetime.fromisoformat(typed)
            if moment.tzinfo is not None or "T" not in typed:
                raise ValueError(typed)
        except ValueError:
            words = {
                "count": "no whole number: type digits alone",
                "date": "no date: write it as 2026-03-02",
                "moment": "no time: write it as 2026-03-02T10:00, on the clinic's clock",
            }
            self.refuse(field.name, f'"{typed}" is {words[field.kind]}')
            return None
        return moment


def same(words: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return choices whose ids are their words."""
    return tuple((one, one.replace("-", " ").replace("_", " ")) for one in words)


def _fields(one: CaseField) -> Iterator[SheetField]:
    yield SheetField(
        one.name,
        one.label,
        _KINDS[one.kind],
        unit=one.units[0] if len(one.units) == 1 else "",
        choices=_YES_NO if one.kind == "flag" else one.choices,
        required=one.required,
        hint=one.hint or ("one on each line" if one.kind == "lines" else ""),
        when=one.when,
    )
    if len(one.units) > 1:
        units = tuple((unit, show_unit(unit)) for unit in one.units)
        yield SheetField(
            f"{one.name}.unit",
            f"{one.label}: unit",
            "choice",
            choices=units,
            required=False,
            when="with the number",
        )


def _shown(one: CaseField, value: Any) -> dict[str, Any]:
    match one.kind:
        case "flag":
            return {one.name: _YES if value else _NO}
        case "lines":
            return {one.name: "\n".join(value)}
        case "quantity":
            number, _, unit = str(value).partition(" ")
            return {one.name: number, f"{one.name}.unit": unit.replace("mcg", "ug")}
        case "date":
            return {one.name: value.isoformat()}
        case "moment":
            return {one.name: value.isoformat(timespec="minutes")}
        case "choices":
            return {one.name: list(value)}
    return {one.name: str(value)}


def _at(case: Any, path: Sequence[str]) -> Any:
    for part in path:
        if isinstance(case, Mapping):
            case = case.get(part)
        elif isinstance(case, list) and part.isdecimal() and int(part) <= len(case):
            case = case[int(part) - 1]
        else:
            return None
    return case


def _put(found: dict[str, Any], path: Sequence[str], value: Any) -> None:
    for part in path[:-1]:
        found = found.setdefault(part, {})
    found[path[-1]] = value


def _listed(value: Any) -> Any:
    """Return tables whose keys are the numbers of rows as lists."""
    if not isinstance(value, dict):
        return value
    made = {key: _listed(one) for key, one in value.items()}
    if made and all(key.isdecimal() for key in made):
        return [made[key] for key in sorted(made, key=int)]
    return made
