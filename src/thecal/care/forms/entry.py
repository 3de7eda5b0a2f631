"""Reading what was typed into one field: its value, or what to type instead. Nothing is clamped."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import final

from thecal.care.forms.catalogue import FormField, Kind
from thecal.care.forms.choice import choices
from thecal.care.outcomes.instrument import instrument
from thecal.care.outcomes.score import score_single
from thecal.care.trial.scales import (
    ASHWORTH,
    NUMERIC,
    ashworth_categories,
    read_category,
    read_score,
)
from thecal.data.fact import KINDS
from thecal.errors import DataError, EntryError
from thecal.pharmacy import Mixture, drugs
from thecal.therapy.hardware_reader import LEVELS
from thecal.therapy.table import shown
from thecal.units import Concentration, Quantity, parse_number, parse_quantity
from thecal.units.codes import UNITS

Value = str | bool | int | Fraction | date | datetime | Quantity | Mixture | tuple[str, ...]
"""What a field holds once it is read; a category of a scale and a level are words."""

DRUG, CONCENTRATION = "drug", "concentration"
"""The keys of a row of a mixture."""

LONGEST_LINE, LONGEST_TEXT = 200, 5000
_COUNT = re.compile(r"0|[1-9][0-9]{0,6}", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})", re.ASCII)
_BOUNDS = re.compile(
    r"(?P<unit>(?!from\b|to\b)\S+)? ?(?:from (?P<lowest>\d+))? ?(?:to (?P<highest>\d+))?", re.ASCII
)
_FIRST_YEAR, _LAST_YEAR = 1900, 2200


@final
@dataclass(frozen=True, slots=True)
class Bounds:
    """The unit of a plain number, and the ends between which it can lie at all."""

    unit: str
    lowest: int | None
    highest: int | None


def bounds_of(field: FormField) -> Bounds:
    """Return unit and ends of a count or a number."""
    found = _BOUNDS.fullmatch(field.detail)
    if found is None:
        raise DataError(f'"{field.detail}" is no unit with ends', remedy="as in: % from 0 to 100")
    low, high = found["lowest"], found["highest"]
    return Bounds(
        found["unit"] or "", None if low is None else int(low), None if high is None else int(high)
    )


def units_of(field: FormField) -> tuple[str, ...]:
    """Return the units in which a quantity may be typed, all of one dimension."""
    return tuple(field.detail.split("; "))


def kind_of(field: FormField) -> type[Quantity]:
    """Return the value type of a quantity field."""
    return KINDS[UNITS[units_of(field)[0]].dimension]


def scale_codes(scale: str) -> tuple[str, ...]:
    """Return the categories of a scale; none where its scores are numbers."""
    if scale == ASHWORTH:
        return tuple(ashworth_categories())
    if scale in NUMERIC:
        return ()
    about = instrument(scale)
    return about.words("codes") if about.has("codes") else ()


def read_value(field: FormField, typed: object) -> Value:
    """Return what was typed into a field.

    Raises
    ------
    EntryError
        If it is of the wrong type, outside the grammar of entry, or no answer of the field.
    """
    return _READERS[field.kind](field, typed)


def _text(field: FormField, typed: object) -> Value:
    return _line(typed, LONGEST_LINE, printable=True)


def _long_text(field: FormField, typed: object) -> Value:
    return _line(typed, LONGEST_TEXT, printable=False)


def _line(typed: object, longest: int, *, printable: bool) -> str:
    if not isinstance(typed, str):
        raise EntryError(f"{shown(typed)} is no text", remedy="write some words")
    if len(typed) > longest:
        raise EntryError(f"{len(typed)} characters are too many", remedy=f"use at most {longest}")
    # a browser sends a line end as two characters
    plain = typed if printable else typed.replace("\r\n", " ").replace("\n", " ")
    if not plain.isprintable():
        raise EntryError(
            "it holds characters that cannot be printed", remedy="write words, without tabs"
        )
    return typed


def _date(field: FormField, typed: object) -> Value:
    remedy = "write year, month and day, as in 2026-03-02"
    if not isinstance(typed, str) or not _DATE.fullmatch(typed):
        raise EntryError(f"{shown(typed)} is no date", remedy=remedy)
    try:
        found = date.fromisoformat(typed)
    except ValueError:
        raise EntryError(f"{shown(typed)} is in no calendar", remedy=remedy) from None
    _check_year(found.year)
    return found


def _moment(field: FormField, typed: object) -> Value:
    remedy = "write date, time and offset from UTC, as in 2026-03-02T10:00+01:00"
    if not isinstance(typed, str) or not _MOMENT.fullmatch(typed):
        raise EntryError(f"{shown(typed)} is no moment", remedy=remedy)
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        raise EntryError(f"{shown(typed)} is in no calendar", remedy=remedy) from None
    _check_year(found.year)
    return found


def _check_year(year: int) -> None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise EntryError(
            f"the year {year} is outside {_FIRST_YEAR} to {_LAST_YEAR}", remedy="correct the year"
        )


def _flag(field: FormField, typed: object) -> Value:
    if not isinstance(typed, bool):
        raise EntryError(f"{shown(typed)} is neither true nor false", remedy="answer yes or no")
    return typed


def _choice(field: FormField, typed: object) -> Value:
    return _one_of(typed, tuple(choices(field.detail)))


def _choices(field: FormField, typed: object) -> Value:
    if not isinstance(typed, Sequence) or isinstance(typed, str):
        raise EntryError(f"{shown(typed)} is no list", remedy="choose one or more")
    known = tuple(choices(field.detail))
    chosen = tuple(_one_of(one, known) for one in typed)
    if len(set(chosen)) < len(chosen):
        raise EntryError("one answer stands twice", remedy="name each once")
    return chosen


def _one_of(typed: object, known: Sequence[str]) -> str:
    if not isinstance(typed, str) or typed not in known:
        raise EntryError(
            f"{shown(typed)} is no answer here",
            remedy="choose one of " + ", ".join(known[:20]) + (", ..." if len(known) > 20 else ""),
        )
    return typed


def _count(field: FormField, typed: object) -> Value:
    if not isinstance(typed, str) or not _COUNT.fullmatch(typed):
        raise EntryError(
            f"{shown(typed)} is no whole number", remedy="type digits alone, at most seven"
        )
    number = int(typed)
    _check_bounds(field, typed, Fraction(number))
    return number


def _number(field: FormField, typed: object) -> Value:
    if not isinstance(typed, str):
        raise EntryError(f"{shown(typed)} is no number in quotes", remedy='write it as "0.5"')
    number = parse_number(typed)
    _check_bounds(field, typed, number)
    return number


def _check_bounds(field: FormField, typed: str, number: Fraction) -> None:
    ends = bounds_of(field)
    low, high = ends.lowest, ends.highest
    if (low is not None and number < low) or (high is not None and number > high):
        told = f"from {low if low is not None else 0}" + (f" to {high}" if high is not None else "")
        raise EntryError(f"{typed} is outside what it can be", remedy=f"it runs {told}")


def _quantity(field: FormField, typed: object) -> Value:
    units = units_of(field)
    if not isinstance(typed, str):
        raise EntryError(
            f"{shown(typed)} is not a quantity in quotes",
            remedy="write number and unit, the unit " + " or ".join(units),
        )
    found = parse_quantity(typed, kind_of(field), zero_allowed=field.zero_allowed)
    if unit_typed(typed) not in units:
        raise EntryError(
            f'"{typed}" is not in the unit of this field', remedy="type it in " + " or ".join(units)
        )
    return found


def unit_typed(typed: str) -> str:
    """Return the code of the unit in a quantity that was typed."""
    return typed.partition(" ")[2].replace("mcg", "ug")


def _score(field: FormField, typed: object) -> Value:
    if not isinstance(typed, str):
        raise EntryError(f"{shown(typed)} is no score in quotes", remedy='write it as "4"')
    if field.detail == ASHWORTH:
        return read_category(typed)
    if field.detail in NUMERIC:
        return read_score(field.detail, typed)
    codes = scale_codes(field.detail)
    if codes:
        return _one_of(typed, codes)
    number = parse_number(typed)
    score_single(instrument(field.detail), number)
    return number


def _level(field: FormField, typed: object) -> Value:
    if not isinstance(typed, str) or typed not in LEVELS:
        raise EntryError(
            f"{shown(typed)} is no vertebral level",
            remedy="use C1 to C8, T1 to T12, L1 to L5 or S1 to S5",
        )
    return typed


def _mixture(field: FormField, typed: object) -> Value:
    remedy = "write a row with drug and concentration for each drug"
    if not isinstance(typed, Sequence) or isinstance(typed, str) or not typed:
        raise EntryError(f"{shown(typed)} is no solution", remedy=remedy)
    known = tuple(one.id for one in drugs())
    found: dict[str, Concentration] = {}
    for row in typed:
        if not isinstance(row, Mapping) or set(row) != {DRUG, CONCENTRATION}:
            raise EntryError(f"{shown(row)} is no row of a solution", remedy=remedy)
        drug = _one_of(row[DRUG], known)
        if drug in found:
            raise EntryError(f"{drug} stands twice", remedy="name each drug once")
        found[drug] = parse_quantity(row[CONCENTRATION], Concentration)
    return Mixture.of(found)


def _never(field: FormField, typed: object) -> Value:
    raise EntryError(
        "this is known from the record, nobody types it", remedy="leave it out; it is printed"
    )


_READERS: Mapping[Kind, Callable[[FormField, object], Value]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _long_text,
    Kind.DATE: _date,
    Kind.MOMENT: _moment,
    Kind.FLAG: _flag,
    Kind.CHOICE: _choice,
    Kind.CHOICES: _choices,
    Kind.COUNT: _count,
    Kind.NUMBER: _number,
    Kind.QUANTITY: _quantity,
    Kind.SCORE: _score,
    Kind.LEVEL: _level,
    Kind.MIXTURE: _mixture,
    Kind.FACT: _never,
    Kind.STATEMENT: _never,
}
