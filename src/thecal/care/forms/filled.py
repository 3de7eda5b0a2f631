"""A filled form: every answer of it read, or every error of it told at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar, final

from thecal.care.forms.catalogue import Form, FormField, FormSection, form
from thecal.care.forms.entry import Value, read_value
from thecal.errors import BadFileError, DataError, EntryError, UnknownIdError
from thecal.therapy.table import shown

SCHEMA = "thecal.form/1"
_PARTS = ("schema", "form", "values")

Row = Mapping[str, Value]
V = TypeVar("V", bound=Value)


@final
@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field.

    Attributes
    ----------
    place
        Key of the field, as in `fill_volume`, in a row as in `segments 2: trimmed`.
    missing
        Whether it was left empty and may not be.
    """

    place: str
    what: str
    remedy: str
    missing: bool = False

    def __str__(self) -> str:
        return "; ".join(part for part in (f"{self.place}: {self.what}", self.remedy) if part)


@final
@dataclass(frozen=True, slots=True)
class FormErrors:
    """Why a form was not accepted: one error for each field that is wrong, in form order."""

    form: str
    errors: tuple[FieldError, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The places that were left empty and may not be."""
        return tuple(one.place for one in self.errors if one.missing)


@final
@dataclass(frozen=True, slots=True)
class Filled:
    """A form whose answers were all read.

    Attributes
    ----------
    form
        Its id, as in `F4`.
    typed
        What was typed, key by key in the order of the form; what was left empty is not in it.
    values
        What was read of the fields outside repeated sections.
    tables
        What was read of the repeated sections, row by row.
    """

    form: str
    typed: Mapping[str, object]
    values: Row
    tables: Mapping[str, tuple[Row, ...]]

    def get(self, key: str, kind: type[V]) -> V | None:
        """Return a value of the kind that its field has; None where it was left empty.

        Raises
        ------
        DataError
            If the field holds another kind: the table of the forms and the caller disagree.
        """
        found = self.values.get(key)
        if found is None or isinstance(found, kind):
            return found
        raise DataError(
            f"{self.form} {key} holds no {kind.__name__}", remedy="restore form_fields.csv"
        )

    def rows(self, section: str) -> tuple[Row, ...]:
        """Return the rows of a repeated section."""
        return self.tables.get(section, ())

    def to_json(self) -> dict[str, object]:
        """Return it as JSON values, exactly as it was typed."""
        return {"schema": SCHEMA, "form": self.form, "values": _thawed(self.typed)}


def filled_from_json(data: object) -> Filled:
    """Return the filled form that `to_json` wrote.

    Raises
    ------
    BadFileError
        If it is another thing, or a field of it is wrong; every error is told.
    """
    if not isinstance(data, Mapping) or set(data) != set(_PARTS) or data["schema"] != SCHEMA:
        raise BadFileError(
            "this is no filled form",
            remedy=f'it has the keys {", ".join(_PARTS)}, schema "{SCHEMA}"',
        )
    try:
        known = form(data["form"]) if isinstance(data["form"], str) else None
    except UnknownIdError as error:
        raise BadFileError(error.what, remedy=error.remedy, place="form") from None
    if known is None:
        raise BadFileError(f"{shown(data['form'])} is no form", place="form")
    found = read_form(known, data["values"])
    if isinstance(found, FormErrors):
        told = "; ".join(str(one) for one in found.errors)
        raise BadFileError(f"{len(found.errors)} fields are wrong", why=told, place=known.id)
    return found


def read_form(known: Form, values: object) -> Filled | FormErrors:
    """Read what was typed into a form.

    Parameters
    ----------
    known
        The form.
    values
        Key to what was typed: a text, true or false, a list of choices, the rows of a solution;
        for a repeated section a list of such tables. An empty text or list counts as left out, as
        does a row in which nothing was typed.

    Returns
    -------
    The filled form, or all errors, each with its place and what to do.
    """
    if not isinstance(values, Mapping):
        what = FieldError("values", f"{shown(values)} is no table", "give key and value")
        return FormErrors(known.id, (what,))
    reader = _Reader(known)
    reader.read(values)
    if reader.errors:
        return FormErrors(known.id, tuple(reader.errors))
    return reader.filled()


@final
class _Reader:
    """One reading of a form: it goes on after an error, so that all are told at once."""

    def __init__(self, known: Form) -> None:
        self._form = known
        self.errors: list[FieldError] = []
        self._typed: dict[str, object] = {}
        self._values: dict[str, Value] = {}
        self._tables: dict[str, tuple[Row, ...]] = {}

    def read(self, values: Mapping[str, object]) -> None:
        for section in self._form.sections:
            if section.least_rows is None:
                typed, read = self._read_fields(section.fields, values, values, "")
                self._typed.update(typed)
                self._values.update(read)
            else:
                self._read_rows(section, section.least_rows, values)
        wanted = [one.id for one in self._form.plain_fields()]
        wanted += [one.id for one in self._form.repeated_sections()]
        self._refuse_others(values, wanted, "")

    def filled(self) -> Filled:
        """Return what was read; only right where there are no errors."""
        return Filled(
            self._form.id,
            MappingProxyType(self._typed),
            MappingProxyType(self._values),
            MappingProxyType(self._tables),
        )

    def _read_rows(
        self, section: FormSection, least: int, all_values: Mapping[str, object]
    ) -> None:
        rows = all_values.get(section.id)
        if _is_empty(rows):
            rows = ()
        if not isinstance(rows, Sequence) or isinstance(rows, str):
            self._error(section.id, f"{shown(rows)} is no list of rows", "give a list")
            return
        typed: list[Mapping[str, object]] = []
        read: list[Row] = []
        for number, row in enumerate(rows, start=1):
            place = f"{section.id} {number}"
            if not isinstance(row, Mapping):
                self._error(place, f"{shown(row)} is no row", "give key and value")
                continue
            if all(_is_empty(one) for one in row.values()):
                continue
            inner, values = self._read_fields(
                section.fields, row, {**all_values, **row}, f"{place}: "
            )
            self._refuse_others(row, [one.id for one in section.fields], f"{place}: ")
            typed.append(MappingProxyType(inner))
            read.append(MappingProxyType(values))
        if len(typed) < least:
            self._error(section.id, "rows are missing", f"fill in {least} at least", missing=True)
        if typed:
            self._typed[section.id] = tuple(typed)
            self._tables[section.id] = tuple(read)

    def _read_fields(
        self,
        fields: Iterable[FormField],
        given: Mapping[str, object],
        around: Mapping[str, object],
        place: str,
    ) -> tuple[dict[str, object], dict[str, Value]]:
        typed: dict[str, object] = {}
        values: dict[str, Value] = {}
        for field in fields:
            answer = given.get(field.id)
            if _is_empty(answer):
                if _is_needed(field, around):
                    label = field.label.en
                    self._error(
                        f"{place}{field.id}", "this is missing", f"fill in: {label}", missing=True
                    )
                continue
            try:
                values[field.id] = read_value(field, answer)
            except EntryError as error:
                self._error(f"{place}{field.id}", error.what, "; ".join(_both(error)))
            else:
                typed[field.id] = _frozen(answer)
        return typed, values

    def _refuse_others(
        self, given: Mapping[str, object], wanted: Sequence[str], place: str
    ) -> None:
        for key in given:
            if key in wanted:
                continue
            told = str(key)[:60].strip() or "a key without a name"
            near = difflib.get_close_matches(told, wanted, n=1)
            remedy = f'did you mean "{near[0]}"?' if near else "leave it out"
            self._error(f"{place}{told}", "this field is unknown here", remedy)

    def _error(self, place: str, what: str, remedy: str, *, missing: bool = False) -> None:
        self.errors.append(FieldError(place, what, remedy, missing))


def _is_empty(typed: object) -> bool:
    if isinstance(typed, str):
        return not typed.strip()
    return typed is None or (isinstance(typed, Sequence) and not typed)


def _is_needed(field: FormField, around: Mapping[str, object]) -> bool:
    if field.when is None:
        return field.required
    answer = around.get(field.when.field)
    if isinstance(answer, bool):
        answer = "yes" if answer else "no"
    return (answer in field.when.answers) is not field.when.unless


def _both(error: EntryError) -> Iterator[str]:
    return (part for part in (error.why, error.remedy) if part)


def _frozen(typed: object) -> object:
    if isinstance(typed, Mapping):
        return MappingProxyType({key: _frozen(one) for key, one in typed.items()})
    if isinstance(typed, Sequence) and not isinstance(typed, str):
        return tuple(_frozen(one) for one in typed)
    return typed


def _thawed(typed: object) -> object:
    if isinstance(typed, Mapping):
        return {key: _thawed(one) for key, one in typed.items()}
    if isinstance(typed, tuple):
        return [_thawed(one) for one in typed]
    return typed
