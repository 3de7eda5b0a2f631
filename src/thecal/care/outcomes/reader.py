"""Reading the table `[outcomes]` of a case file: values of items, never their wording."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from thecal.care.outcomes.case import OutcomeCase, Visit
from thecal.care.outcomes.cohort import read_cohort
from thecal.care.outcomes.domains import GRADES, side_effects
from thecal.care.outcomes.instrument import Instrument, instruments
from thecal.care.outcomes.schedule import schedule
from thecal.care.outcomes.score import (
    Item,
    Score,
    score_codes,
    score_gas,
    score_items,
    score_penn,
    score_single,
    score_total,
)
from thecal.care.outcomes.tariff import read_tariff, score_state
from thecal.care.selection.items import PATHWAYS
from thecal.errors import EntryError, ThecalError
from thecal.therapy.file_reader import read_bytes
from thecal.therapy.table import Table, shown
from thecal.units import MassRate, parse_number, show

_OPEN = "-"
_KEYS = ("pathway", "on", "start", "tariff", "cohort", "visits")
Tariff = Mapping[str, Fraction]


def read_outcomes(table: Table) -> OutcomeCase:
    """Return the case of a table `[outcomes]`.

    Raises
    ------
    BadFileError
        If a key is unknown or malformed, a value is outside its range, visits are out of order, or
        a file beside the case cannot be read.
    """
    # Unknown keys first: a file that is not beside the case would hide a misspelt key.
    for key in _KEYS:
        table.optional(key, table.take_any)
    table.finish()
    pathway = table.take_choice("pathway", PATHWAYS)
    on = table.take_date("on")
    start = table.optional("start", table.take_date)
    if start is not None and start > on:
        raise table.error(f"the start {start} is after {on}", "correct one of them", "start")
    tariff = None
    if table.has("tariff"):
        path = table.take_file("tariff")
        tariff = read_tariff(read_bytes(path), path.name)
    cohort = None
    if table.has("cohort"):
        path = table.take_file("cohort")
        cohort = read_cohort(read_bytes(path), path.name)
    return OutcomeCase(pathway, on, start, _visits(table, start, on, tariff), cohort)


def _visits(table: Table, start: date | None, on: date, tariff: Tariff | None) -> tuple[Visit, ...]:
    if not table.has("visits"):
        return ()
    names = tuple(one.visit for one in schedule(start or on, on))
    found: list[Visit] = []
    for number, values in enumerate(table.take_list("visits")):
        inner = Table(values, f"{table.place}: visits {number}")
        visit = Visit(
            inner.take_choice("visit", names),
            inner.take_date("date"),
            _scores(inner, tariff),
            _side_effects(inner),
        )
        inner.finish()
        if visit.day > on:
            raise inner.error(f"{visit.day} is after {on}", "correct one of them", "date")
        if found and visit.day < found[-1].day:
            raise inner.error("visits stand in order of time", "move this one", "date")
        if visit.visit in {one.visit for one in found}:
            raise inner.error(f"{visit.visit} stands twice", "name each visit once", "visit")
        found.append(visit)
    return tuple(found)


def _scores(table: Table, tariff: Tariff | None) -> Mapping[str, Score]:
    if not table.has("scores"):
        return MappingProxyType({})
    inner = table.take_table("scores")
    found = {}
    for about in instruments():
        key = about.id.replace("-", "_")
        if inner.has(key):
            try:
                found[about.id] = _score(inner, key, about, tariff)
            except EntryError as error:
                raise inner.error(error.what, error.remedy, key) from None
    inner.finish()
    return MappingProxyType(found)


def _score(table: Table, key: str, about: Instrument, tariff: Tariff | None) -> Score:
    if about.kind == "penn":
        inner = table.take_table(key)
        frequency = _number(inner.take_any("frequency"))
        severity = _number(inner.take_any("severity")) if inner.has("severity") else None
        inner.finish()
        return score_penn(frequency, severity)
    if about.kind == "gas":
        return score_gas([_goal(Table(one, table.place)) for one in table.take_list(key)])
    if about.kind == "state":
        return score_state(table.take_text(key), tariff)
    if about.kind == "category":
        return score_codes(about, [table.take_text(key)])
    if about.kind == "category-mean":
        return score_codes(about, [_code(one) for one in table.take_list(key)])
    if about.kind == "dose":
        dose = table.take_quantity(key, MassRate, zero_allowed=True)
        shown_dose = f"{show(dose, 'mg/d')} ({show(dose, 'ug/d')})"
        return Score(about, dose.in_unit("mg/d"), shown_dose, figures=about.cited("name"))
    value = table.take_any(key)
    if isinstance(value, list):
        return score_items(about, [_item(one) for one in value])
    total = about.has("total-maximum")
    return score_total(about, _number(value)) if total else score_single(about, _number(value))


def _goal(table: Table) -> tuple[Fraction, Fraction]:
    goal = _number(table.take_any("weight")), _number(table.take_any("attained"))
    table.finish()
    return goal


def _item(value: Any) -> Item:
    return None if value == _OPEN else _number(value)


def _code(value: Any) -> str:
    if not isinstance(value, str):
        raise EntryError(f"{shown(value)} is no category", remedy='write it in quotes, as in "1+"')
    return value


def _number(value: Any) -> Fraction:
    if isinstance(value, int) and not isinstance(value, bool):
        return Fraction(value)
    if not isinstance(value, str):
        raise EntryError(f"{shown(value)} is no number", remedy='write 7 or "7.5"')
    try:
        return parse_number(value)
    except ThecalError as error:
        raise EntryError(error.what, why=error.why, remedy=error.remedy) from None


def _side_effects(table: Table) -> Mapping[str, str]:
    if not table.has("side_effects"):
        return MappingProxyType({})
    inner = table.take_table("side_effects")
    found = {
        effect: inner.take_choice(key, GRADES)
        for effect in side_effects()
        if inner.has(key := effect.replace("-", "_"))
    }
    inner.finish()
    return MappingProxyType(found)
