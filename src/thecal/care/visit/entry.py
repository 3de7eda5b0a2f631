"""Reading and writing the records of a visit by their own fields, strictly and both ways alike.

A record is a frozen dataclass whose fields are texts, flags, counts, choices, quantities, mixtures,
dates, times, further records, or tuples of these. What a record leaves out (None, an empty tuple)
is left out of the table as well. Dates and times are ISO text, as JSON has no other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from thecal.errors import CannotComputeError, UnknownIdError
from thecal.pharmacy import Mixture, drug
from thecal.therapy.file_writer import write_quantity
from thecal.therapy.table import Table, shown
from thecal.units import NO_BREAK_SPACE, Quantity

R = TypeVar("R")
ZERO = "zero is an answer"
"""Marks a count or quantity that may be zero: `Annotated[Volume, ZERO]`."""


def read_record(kind: type[R], table: Table) -> R:
    """Return the record of type `kind` that a table holds.

    Raises
    ------
    BadFileError
        If a key is missing, unknown or malformed; place and key are named.
    """
    values = {}
    record: Any = kind
    for name, (hint, needed) in _shape(record).items():
        if needed or table.has(name):
            values[name] = _take(table, name, hint)
    table.finish()
    try:
        return kind(**values)
    except UnknownIdError as error:
        raise table.error(error.what, error.remedy) from None


def write_record(record: object) -> dict[str, Any]:
    """Return a record as a dict for JSON, which `read_record` turns into the same record.

    Raises
    ------
    CannotComputeError
        If a quantity has no exact text within the grammar of entry, or a list that has to be there
        is empty: it could not be read again.
    """
    kind: Any = type(record)
    written = {}
    for name, (_, needed) in _shape(kind).items():
        value = getattr(record, name)
        if value == () and needed:
            raise CannotComputeError(f"{name} is empty", remedy="give at least one")
        if value is not None and value != ():
            written[name] = _write(value)
    return written


@cache
def _shape(kind: Any) -> Mapping[str, tuple[Any, bool]]:
    """Return field to type and whether it has to be there."""
    hints = get_type_hints(kind, include_extras=True)
    return {
        one.name: (
            _given(hints[one.name]),
            one.default is MISSING and one.default_factory is MISSING,
        )
        for one in fields(kind)
    }


def _given(hint: Any) -> Any:
    """Return the type of a field where it is given: `X` of `X | None`."""
    if get_origin(hint) in (Union, UnionType):
        return next(one for one in get_args(hint) if one is not NoneType)
    return hint


def _take(table: Table, key: str, hint: Any) -> Any:
    if get_origin(hint) is tuple:
        inner = get_args(hint)[0]
        entries = table.take_list(key)
        return tuple(
            _take(Table({key: one}, f"{table.place}: {number}"), key, inner)
            for number, one in enumerate(entries)
        )
    zero = get_origin(hint) is Annotated
    kind = get_args(hint)[0] if zero else hint
    if kind is str:
        return _text(table, key)
    if kind is bool:
        return table.take_flag(key)
    if kind is int:
        return _count(table, key, zero_allowed=zero)
    if kind is Mixture:
        return table.take_mixture(key)
    if kind in (date, datetime):
        return _time(table, key, kind)
    if issubclass(kind, StrEnum):
        return kind(table.take_choice(key, [str(one) for one in kind]))
    if issubclass(kind, Quantity):
        return table.take_quantity(key, kind, zero_allowed=zero)
    return read_record(kind, table.take_table(key))


def _text(table: Table, key: str) -> str:
    """Return a text; a figure as people are shown it has a no-break space before its unit."""
    value = table.take_any(key)
    if isinstance(value, str) and NO_BREAK_SPACE in value:
        Table({key: value.replace(NO_BREAK_SPACE, " ")}, table.place).take_text(key)
        return value
    return table.take_text(key)


def _count(table: Table, key: str, *, zero_allowed: bool) -> int:
    value = table.take_any(key)
    if zero_allowed and value == 0 and type(value) is int:
        return 0
    return table.take_count(key)


def _time(table: Table, key: str, kind: type[date]) -> date:
    """Return a date, or a time with its offset, from ISO text."""
    text = table.take_text(key)
    example = "2026-03-02T10:00:00+01:00" if kind is datetime else "2026-03-02"
    try:
        found = kind.fromisoformat(text)
    except ValueError:
        raise table.error(
            f"{shown(text)} is no {_NAMES[kind]}", f'write "{example}"', key
        ) from None
    if isinstance(found, datetime) and found.tzinfo is None:
        raise table.error("this time has no offset", f'write "{example}"', key)
    if kind is date and found.isoformat() != text:
        raise table.error(f"{shown(text)} is no plain date", f'write "{example}"', key)
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise table.error(f"the year {found.year} cannot be", f'write "{example}"', key)
    return found


_NAMES = {date: "date", datetime: "date with a time"}
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


def _write(value: Any) -> Any:
    match value:
        case tuple():
            return [_write(one) for one in value]
        case Mixture():
            return {
                name: write_quantity(value[name], drug(name).concentration_unit) for name in value
            }
        case Quantity():
            return write_quantity(value)
        case StrEnum():
            return str(value)
        case date():
            return value.isoformat()
    return write_record(value) if is_dataclass(value) else value
