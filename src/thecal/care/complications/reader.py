"""Reading the table `[complications]` of a case file: a clinic's own counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import final

from thecal.care.complications.register import (
    DENOMINATORS,
    YEARS,
    Complication,
    complications,
    grades,
)
from thecal.errors import EntryError
from thecal.therapy.table import Table
from thecal.units import parse_number

MOST = 10_000_000
"""A denominator above it was typed wrongly; the sums of the exact ranges grow with it."""
ROUTES = ("intrathecal", "oral", "intravenous", "transdermal", "other")


@final
@dataclass(frozen=True, slots=True)
class Counted:
    """What a clinic counted of one complication; grade and route None where it did not say."""

    complication: Complication
    count: int
    grade: str | None = None
    route: str | None = None


@final
@dataclass(frozen=True, slots=True)
class ComplicationCase:
    """A clinic's counts over a stretch of time.

    Attributes
    ----------
    over
        What was counted over: denominator (`refill`, `patient-year`) to number.
    """

    start: date
    end: date
    over: Mapping[str, Fraction]
    counted: tuple[Counted, ...]


def read_complications(table: Table) -> ComplicationCase:
    """Return the case of a table `[complications]`.

    Raises
    ------
    BadFileError
        If a key is unknown or malformed, or a complication is none of the list.
    """
    start, end = table.take_date("start"), table.take_date("end")
    if end < start:
        raise table.error("the time ends before it starts", "correct one of the dates", "end")
    case = ComplicationCase(
        start=start,
        end=end,
        over={one: _number(table, one) for one in DENOMINATORS if table.has(_key(one))},
        counted=_counted(table),
    )
    table.finish()
    return case


def _key(denominator: str) -> str:
    return denominator.replace("-", "_") + "s"


def _number(table: Table, denominator: str) -> Fraction:
    key = _key(denominator)
    if denominator not in YEARS:
        number = Fraction(table.take_count(key))
    else:
        try:
            number = parse_number(table.take_text(key))
        except EntryError as error:
            raise table.error(error.what, 'write years as text: "12.5"', key) from None
    if number > MOST:
        raise table.error("this is more than any clinic has", "type the real figure", key)
    if denominator in YEARS and number <= 0:
        raise table.error("this is not above zero", "leave it out where nothing was counted", key)
    return number


def _counted(table: Table) -> tuple[Counted, ...]:
    found = []
    ids = complications()
    for number, entry in enumerate(table.take_list("counted") if table.has("counted") else ()):
        inner = Table(entry, f"{table.place}: counted {number}")
        found.append(
            Counted(
                complication=ids[inner.take_choice("complication", tuple(ids))],
                count=_count(inner),
                grade=_choice(inner, "grade", tuple(grades())),
                route=_choice(inner, "route", ROUTES),
            )
        )
        inner.finish()
    return tuple(found)


def _choice(table: Table, key: str, choices: tuple[str, ...]) -> str | None:
    return table.take_choice(key, choices) if table.has(key) else None


def _count(table: Table) -> int:
    """Return a whole number; none at all is a count too."""
    value = table.take_any("count")
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise table.error(f"{value!r:.40} is no count", "write 0, 1, 2, ...", "count")
    return value
